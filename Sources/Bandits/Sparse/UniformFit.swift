import Kernels

/// The weights whose largest error over all rows is smallest, and bounds on that error.
///
/// Lawson's algorithm: least squares with weights on the rows, which are multiplied by the size of the
/// residuals until these are even. The root of the weighted mean square is a lower bound of the smallest
/// possible largest error, at every step.
///
/// - Complexity: O(n·s²) for a step.
struct UniformFit {
    /// One weight for each feature of the support.
    var weights: [Double] = []
    /// No weights have a smaller largest error than this.
    var lower = 0.0
    /// The largest error of `weights`.
    var upper = Double.infinity

    /// Fits on some features.
    ///
    /// - Parameter ceiling: It stops as soon as the lower bound exceeds this.
    init(_ rows: [[Double]], _ rewards: [Double], on support: [Int], ceiling: Double = .infinity) {
        let n = rows.count, s = support.count
        let x = rows.flatMap { row in support.map { row[$0] } }
        var importance = [Double](repeating: 1 / Double(n), count: n)
        var residuals = rewards
        for _ in 0..<300 {
            var gram = Matrix(rows: s, columns: s), right = [Double](repeating: 0, count: s)
            for row in 0..<n where importance[row] > 0 {
                for a in 0..<s {
                    let value = importance[row] * x[row * s + a]
                    right[a] += value * rewards[row]
                    for b in 0...a { gram[a, b] += value * x[row * s + b] }
                }
            }
            for a in 0..<s { for b in 0..<a { gram[b, a] = gram[a, b] } }
            let fitted = SparseFit.leastSquares(gram, right, on: Array(0..<s))
            var largest = 0.0, square = 0.0, total = 0.0
            for row in 0..<n {
                var residual = rewards[row]
                for a in 0..<s { residual -= fitted[a] * x[row * s + a] }
                residuals[row] = abs(residual)
                largest = max(largest, residuals[row])
                square += importance[row] * residual * residual
                total += importance[row] * residuals[row]
            }
            lower = max(lower, square.squareRoot())
            if largest < upper { (upper, weights) = (largest, fitted) }
            if lower > ceiling || upper - lower <= 1e-3 * upper || total <= 1e-300 { return }
            for row in 0..<n { importance[row] *= residuals[row] / total }
        }
    }
}
