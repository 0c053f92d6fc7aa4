/// The nearest point of a convex set where distance is measured by a positive definite matrix.
enum MetricProjection {
    /// The point x of the set with the least (x − y)ᵀA(x − y).
    ///
    /// Accelerated projected gradient steps for a strongly convex function, until a step moves less than 10⁻¹² of the point's size.
    ///
    /// - Parameter smallest: A number in (0, the least eigenvalue of A].
    /// - Complexity: O(d²·√(trace(A)/smallest)) up to a logarithm; O(d) where y lies in the set.
    static func project(_ y: [Double], on set: ConvexSet, metric: RankOneInverse, smallest: Double) -> [Double] {
        var x = set.projection(y)
        if x == y { return x }
        var largest = 0.0
        for i in 0..<metric.count { largest += metric.matrix[i * metric.count + i] }
        let root = (smallest / largest).squareRoot()
        let momentum = (1 - root) / (1 + root)
        var ahead = x
        for _ in 0..<20_000 {
            let slope = metric.multiply(ahead.indices.map { ahead[$0] - y[$0] })
            let next = set.projection(ahead.indices.map { ahead[$0] - slope[$0] / largest })
            let moved = Vector.distance(next, x)
            for i in ahead.indices { ahead[i] = next[i] + momentum * (next[i] - x[i]) }
            x = next
            if moved <= 1e-12 * (1 + Vector.dot(x, x).squareRoot()) { break }
        }
        return x
    }
}
