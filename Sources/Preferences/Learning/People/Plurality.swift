import Kernels

/// Whether telling people apart predicts held-out answers better than one taste for all, beyond chance.
enum Plurality {
    /// The mean of differences of losses and its standard error, over whole units.
    static func gain(_ gains: [Double], units: [Int]) -> (mean: Double, error: Double) {
        let mean = Statistics.mean(gains)
        var sums: [Double] = []
        var numbers: [Int: Int] = [:]
        for (gain, unit) in zip(gains, units) {
            if numbers[unit] == nil {
                numbers[unit] = sums.count
                sums.append(0)
            }
            sums[numbers[unit]!] += gain - mean
        }
        let squares = sums.reduce(0) { $0 + $1 * $1 }
        return (mean, sums.count > 1 ? squares.squareRoot() / Double(gains.count) : .infinity)
    }

    /// Chooses among models, the first of which knows one taste for all, by comparisons that none of them has seen: the first,
    /// unless the best gains at least two standard errors over it; then the first that is within one of the best.
    ///
    /// - Parameter losses: The log loss of each comparison of the second set, by each model, learnt from the first set.
    /// - Returns: the place of the model, and the mean losses.
    static func choose(
        _ data: ComparisonSet, seed: UInt64,
        losses: (_ learnt: ComparisonSet, _ asked: ComparisonSet) throws -> [[Double]]
    ) rethrows -> (place: Int, means: [Double]) {
        let all = HonestSplit.units(data)
        let parts = HonestSplit.parts(all, share: 0.15, seed: seed &+ 29)
        guard !parts.rest.isEmpty, !parts.part.isEmpty else { return (0, []) }
        let units = parts.part.map { all[$0] }
        let losses = try losses(data.selecting(parts.rest), data.selecting(parts.part))
        let means = losses.map { Statistics.mean($0) }
        let best = means.indices.min { means[$0] < means[$1] }!
        let excess = losses.map { gain(zip($0, losses[best]).map { $0 - $1 }, units: units) }
        guard best > 0, excess[0].mean >= 2 * excess[0].error else { return (0, means) }
        return (excess.indices.dropFirst().first { excess[$0].mean <= excess[$0].error } ?? best, means)
    }

    /// The log loss of each of some comparisons.
    static func losses(_ predictions: [Prediction], _ data: ComparisonSet) -> [Double] {
        zip(predictions, data.labels).map { Answer(probability: $0.probability, label: $1).logLoss }
    }
}
