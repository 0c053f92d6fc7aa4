import Foundation
import Kernels

/// Moves the probabilities of answers towards those that win against the answers given now, even where no answer beats all.
///
/// Source: Zhang, Zhang, Wu, Xu and Gu, "General Preference Modeling with Preference Representations for Aligning Language
/// Models" (2024), GPO. With scores s and the policy pₜ,
///
///     ŝ(y) = Σ_y′ pₜ(y′) s(y ≻ y′),   pₜ₊₁(y) ∝ pₜ(y) exp(ŝ(y)/β).
///
/// With probabilities in place of scores it is SPPO. `step` takes that step as it is, for policies that are tables. `regress` does
/// what has to be done where a policy is a network and log Σ pₜ exp(ŝ/β) cannot be had: least squares of log p/pₜ on
/// (ŝ − mean ŝ)/β, over answers drawn from pₜ. The mean stands in for β log Z, which is not 0, so that it comes near that
/// step but not to it.
///
/// What it cannot say: where scores go in circles there need be no best answer, and the steps go round it; their average is
/// what comes close to a policy that none beats.
///
/// ```swift
/// let policy = PreferencePolicy(beta: 1)
/// let better = policy.step([0.5, 0.25, 0.25], scores: embedding.matrix)
/// ```
public struct PreferencePolicy: Sendable, Hashable {
    /// β, how hard it is to move.
    public var beta: Double

    /// Creates it.
    public init(beta: Double = 1) {
        precondition(beta > 0, "β is \(beta), but must be positive")
        self.beta = beta
    }

    /// ŝ, the mean score of each answer over those of the policy.
    public func advantages(_ policy: [Double], scores: Matrix) -> [Double] {
        precondition(
            scores.rows == policy.count && scores.columns == policy.count, "scores of each answer over each")
        return scores.multiply(policy)
    }

    /// pₜ₊₁.
    public func step(_ policy: [Double], scores: Matrix) -> [Double] {
        Self.normalized(zip(policy, advantages(policy, scores: scores)).map { log($0) + $1 / beta })
    }

    /// The policies after each of some rounds.
    public func rounds(_ count: Int, from policy: [Double], scores: Matrix) -> [[Double]] {
        var policies: [[Double]] = []
        for _ in 0..<count { policies.append(step(policies.last ?? policy, scores: scores)) }
        return policies
    }

    /// The step by least squares.
    ///
    /// - Parameters:
    ///   - samples: how many answers are drawn; nil takes expectations over the policy.
    /// - Complexity: O(n²), or O(n samples), for the advantages.
    public func regress(
        _ policy: [Double], scores: Matrix, samples: Int? = nil, seed: UInt64 = 1
    ) -> [Double] {
        precondition(policy.allSatisfy { $0 > 0 }, "every answer has to be possible")
        precondition(samples.map { $0 > 0 } ?? true, "at least one answer is drawn")
        var weights = policy
        if let samples {
            var random = CounterRandom(seed: seed)
            weights = [Double](repeating: 0, count: policy.count)
            for _ in 0..<samples { weights[random.categorical(weights: policy)] += 1 / Double(samples) }
        }
        let gains = advantages(weights, scores: scores)
        let mean = zip(weights, gains).reduce(0) { $0 + $1.0 * $1.1 }
        let targets = zip(policy, gains).map { log($0) + ($1 - mean) / beta }
        let fit = LBFGS(maxIterations: 200, gradientTolerance: 1e-10).minimize(from: policy.map { log($0) }) {
            logits, slopes in
            let total = Special.logSumExp(logits)
            var (value, pull) = (0.0, 0.0)
            for y in logits.indices {
                let gap = logits[y] - total - targets[y]
                value += weights[y] * gap * gap
                slopes[y] = 2 * weights[y] * gap
                pull += slopes[y]
            }
            for y in logits.indices { slopes[y] -= pull * exp(logits[y] - total) }
            return value
        }
        return Self.normalized(fit.x)
    }

    private static func normalized(_ logits: [Double]) -> [Double] {
        let total = Special.logSumExp(logits)
        return logits.map { exp($0 - total) }
    }
}
