import Foundation
import Kernels

/// Finds a nearly best action when rewards are only roughly linear in the features, but hang on few of them.
///
/// Source: Dong and Yang, "Does Sparsity Help in Learning Misspecified Linear Bandits?" (2023). With rewards
///
///     r(a) = ⟨φ(a), θ⟩ + Δ(a),   |Δ(a)| ≤ ε,   |φ(a)| ≤ 1,   |θ| ≤ 1,   at most s entries of θ not zero
///
/// every action of a cover at distance ε of every support of size s is tried, n_rep times each, and the best
/// average is kept. Its gap is at most 3ε (without noise): some tried action looks within ε like the best one
/// on the true support. With noise of deviation σ, n_rep = ⌈2σ² log(2|Q|/δ)/ε²⌉. Without sparsity a gap of
/// order ε needs a number of tries exponential in d.
///
/// The guarantee is for the worst case. Where the errors Δ do not conspire, `LinearSearch` needs fewer tries
/// and ends closer to the best. Not where |Q| is close to the number of actions: then try them all.
///
/// - Complexity: O(C(d, s)·n·|N_M|·s) once for n actions; O(n) for a choice.
///
/// ```swift
/// var policy = SparseCoverSearch(actions: features, sparsity: 2, epsilon: 0.25)
/// while !policy.isFinished {
///     let decision = policy.choose(BanditContext())
///     policy.learn(decision, reward(decision.action))
/// }
/// print(policy.best ?? 0, policy.guarantee)
/// ```
public struct SparseCoverSearch: ArmPolicy, Hashable {
    public static let id = "sparse-misspecified-bandit"

    /// The number of actions.
    public let armCount: Int
    /// ε: how far a reward may be from linear.
    public let epsilon: Double
    /// σ: the standard deviation of a reward.
    public let noise: Double
    /// The actions that are tried.
    public let cover: SupportCover
    /// The number n_rep of tries of each.
    public let tries: Int
    public var journal: Journal
    private var record: QueryRecord

    /// Creates a search that has tried nothing.
    ///
    /// - Parameters:
    ///   - actions: The features of each action, of length at most 1.
    ///   - sparsity: The number s of features that matter.
    ///   - epsilon: How far a reward may be from linear; also the grain of the cover.
    ///   - noise: The standard deviation σ of a reward; 0 for exact rewards.
    ///   - delta: The probability with which the noise may exceed its allowance.
    ///   - seed: The seed of the order of the tries.
    public init(
        actions: [[Double]], sparsity: Int, epsilon: Double, noise: Double = 0, delta: Double = 0.05,
        seed: UInt64 = 1
    ) {
        precondition(!actions.isEmpty, "a search needs actions")
        precondition(noise >= 0 && delta > 0 && delta < 1, "noise is not negative, delta a probability")
        armCount = actions.count
        self.epsilon = epsilon
        self.noise = noise
        cover = SupportCover(actions: actions, sparsity: sparsity, epsilon: epsilon)
        let queries = Double(cover.queries.count)
        tries = max(1, Int((2 * noise * noise * log(2 * queries / delta) / (epsilon * epsilon)).rounded(.up)))
        journal = Journal(seed: seed)
        record = QueryRecord(actions: actions.count)
    }

    public var arms: Int? { armCount }

    /// Whether every action of the cover has been tried.
    public var isFinished: Bool { cover.queries.allSatisfy { record.counts[$0] >= Double(tries) } }

    /// The best action so far; `nil` before any was tried often enough.
    public var best: Int? { record.best(among: 0..<armCount, atLeast: Double(tries)) }

    /// What the best action may fall short by once the search is finished: 3ε, or 5ε with noise with
    /// probability 1 − δ.
    public var guarantee: Double { (noise == 0 ? 3 : 5) * epsilon }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let choices = context.choices(of: armCount)
        for arm in choices { p[arm] = 1 }
        let open = cover.queries.filter { p[$0] == 1 && record.counts[$0] < Double(tries) }
        let chosen =
            open.isEmpty
            ? [record.best(among: choices, atLeast: 1) ?? choices[choices.startIndex]] : open
        for arm in choices { p[arm] = 0 }
        for arm in chosen { p[arm] = 1 / Double(chosen.count) }
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        record.add(decision.action, outcome)
    }
}
