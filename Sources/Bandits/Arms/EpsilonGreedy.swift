import Kernels

/// Plays the arm with the best average reward, and now and then any arm at all.
///
/// Source: Auer, Cesa-Bianchi and Fischer, "Finite-time Analysis of the Multiarmed Bandit Problem" (2002), εₜ-greedy. With
/// averages μ̂ₐ over the nₐ outcomes of arm a,
///
///     p(a) = εₜ/K + (1 − εₜ)·1[a = argmax μ̂],   εₜ = ε·min(1, c/t)   or constant ε,
///
/// where arms without an outcome come first. A constant ε costs regret linear in t, ε times the mean gap; with `decay` c
/// large enough the regret grows like log t.
///
/// - Complexity: O(K) for a choice, O(1) for an outcome.
///
/// ```swift
/// var policy = EpsilonGreedy(arms: 3, epsilon: 0.1, seed: 7)
/// let decision = policy.choose(BanditContext())
/// policy.learn(decision, 1)
/// print(policy.means)
/// ```
public struct EpsilonGreedy: ArmPolicy, Hashable {
    public static let id = "epsilon-greedy"

    /// The number of arms.
    public let armCount: Int
    /// The probability of a uniform draw.
    public let epsilon: Double
    /// The number of outcomes c after which ε falls like c/t; `nil` for a constant ε.
    public let decay: Double?
    public var journal: Journal
    /// The number of outcomes of each arm.
    public private(set) var counts: [Double]
    /// The average reward of each arm; 0 before the first outcome.
    public private(set) var means: [Double]

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - arms: The number of arms, at least 1.
    ///   - epsilon: The probability of a uniform draw, in 0...1.
    ///   - decay: The number of outcomes after which ε falls, positive; `nil` keeps it constant.
    ///   - seed: The seed of the draws.
    public init(arms: Int, epsilon: Double = 0.1, decay: Double? = nil, seed: UInt64 = 1) {
        precondition(arms > 0, "a bandit needs at least one arm")
        precondition(epsilon >= 0 && epsilon <= 1, "epsilon is a probability")
        precondition(decay.map { $0 > 0 } ?? true, "decay must be positive")
        armCount = arms
        self.epsilon = epsilon
        self.decay = decay
        journal = Journal(seed: seed)
        counts = [Double](repeating: 0, count: arms)
        means = [Double](repeating: 0, count: arms)
    }

    public var arms: Int? { armCount }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let choices = context.choices(of: armCount)
        Arms.putOnBest(choices, &p) { counts[$0] == 0 ? .infinity : means[$0] }
        let seen = counts.reduce(0, +)
        let share = decay.map { epsilon * min(1, $0 / max(seen, 1)) } ?? epsilon
        for arm in choices { p[arm] = (1 - share) * p[arm] + share / Double(choices.count) }
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        precondition(outcome.isFinite, "a reward must be a finite number")
        let arm = decision.action
        counts[arm] += 1
        means[arm] += (outcome - means[arm]) / counts[arm]
    }
}
