import Foundation
import Kernels

/// Finds the best arm with a guarantee: plays all candidates in turn and drops each one that is surely worse.
///
/// Source: Even-Dar, Mannor and Mansour, "Action Elimination and Stopping Conditions for the Multi-Armed
/// Bandit and Reinforcement Learning Problems" (2006). With the average μ̂ₐ over nₐ outcomes in [0, 1] and K
/// arms,
///
///     αₐ = √( log(π²·K·nₐ²/(3δ)) / (2nₐ) ),   drop a when  μ̂ₐ + αₐ < maxᵦ (μ̂ᵦ − αᵦ),
///
/// and the next arm is one of the candidates with the fewest outcomes. With probability at least 1 − δ every
/// mean lies within αₐ of its average at all times (Hoeffding's inequality for each arm and number, summed),
/// so the best arm is never dropped and the last one left is the best. It takes O(Σ Δₐ⁻²·log(K/(δΔₐ)))
/// outcomes. Where arms need not be told apart for certain, a policy that keeps exploring pays less; rewards
/// must not change over time.
///
/// - Complexity: O(K) for a choice and for an outcome.
///
/// ```swift
/// var policy = SuccessiveElimination(arms: 2, delta: 0.05)
/// while policy.certificate == nil {
///     let decision = policy.choose(BanditContext())
///     policy.learn(decision, decision.action == 0 ? 1 : 0)
/// }
/// print(policy.certificate!.arm)      // 0
/// ```
public struct SuccessiveElimination: ArmPolicy, Hashable {
    public static let id = "successive-elimination"

    /// The number of arms.
    public let armCount: Int
    /// The probability δ that the certificate may be wrong.
    public let delta: Double
    public var journal: Journal
    /// The number of outcomes of each arm.
    public private(set) var counts: [Double]
    /// The average reward of each arm; 0 before the first outcome.
    public private(set) var means: [Double]
    /// Whether each arm is still a candidate.
    public private(set) var isCandidate: [Bool]

    /// What was found out when one candidate is left.
    public struct Certificate: Sendable, Hashable, Codable {
        /// The best arm.
        public let arm: Int
        /// The probability that it is, at least.
        public let confidence: Double
        /// The number of outcomes that it took.
        public let outcomes: Int
    }

    /// The best arm, once one candidate is left.
    public private(set) var certificate: Certificate?

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - arms: The number of arms, at least 1.
    ///   - delta: The probability that the best arm may be dropped, in (0, 1).
    ///   - seed: The seed of the draws between candidates.
    public init(arms: Int, delta: Double = 0.05, seed: UInt64 = 1) {
        precondition(arms > 0, "a bandit needs at least one arm")
        precondition(delta > 0 && delta < 1, "delta is a probability between 0 and 1")
        armCount = arms
        self.delta = delta
        journal = Journal(seed: seed)
        counts = [Double](repeating: 0, count: arms)
        means = [Double](repeating: 0, count: arms)
        isCandidate = [Bool](repeating: true, count: arms)
        if arms == 1 { certificate = Certificate(arm: 0, confidence: 1, outcomes: 0) }
    }

    public var arms: Int? { armCount }

    /// The arms that may still be the best.
    public var candidates: [Int] { (0..<armCount).filter { isCandidate[$0] } }

    /// How far an arm's mean may lie from its average; infinite before the first outcome.
    public func radius(_ arm: Int) -> Double {
        let n = counts[arm]
        guard n > 0 else { return .infinity }
        return (log(Double.pi * Double.pi * Double(armCount) * n * n / (3 * delta)) / (2 * n)).squareRoot()
    }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let choices = context.choices(of: armCount)
        if choices.contains(where: { isCandidate[$0] }) {
            Arms.putOnBest(choices, &p) { isCandidate[$0] ? -counts[$0] : -.infinity }
        } else {
            Arms.putOnBest(choices, &p) { means[$0] }
        }
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        precondition(outcome >= 0 && outcome <= 1, "successive elimination needs rewards in 0...1")
        let arm = decision.action
        counts[arm] += 1
        means[arm] += (outcome - means[arm]) / counts[arm]
        guard certificate == nil else { return }
        let floor = (0..<armCount).reduce(-Double.infinity) {
            isCandidate[$1] ? max($0, means[$1] - radius($1)) : $0
        }
        for other in 0..<armCount where isCandidate[other] && means[other] + radius(other) < floor {
            isCandidate[other] = false
        }
        let left = candidates
        if left.count == 1 {
            certificate = Certificate(
                arm: left[0], confidence: 1 - delta, outcomes: Int(counts.reduce(0, +)))
        }
    }
}
