import Kernels

/// Logistic regression with a normal prior, by Newton's method.
enum LogisticFit {
    /// The weights that minimise Σ w·(log(1 + e^z) − y·z) + ½Σ precision·(θ − center)², z = xᵀθ.
    ///
    /// - Parameters:
    ///   - rows: The features, row after row.
    ///   - rewards: y of each row, in 0...1.
    ///   - importance: w of each row.
    ///   - precision: The precision of each weight, greater than 0.
    ///   - center: Where each weight is without data.
    ///   - start: The weights to begin with; `nil` for the centre.
    /// - Complexity: O(n·d² + d³) for each of a few iterations.
    static func weights(
        rows: [Double], rewards: [Double], importance: [Double], precision: [Double], center: [Double],
        start: [Double]? = nil
    ) -> [Double] {
        let d = center.count
        var theta = start ?? center
        var value = objective(theta, rows, rewards, importance, precision, center)
        for _ in 0..<50 {
            var hessian = Matrix(rows: d, columns: d)
            var gradient = (0..<d).map { precision[$0] * (theta[$0] - center[$0]) }
            for (n, y) in rewards.enumerated() {
                let at = n * d
                var z = 0.0
                for i in 0..<d { z += rows[at + i] * theta[i] }
                let chance = Special.logistic(z)
                let pull = importance[n] * (chance - y), curve = importance[n] * chance * (1 - chance)
                for i in 0..<d {
                    gradient[i] += pull * rows[at + i]
                    let factor = curve * rows[at + i]
                    for j in 0...i { hessian.values[i * d + j] += factor * rows[at + j] }
                }
            }
            for i in 0..<d { hessian[i, i] += precision[i] }
            guard let step = Cholesky(hessian)?.solve(gradient) else { break }
            // The decrease that the quadratic model promises, twice.
            let promise = zip(gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
            if promise <= 1e-16 * (1 + abs(value)) { break }
            var length = 1.0
            var next = value, moved = theta
            repeat {
                for i in 0..<d { moved[i] = theta[i] - length * step[i] }
                next = objective(moved, rows, rewards, importance, precision, center)
                length /= 2
            } while !(next <= value) && length > 1e-10
            guard next <= value else { break }
            theta = moved
            value = next
        }
        return theta
    }

    private static func objective(
        _ theta: [Double], _ rows: [Double], _ rewards: [Double], _ importance: [Double],
        _ precision: [Double], _ center: [Double]
    ) -> Double {
        let d = theta.count
        var sum = 0.0
        for i in 0..<d { sum += 0.5 * precision[i] * (theta[i] - center[i]) * (theta[i] - center[i]) }
        for (n, y) in rewards.enumerated() {
            var z = 0.0
            for i in 0..<d { z += rows[n * d + i] * theta[i] }
            sum += importance[n] * (Special.log1pExp(z) - y * z)
        }
        return sum
    }
}
