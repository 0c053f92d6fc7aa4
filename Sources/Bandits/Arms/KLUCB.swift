import Foundation
import Kernels

/// Plays the arm that could still be the best, with bounds that know how little a rare event varies.
///
/// Source: Garivier and Cappé, "The KL-UCB Algorithm for Bounded Stochastic Bandits and Beyond" (2011). With
/// the average μ̂ₐ over nₐ outcomes in [0, 1] and t = Σ nₐ,
///
///     aₜ = argmaxₐ max{ q ∈ [μ̂ₐ, 1] : nₐ·kl(μ̂ₐ, q) ≤ log t + c·log log t },
///     kl(p, q) = p·log(p/q) + (1 − p)·log((1 − p)/(1 − q)),
///
/// where arms without an outcome come first and ties are split evenly. For arms that pay 1 or 0 the regret is
/// asymptotically the least possible, Σ Δₐ·log T/kl(μₐ, μ*); for other rewards in [0, 1] the same is an upper
/// bound. c = 3 is what the proof uses and c = 0 what works best. Rewards outside [0, 1] must be scaled
/// first.
///
/// - Complexity: O(K) for a choice, with about five Newton steps for each arm; O(1) for an outcome.
///
/// ```swift
/// var policy = KLUCB(arms: 3)
/// let decision = policy.choose(BanditContext())
/// policy.learn(decision, 1)
/// print(policy.upperBounds)
/// ```
public struct KLUCB: ArmPolicy, Hashable {
    public static let id = "kl-ucb"

    /// The number of arms.
    public let armCount: Int
    /// The weight c of log log t.
    public let c: Double
    public var journal: Journal
    /// The number of outcomes of each arm.
    public private(set) var counts: [Double]
    /// The average reward of each arm; 0 before the first outcome.
    public private(set) var means: [Double]

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - arms: The number of arms, at least 1.
    ///   - c: The weight of log log t, not negative.
    ///   - seed: The seed of the draws between ties.
    public init(arms: Int, c: Double = 0, seed: UInt64 = 1) {
        precondition(arms > 0, "a bandit needs at least one arm")
        precondition(c >= 0, "c cannot be negative")
        armCount = arms
        self.c = c
        journal = Journal(seed: seed)
        counts = [Double](repeating: 0, count: arms)
        means = [Double](repeating: 0, count: arms)
    }

    public var arms: Int? { armCount }

    /// The largest mean of each arm that its outcomes do not rule out; infinite before the first.
    public var upperBounds: [Double] {
        let budget = budget
        return (0..<armCount).map { bound($0, budget: budget) }
    }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let budget = budget
        Arms.putOnBest(context.choices(of: armCount), &p) { bound($0, budget: budget) }
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        precondition(outcome >= 0 && outcome <= 1, "KL-UCB needs rewards in 0...1")
        let arm = decision.action
        counts[arm] += 1
        means[arm] += (outcome - means[arm]) / counts[arm]
    }

    private var budget: Double {
        let t = max(counts.reduce(0, +), 1)
        return log(t) + c * max(0, log(max(log(t), 1)))
    }

    private func bound(_ arm: Int, budget: Double) -> Double {
        counts[arm] == 0
            ? .infinity : Self.upperBound(mean: min(max(means[arm], 0), 1), divergence: budget / counts[arm])
    }

    /// The divergence kl(p, q) of two coins, for p and q in [0, 1].
    public static func divergence(_ p: Double, _ q: Double) -> Double {
        (p > 0 ? p * log(p / q) : 0) + (p < 1 ? (1 - p) * log((1 - p) / (1 - q)) : 0)
    }

    /// The largest q ≥ p with kl(p, q) ≤ `divergence`.
    ///
    /// Newton's method from above, where kl(p, ·) is convex and rising, so that it never passes the root.
    public static func upperBound(mean p: Double, divergence: Double) -> Double {
        if p >= 1 || divergence <= 0 { return p }
        if p <= 0 { return -expm1(-divergence) }
        // Two upper bounds: Pinsker's inequality, and kl(p, q) ≥ −entropy(p) − (1 − p)·log(1 − q).
        let entropy = -p * log(p) - (1 - p) * log1p(-p)
        var q = min(p + (divergence / 2).squareRoot(), -expm1(-(divergence + entropy) / (1 - p)))
        if q >= 1 { return 1 }
        for _ in 0..<60 {
            let excess = Self.divergence(p, q) - divergence
            let step = excess * q * (1 - q) / (q - p)
            guard step > 1e-15 * q, q - step > p else { break }
            q -= step
        }
        return q
    }
}
