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
///     f(x) = b + Σᵢ βᵢ k(xᵢ, x),   k(x, x′) = exp(−γ |x − x′|²)
///     β = argmin ½ βᵀKβ − yᵀβ + e |β|₁,  |βᵢ| ≤ C,  Σ βᵢ = 0
///
/// or, with the squared loss, β = (K + λ I)⁻¹ (y − ȳ) and b = ȳ. With more rows than `mostRows` an even
/// sample of them is taken.
///
/// ```swift
/// let model = try KernelRegression().fit(features, targets)
/// ```
///
/// - Complexity: O(rows) for each step and O(rows²) memory at most; O(rows³) for the squared loss.
public struct KernelRegression: Sendable, Hashable {
    /// What is minimised.
    public var loss: KernelLoss
    /// γ; nil for 1 / features.
    public var gamma: Double?
    /// The most rows.
    public var mostRows: Int
    /// The most steps of support vector regression.
    public var mostSteps: Int
    /// How far rows may disagree on the intercept when it has converged, in the unit of the targets.
    public var tolerance: Double

    /// Creates the learner.
    public init(
        loss: KernelLoss = .insensitive(), gamma: Double? = nil, mostRows: Int = 2000,
        mostSteps: Int = 200_000,
        tolerance: Double = 1e-3
    ) {
        precondition(gamma.map { $0 > 0 } ?? true, "gamma is positive")
        precondition(mostRows > 0 && mostSteps > 0, "counts are at least 1")
        self.loss = loss
        self.gamma = gamma
        self.mostRows = mostRows
        self.mostSteps = mostSteps
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
        let y = chosen.map { targets[$0] }
        let gamma = gamma ?? 1 / Double(max(1, features.columns))
        let kernel = RadialKernel(rows: rows.dense, width: features.columns, gamma: gamma)
        let (beta, intercept, steps, converged): ([Double], Double, Int, Bool)
        switch loss {
        case .insensitive(let epsilon, let c):
            precondition(epsilon >= 0 && c > 0, "e is not negative and C positive")
            (beta, intercept, steps, converged) = descend(kernel, y, epsilon, c)
        case .squared(let ridge):
            precondition(ridge > 0, "λ is positive")
            let lines = Parallel.map(n) { kernel.line($0) }
            let matrix = Matrix(rows: n, columns: n) { lines[$0][$1] + ($0 == $1 ? ridge : 0) }
            guard let factor = Cholesky(matrix) else {
                throw LearningError.training(
                    method: "kernel regression", reason: "the kernel matrix is singular")
            }
            let middle = Statistics.mean(y)
            (beta, intercept, steps, converged) = (factor.solve(y.map { $0 - middle }), middle, 1, true)
        }
        let kept = beta.indices.filter { beta[$0] != 0 }
        let kernelKept = RadialKernel(
            rows: rows.selecting(kept).dense, width: features.columns, gamma: gamma)
        var model = KernelRegressionModel(
            kernel: kernelKept, coefficients: kept.map { beta[$0] }, intercept: intercept,
            certificate: FitCertificate(converged: converged, steps: steps, loss: .nan))
        let errors = zip(try model.predict(rows), y).map { ($0 - $1) * ($0 - $1) }
        model.certificate.loss = Statistics.mean(errors)
        return model
    }

    /// Moves two coefficients at a time, the pair that gains most, until all rows agree on the intercept
    /// (sequential minimal optimisation with second-order choice).
    private func descend(
        _ kernel: RadialKernel, _ y: [Double], _ epsilon: Double, _ c: Double
    ) -> (beta: [Double], intercept: Double, steps: Int, converged: Bool) {
        let n = y.count
        var beta = [Double](repeating: 0, count: n)
        var rest = y
        var lines = [[Double]?](repeating: nil, count: n)
        func line(_ row: Int) -> [Double] {
            if let line = lines[row] { return line }
            let line = kernel.line(row)
            lines[row] = line
            return line
        }
        for step in 0...mostSteps {
            // What raising or lowering a coefficient gains; the best to raise, and the least to lower.
            var (raised, top, bottom) = (-1, -Double.infinity, Double.infinity)
            for row in 0..<n {
                if beta[row] < c {
                    let gain = beta[row] < 0 ? rest[row] + epsilon : rest[row] - epsilon
                    if gain > top { (raised, top) = (row, gain) }
                }
                if beta[row] > -c {
                    bottom = min(bottom, beta[row] > 0 ? rest[row] - epsilon : rest[row] + epsilon)
                }
            }
            let isDone = top - bottom <= tolerance
            if isDone || step == mostSteps { return (beta, (top + bottom) / 2, step, isDone) }
            let up = line(raised)
            var (lowered, best) = (-1, 0.0)
            for row in 0..<n where beta[row] > -c {
                let gap = top - (beta[row] > 0 ? rest[row] - epsilon : rest[row] + epsilon)
                guard gap > 0 else { continue }
                let gain = gap * gap / max(1e-12, 2 - 2 * up[row])
                if gain > best { (lowered, best) = (row, gain) }
            }
            let gap = top - (beta[lowered] > 0 ? rest[lowered] - epsilon : rest[lowered] + epsilon)
            var move = gap / max(1e-12, 2 - 2 * up[lowered])
            // Gains change where a coefficient passes 0, so that a step ends there.
            move = min(move, beta[raised] < 0 ? -beta[raised] : c - beta[raised])
            move = min(move, beta[lowered] > 0 ? beta[lowered] : beta[lowered] + c)
            beta[raised] += move
            beta[lowered] -= move
            let down = line(lowered)
            for row in 0..<n { rest[row] -= move * (up[row] - down[row]) }
        }
        return (beta, 0, mostSteps, false)
    }
}

/// exp(−γ |x − xᵢ|²) for the rows that it keeps.
struct RadialKernel: Sendable, Hashable {
    let rows: [Double]
    let width: Int
    let gamma: Double

    /// The bells around all rows, at one of them.
    func line(_ row: Int) -> [Double] { line(Array(rows[row * width..<(row + 1) * width])) }

    func line(_ x: [Double]) -> [Double] {
        let count = width > 0 ? rows.count / width : 0
        return (0..<count).map { row in
            var square = 0.0
            for column in 0..<width {
                let gap = rows[row * width + column] - x[column]
                square += gap * gap
            }
            return exp(-gamma * square)
        }
    }
}

/// A function learnt by kernel regression.
public struct KernelRegressionModel: Sendable, Hashable {
    let kernel: RadialKernel
    let coefficients: [Double]
    let intercept: Double
    /// How the fit ended.
    public internal(set) var certificate: FitCertificate

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
