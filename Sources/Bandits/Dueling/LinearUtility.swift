import Foundation
import Kernels

/// A linear utility h(e) = θᵀe fitted to choices, and how well each direction is known.
struct LinearUtility: Sendable, Hashable, Codable {
    let features: Int
    let lambda: Double
    var weights: [Double]
    /// V⁻¹ with V = λI + Σ d dᵀ over the differences d of the duels.
    var inverse: [Double]

    init(features: Int, lambda: Double) {
        self.features = features
        self.lambda = lambda
        weights = [Double](repeating: 0, count: features)
        inverse = Matrix.identity(features).values.map { $0 / lambda }
    }

    /// Adds a difference to V, by Sherman and Morrison's formula.
    mutating func add(_ difference: [Double]) {
        let moved = product(difference)
        let scale = 1 / (1 + VectorMath.dot(difference, moved))
        for i in 0..<features {
            for j in 0..<features { inverse[i * features + j] -= scale * moved[i] * moved[j] }
        }
    }

    /// ‖d‖ in the norm of V⁻¹.
    func width(_ difference: [Double]) -> Double {
        max(0, VectorMath.dot(difference, product(difference))).squareRoot()
    }

    private func product(_ vector: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: features)
        for i in 0..<features {
            var sum = 0.0
            for j in 0..<features { sum += inverse[i * features + j] * vector[j] }
            result[i] = sum
        }
        return result
    }

    /// Newton's method on Σ log loss + λ‖θ‖², which is convex.
    mutating func fit(_ differences: [[Double]], _ outcomes: [Double]) {
        var theta = weights
        var value = loss(theta, differences, outcomes)
        for _ in 0..<50 {
            var gradient = theta.map { 2 * lambda * $0 }
            var hessian = Matrix(rows: features, columns: features)
            for i in 0..<features { hessian[i, i] = 2 * lambda }
            for (d, y) in zip(differences, outcomes) {
                let p = Special.logistic(VectorMath.dot(theta, d))
                let w = p * (1 - p)
                for i in 0..<features {
                    gradient[i] += (p - y) * d[i]
                    for j in 0...i { hessian.values[i * features + j] += w * d[i] * d[j] }
                }
            }
            guard let factor = Cholesky(hessian) else { break }
            let step = factor.solve(gradient)
            var length = 1.0
            var trial = zip(theta, step).map { $0 - $1 }
            var next = loss(trial, differences, outcomes)
            while next > value, length > 1e-6 {
                length /= 2
                trial = zip(theta, step).map { $0 - length * $1 }
                next = loss(trial, differences, outcomes)
            }
            guard next <= value else { break }
            theta = trial
            value = next
            if step.reduce(0, { max($0, abs($1)) }) < 1e-12 { break }
        }
        weights = theta
    }

    private func loss(_ theta: [Double], _ differences: [[Double]], _ outcomes: [Double]) -> Double {
        var sum = lambda * VectorMath.dot(theta, theta)
        for (d, y) in zip(differences, outcomes) {
            let gap = VectorMath.dot(theta, d)
            sum += Special.log1pExp(gap) - y * gap
        }
        return sum
    }
}
