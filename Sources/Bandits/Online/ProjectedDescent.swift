/// The least value of a smooth convex function on a convex set.
enum ProjectedDescent {
    /// Accelerated projected gradient steps, begun anew whenever they go uphill, until a step moves less than
    /// 10⁻¹² of the point's size.
    ///
    /// - Parameters:
    ///   - set: The set.
    ///   - start: A point of the set.
    ///   - smoothness: A bound on the function's second derivatives, such as the trace of its Hessian.
    ///   - gradient: The function's gradient.
    static func minimize(
        on set: ConvexSet, from start: [Double], smoothness: Double, gradient: ([Double]) -> [Double]
    ) -> [Double] {
        var x = start, ahead = start
        var pace = 1.0
        for _ in 0..<5000 {
            let slope = gradient(ahead)
            let next = set.projection(ahead.indices.map { ahead[$0] - slope[$0] / smoothness })
            var uphill = 0.0
            for i in next.indices { uphill += (ahead[i] - next[i]) * (next[i] - x[i]) }
            let moved = VectorMath.distance(next, x)
            if uphill > 0 { pace = 1 }
            let quicker = (1 + (1 + 4 * pace * pace).squareRoot()) / 2
            let momentum = uphill > 0 ? 0 : (pace - 1) / quicker
            for i in ahead.indices { ahead[i] = next[i] + momentum * (next[i] - x[i]) }
            pace = quicker
            x = next
            if moved <= 1e-12 * (1 + VectorMath.dot(x, x).squareRoot()) { break }
        }
        return x
    }
}
