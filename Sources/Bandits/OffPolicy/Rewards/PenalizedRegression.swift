import Kernels

/// Least squares or logistic regression with a ridge penalty on sparse rows, around a given offset.
struct PenalizedRegression {
    let rows: SparseRows
    let columns: Int
    let targets: [Double]
    let weights: [Double]
    let offset: Double
    let lambda: Double

    /// argmin Σ v·(y − offset − θᵀφ)² + λ‖θ‖².
    func ridge() -> [Double] {
        var right = [Double](repeating: 0, count: columns)
        for i in 0..<rows.count {
            let gap = weights[i] * (targets[i] - offset)
            for at in rows.range(i) { right[Int(rows.columns[at])] += gap * rows.values[at] }
        }
        return columns <= 256 ? direct(right) : iterated(right)
    }

    /// argmin Σ v·(log(1 + e^z) − y·z) + (λ/2)‖θ‖² with z = offset + θᵀφ.
    func logistic() -> [Double] {
        let search = LBFGS(maxIterations: 200, gradientTolerance: 1e-7, valueTolerance: 1e-13)
        return search.minimize(from: [Double](repeating: 0, count: columns)) { theta, gradient in
            var value = 0.0
            for j in 0..<columns {
                gradient[j] = lambda * theta[j]
                value += 0.5 * lambda * theta[j] * theta[j]
            }
            for i in 0..<rows.count {
                var z = offset
                for at in rows.range(i) { z += rows.values[at] * theta[Int(rows.columns[at])] }
                value += weights[i] * (Special.log1pExp(z) - targets[i] * z)
                let slope = weights[i] * (Special.logistic(z) - targets[i])
                for at in rows.range(i) { gradient[Int(rows.columns[at])] += slope * rows.values[at] }
            }
            return value
        }.x
    }

    private func direct(_ right: [Double]) -> [Double] {
        var normal = Matrix(rows: columns, columns: columns)
        normal.values.withUnsafeMutableBufferPointer { normal in
            for i in 0..<rows.count {
                for left in rows.range(i) {
                    let row = Int(rows.columns[left]) * columns, scaled = weights[i] * rows.values[left]
                    for at in rows.range(i) {
                        normal[row + Int(rows.columns[at])] += scaled * rows.values[at]
                    }
                }
            }
            for j in 0..<columns { normal[j * columns + j] += lambda }
        }
        guard let factor = Cholesky(normal) else { return iterated(right) }
        return factor.solve(right)
    }

    private func iterated(_ right: [Double]) -> [Double] {
        var diagonal = [Double](repeating: lambda, count: columns)
        for i in 0..<rows.count {
            for at in rows.range(i) {
                diagonal[Int(rows.columns[at])] += weights[i] * rows.values[at] * rows.values[at]
            }
        }
        return ConjugateGradient(tolerance: 1e-10, maxIterations: 2000).solve(
            count: columns,
            apply: { x, y in
                for j in 0..<columns { y[j] = lambda * x[j] }
                for i in 0..<rows.count {
                    var sum = 0.0
                    for at in rows.range(i) { sum += rows.values[at] * x[Int(rows.columns[at])] }
                    sum *= weights[i]
                    for at in rows.range(i) { y[Int(rows.columns[at])] += sum * rows.values[at] }
                }
            }, preconditioner: diagonal, rhs: right
        ).x
    }
}
