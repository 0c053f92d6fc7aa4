import Foundation
import Kernels

/// Plays the arm that could still be the best: the average reward plus an allowance that shrinks with every
/// outcome.
///
/// Source: Auer, Cesa-Bianchi and Fischer, "Finite-time Analysis of the Multiarmed Bandit Problem" (2002),
/// UCB1. With the average μ̂ₐ over nₐ outcomes of arm a and t = Σ nₐ,
///
///     aₜ = argmaxₐ  μ̂ₐ + √(α·log t / nₐ),   α = 2,
///
/// where arms without an outcome come first and ties are split evenly. For rewards in [0, 1] the expected
/// regret after T rounds is at most Σ_{Δₐ>0} 8·log T/Δₐ + (1 + π²/3)·Σ Δₐ, Δₐ being the gap to the best mean.
/// A smaller α (`exploration`) often does better where rewards vary little, without that guarantee below α =
/// 1/2. Where rewards are rare, `KLUCB` is better; where they change over time, it can miss the change for
/// long.
///
/// - Complexity: O(K) for a choice, O(1) for an outcome.
///
/// ```swift
/// var policy = UCB1(arms: 3)
/// let decision = policy.choose(BanditContext())
/// policy.learn(decision, 1)
/// print(policy.upperBounds)
/// ```
public struct UCB1: ArmPolicy, Hashable {
    public static let id = "ucb1"

    /// The number of arms.
    public let armCount: Int
    /// The scale α of the allowance.
    public let exploration: Double
    public var journal: Journal
    /// The number of outcomes of each arm.
    public private(set) var counts: [Double]
    /// The average reward of each arm; 0 before the first outcome.
    public private(set) var means: [Double]

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - arms: The number of arms, at least 1.
    ///   - exploration: The scale α of the allowance, not negative; w² times that for rewards in a range of width w.
    ///   - seed: The seed of the draws between ties.
    public init(arms: Int, exploration: Double = 2, seed: UInt64 = 1) {
        precondition(arms > 0, "a bandit needs at least one arm")
        precondition(exploration >= 0, "exploration cannot be negative")
        armCount = arms
        self.exploration = exploration
        journal = Journal(seed: seed)
        counts = [Double](repeating: 0, count: arms)
        means = [Double](repeating: 0, count: arms)
    }

    public var arms: Int? { armCount }

    /// The average plus the allowance of each arm; infinite before its first outcome.
    public var upperBounds: [Double] {
        let scale = exploration * log(max(counts.reduce(0, +), 1))
        return (0..<armCount).map { bound($0, scale: scale) }
    }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let scale = exploration * log(max(counts.reduce(0, +), 1))
        Arms.putOnBest(context.choices(of: armCount), &p) { bound($0, scale: scale) }
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        precondition(outcome.isFinite, "a reward must be a finite number")
        let arm = decision.action
        counts[arm] += 1
        means[arm] += (outcome - means[arm]) / counts[arm]
    }

    private func bound(_ arm: Int, scale: Double) -> Double {
        counts[arm] == 0 ? .infinity : means[arm] + (scale / counts[arm]).squareRoot()
    }
}
