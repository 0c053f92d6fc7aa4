import Foundation
import Kernels

/// Finds the maximum of a concave objective.
///
/// Newton's method with a halved step where a full one does not help, on the dense information for up to
/// `denseLimit` parameters; beyond that a limited-memory quasi-Newton method scaled by the diagonal.
/// Converged means that the last Newton step moved no parameter by more than 1e-7, or promised a gain below the
/// rounding of the value, with the largest component of the gradient below 1e-7 times the weight of the data.
struct Newton: Sendable {
    var tolerance = 1e-10
    var maxIterations = 200
    var denseLimit = 4000

    struct Solution {
        var theta: [Double]
        var iterations: Int
        var gradientNorm: Double
        var converged: Bool
        /// The factored information at the solution; `nil` beyond the dense limit.
        var factor: Cholesky?
    }

    func maximize(_ objective: Objective, from start: [Double]? = nil) -> Solution {
        let count = objective.count
        let start = start ?? [Double](repeating: 0, count: count)
        if count > denseLimit { return quasiNewton(objective, from: start) }
        return newton(objective, from: start)
    }

    private func newton(_ objective: Objective, from start: [Double]) -> Solution {
        let count = objective.count
        let scale = max(1, objective.totalWeight)
        var theta = start
        var sum = Accumulator(count: count, information: true)
        // A trial is evaluated with its information, because it is nearly always accepted.
        var trial = Accumulator(count: count, information: true)
        objective.evaluate(theta, into: &sum)
        var factor: Cholesky?
        for iteration in 0..<maxIterations {
            guard let cholesky = Self.factor(sum) else {
                return Solution(
                    theta: theta, iterations: iteration, gradientNorm: Self.norm(sum.gradient),
                    converged: false,
                    factor: nil)
            }
            factor = cholesky
            let step = cholesky.solve(sum.gradient)
            let length = Self.norm(step)
            // At the optimum rounding decides the value, so a step that promises less than that is taken without
            // asking.
            let promised = 0.5 * zip(step, sum.gradient).reduce(0) { $0 + $1.0 * $1.1 }
            if length < 1e-7 || (length < 1e-3 && promised < 1e-12 * abs(sum.value)) {
                for i in 0..<count { theta[i] += step[i] }
                objective.evaluate(theta, into: &trial)
                let norm = Self.norm(trial.gradient)
                return Solution(
                    theta: theta, iterations: iteration + 1, gradientNorm: norm,
                    converged: norm <= 1000 * tolerance * scale, factor: factor)
            }
            var damping = min(1, 8 / length)
            var accepted = false
            for _ in 0..<40 {
                let candidate = zip(theta, step).map { $0 + damping * $1 }
                objective.evaluate(candidate, into: &trial)
                if trial.value.isFinite, trial.value >= sum.value - 1e-12 * abs(sum.value) {
                    theta = candidate
                    swap(&sum, &trial)
                    accepted = true
                    break
                }
                damping /= 2
            }
            if !accepted {
                let norm = Self.norm(sum.gradient)
                return Solution(
                    theta: theta, iterations: iteration + 1, gradientNorm: norm,
                    converged: norm <= tolerance * scale, factor: factor)
            }
        }
        return Solution(
            theta: theta, iterations: maxIterations, gradientNorm: Self.norm(sum.gradient), converged: false,
            factor: factor)
    }

    private func quasiNewton(_ objective: Objective, from start: [Double]) -> Solution {
        let count = objective.count
        let scale = max(1, objective.totalWeight)
        var sum = Accumulator(count: count, information: false)
        var theta = start
        var iterations = 0
        // Rescaling by the diagonal at the current point makes the problem round; three rounds are plenty.
        for _ in 0..<4 {
            objective.evaluate(theta, into: &sum)
            if Self.norm(sum.gradient) <= tolerance * scale { break }
            let unit = sum.diagonal.map { 1 / max($0, 1e-8).squareRoot() }
            let minimizer = LBFGS(
                maxIterations: 500, gradientTolerance: 0.5 * tolerance * scale * (unit.min() ?? 1))
            let origin = theta
            let result = minimizer.minimize(from: [Double](repeating: 0, count: count)) { x, gradient in
                var at = origin
                for i in 0..<count { at[i] += unit[i] * x[i] }
                objective.evaluate(at, into: &sum)
                for i in 0..<count { gradient[i] = -unit[i] * sum.gradient[i] }
                return -sum.value
            }
            for i in 0..<count { theta[i] = origin[i] + unit[i] * result.x[i] }
            iterations += result.iterations
        }
        objective.evaluate(theta, into: &sum)
        let norm = Self.norm(sum.gradient)
        // A quasi-Newton method cannot push the gradient as far down as Newton's; 1e-8 of the data is enough.
        return Solution(
            theta: theta, iterations: iterations, gradientNorm: norm,
            converged: norm <= 100 * tolerance * scale,
            factor: nil)
    }

    /// The Cholesky factor of an information, or `nil` where it is not positive definite.
    static func factor(_ sum: Accumulator) -> Cholesky? {
        Cholesky(Matrix(rows: sum.count, columns: sum.count, values: sum.information))
    }

    static func norm(_ vector: [Double]) -> Double {
        var largest = 0.0
        for value in vector {
            if value.isNaN { return .infinity }
            largest = max(largest, abs(value))
        }
        return largest
    }
}
