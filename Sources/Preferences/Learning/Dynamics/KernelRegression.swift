import Foundation
import Kernels

/// What a kernel regression minimises.
public enum KernelLoss: Sendable, Hashable {
    /// max(0, |y − f| − e), with every coefficient between −C and C: support vector regression.
    case insensitive(epsilon: Double = 0.01, c: Double = 1)
    /// (y − f)² with the pull λ: kernel ridge regression.
    case squared(ridge: Double = 1e-2)
}

/// Learns a smooth function of a few features: a weighted sum of bells around the rows that it has seen.
///
/// Source: Drucker, Burges, Kaufman, Smola and Vapnik, "Support vector regression machines" (1996).
///
///     f(x) = ȳ + Σᵢ βᵢ k(xᵢ, x),   k(x, x′) = exp(−γ |x − x′|²) + 1
///     β = argmin ½ βᵀKβ − yᵀβ + e |β|₁,  |βᵢ| ≤ C     (or (K + λ I)⁻¹ y)
///
/// The added 1 stands for the intercept. Coordinate by coordinate until nothing moves. With more rows than `mostRows` an even
/// sample of them is taken.
///
/// - Complexity: O(rows²) memory and for each pass; O(rows³) for the squared loss.
public struct KernelRegression: Sendable, Hashable {
    /// What is minimised.
    public var loss: KernelLoss
    /// γ; nil for 1 / features.
    public var gamma: Double?
    /// The most rows.
    public var mostRows: Int
    /// The most passes.
    public var passes: Int
    /// How little coefficients move, relative to C, when it has converged.
    public var tolerance: Double

    /// Creates the learner.
    public init(
        loss: KernelLoss = .insensitive(), gamma: Double? = nil, mostRows: Int = 2000, passes: Int = 200,
        tolerance: Double = 1e-3
    ) {
        precondition(gamma.map { $0 > 0 } ?? true, "gamma is positive")
        precondition(mostRows > 0 && passes > 0, "counts are at least 1")
        self.loss = loss
        self.gamma = gamma
        self.mostRows = mostRows
        self.passes = passes
        self.tolerance = tolerance
    }

    /// Learns.
    ///
    /// - Throws: `LearningError`.
    public func fit(_ features: FeatureMatrix, _ targets: [Double]) throws -> KernelRegressionModel {
        precondition(features.rows == targets.count, "a target for each row")
        guard features.rows > 0, targets.allSatisfy(\.isFinite) else {
            throw LearningError.data("kernel regression needs rows with finite targets")
        }
        let n = min(features.rows, mostRows)
        let chosen = (0..<n).map { $0 * features.rows / n }
        let rows = features.selecting(chosen)
        let middle = Statistics.mean(chosen.map { targets[$0] })
        let y = chosen.map { targets[$0] - middle }
        let gamma = gamma ?? 1 / Double(max(1, features.columns))
        let values = rows.dense
        let kernel = RadialKernel(rows: values, width: features.columns, gamma: gamma)
        let lines = Parallel.map(n) { row in kernel.line(Array(values[row * features.columns..<(row + 1) * features.columns])) }
        let (beta, steps, converged): ([Double], Int, Bool)
        switch loss {
        case .insensitive(let epsilon, let c):
            precondition(epsilon >= 0 && c > 0, "e is not negative and C positive")
            (beta, steps, converged) = descend(lines, y, epsilon, c)
        case .squared(let ridge):
            precondition(ridge > 0, "λ is positive")
            let matrix = Matrix(rows: n, columns: n) { lines[$0][$1] + ($0 == $1 ? ridge : 0) }
            guard let factor = Cholesky(matrix) else {
                throw LearningError.training(method: "kernel regression", reason: "the kernel matrix is singular")
            }
            (beta, steps, converged) = (factor.solve(y), 1, true)
        }
        let kept = beta.indices.filter { beta[$0] != 0 }
        let error = (0..<n).reduce(0.0) { sum, row in
            var f = 0.0
            for place in kept { f += beta[place] * lines[row][place] }
            return sum + (y[row] - f) * (y[row] - f)
        }
        return KernelRegressionModel(
            kernel: RadialKernel(
                rows: rows.selecting(kept).dense, width: features.columns, gamma: gamma),
            coefficients: kept.map { beta[$0] }, intercept: middle,
            certificate: FitCertificate(converged: converged, steps: steps, loss: error / Double(n)))
    }

    private func descend(
        _ lines: [[Double]], _ y: [Double], _ epsilon: Double, _ c: Double
    ) -> (beta: [Double], steps: Int, converged: Bool) {
        let n = y.count
        var beta = [Double](repeating: 0, count: n)
        var f = [Double](repeating: 0, count: n)
        for pass in 1...passes {
            var largest = 0.0
            for i in 0..<n {
                let curvature = lines[i][i]
                let free = beta[i] - (f[i] - y[i]) / curvature
                let shrunk = max(0, abs(free) - epsilon / curvature) * (free < 0 ? -1 : 1)
                let next = min(c, max(-c, shrunk))
                let change = next - beta[i]
                if change == 0 { continue }
                beta[i] = next
                largest = max(largest, abs(change))
                lines[i].withUnsafeBufferPointer { line in
                    f.withUnsafeMutableBufferPointer { f in
                        for k in 0..<n { f[k] += change * line[k] }
                    }
                }
            }
            if largest <= tolerance * c { return (beta, pass, true) }
        }
        return (beta, passes, false)
    }
}

/// exp(−γ |x − xᵢ|²) + 1 for the rows that it keeps.
struct RadialKernel: Sendable, Hashable {
    let rows: [Double]
    let width: Int
    let gamma: Double

    func line(_ x: [Double]) -> [Double] {
        let count = width > 0 ? rows.count / width : 0
        return (0..<count).map { row in
            var square = 0.0
            for column in 0..<width {
                let gap = rows[row * width + column] - x[column]
                square += gap * gap
            }
            return exp(-gamma * square) + 1
        }
    }
}

/// A function learnt by kernel regression.
public struct KernelRegressionModel: Sendable, Hashable {
    let kernel: RadialKernel
    let coefficients: [Double]
    let intercept: Double
    /// How the fit ended.
    public let certificate: FitCertificate

    /// The number of rows that the function keeps.
    public var supports: Int { coefficients.count }

    /// The value for each row.
    public func predict(_ features: FeatureMatrix) throws -> [Double] {
        guard features.columns == kernel.width else {
            throw LearningError.data(
                "the rows have \(features.columns) features, the model has learnt from \(kernel.width)")
        }
        return Parallel.map(features.rows) { row in
            zip(coefficients, kernel.line(features.row(row))).reduce(intercept) { $0 + $1.0 * $1.1 }
        }
    }
}
