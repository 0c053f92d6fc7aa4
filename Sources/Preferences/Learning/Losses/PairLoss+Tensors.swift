import Tensors

extension PairLoss {
    /// The mean loss of differences of scores that a network computed, as a tensor whose gradient flows back to them.
    ///
    /// - Parameter places: the comparisons of the data that the differences belong to.
    func mean(_ differences: Tensor, of data: ComparisonSet, at places: [Int]) -> Tensor {
        let d = differences.doubles
        precondition(d.count == places.count, "\(d.count) differences for \(places.count) comparisons")
        let total = max(places.reduce(0) { $0 + data.weights[$1] }, .leastNormalMagnitude)
        var mean = 0.0
        var slopes = [Float](repeating: 0, count: d.count)
        for (index, place) in places.enumerated() {
            let (y, c, m) = (data.labels[place], data.weights[place] / total, data.margins[place])
            mean += c * value(d[index], label: y, margin: m)
            slopes[index] = Float(c * slope(d[index], label: y, margin: m))
        }
        let result = Tensor(Float(mean))
        let slope = Tensor(slopes, shape: differences.shape)
        return customFunction([differences], forward: { _ in result }) { gradient, _ in [slope * gradient] }
    }
}
