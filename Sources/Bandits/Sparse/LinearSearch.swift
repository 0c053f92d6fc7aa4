import Foundation
import Kernels

/// Tries random actions, fits a linear model, tries the actions that it likes best, and keeps the best seen.
///
/// Source: Dong and Yang, "Does Sparsity Help in Learning Misspecified Linear Bandits?" (2023), for features
/// with a restricted eigenvalue κ > 0. The lasso on the random tries, on columns scaled to a root mean square
/// of 1, chooses the features,
///
///     b̂ = argmin |y − Xb|²/(2n) + λ|b|₁,     then least squares on the support of b̂,
///
/// and the `candidates` actions with the largest fitted values are tried as well. For rewards within ε of
/// linear with s weights that are not zero the gap is of order sε/κ. Trying the candidates matters: the
/// fitted maximum alone can sit where the error is −ε.
///
/// With `penalty` 0 it is plain least squares on all features, with a gap of order ε√d.
///
/// - Complexity: O(n·d²) once for n random tries; O(number of actions) for a choice.
///
/// ```swift
/// var policy = LinearSearch(actions: features, queries: 400, penalty: 0.05)
/// let decision = policy.choose(BanditContext())
/// policy.learn(decision, reward(decision.action))
/// print(policy.weights)
/// ```
public struct LinearSearch: ArmPolicy, Hashable {
    public static let id = "linear-search"

    /// The number of actions.
    public let armCount: Int
    /// The features of each action.
    public let actions: [[Double]]
    /// The number n of random actions to try, each once.
    public let queries: Int
    /// λ of the lasso.
    public let penalty: Double
    /// The number of promising actions to try.
    public let candidates: Int
    /// The number of tries of each of them.
    public let tries: Int
    public var journal: Journal
    /// θ̂: the fitted weights; empty while random actions are tried.
    public private(set) var weights: [Double] = []
    /// The actions of the largest fitted values, best first; empty while random actions are tried.
    public private(set) var promising: [Int] = []
    private var record: QueryRecord
    private var distinct = 0

    /// Creates a search that has tried nothing.
    ///
    /// - Parameters:
    ///   - actions: The features of each action.
    ///   - queries: The number of random actions to try; no more than there are.
    ///   - penalty: λ of the lasso, about 0.2ε for features of length 1; 0 for plain least squares.
    ///   - candidates: The number of promising actions to try.
    ///   - tries: The number of tries of each of them; 1 for exact rewards.
    ///   - seed: The seed of the random actions.
    public init(
        actions: [[Double]], queries: Int, penalty: Double, candidates: Int = 20, tries: Int = 1,
        seed: UInt64 = 1
    ) {
        let d = actions.first?.count ?? 0
        precondition(
            d > 0 && actions.allSatisfy { $0.count == d }, "actions have features, all the same number")
        precondition(queries > 0 && queries <= actions.count, "queries lies in 1...actions")
        precondition(
            penalty >= 0 && candidates > 0 && tries > 0, "penalty is not negative, counts are positive")
        armCount = actions.count
        self.actions = actions
        self.queries = queries
        self.penalty = penalty
        self.candidates = min(candidates, actions.count)
        self.tries = tries
        journal = Journal(seed: seed)
        record = QueryRecord(actions: actions.count)
    }

    public var arms: Int? { armCount }

    /// Whether the promising actions have been tried.
    public var isFinished: Bool {
        !promising.isEmpty && promising.allSatisfy { record.counts[$0] >= Double(tries) }
    }

    /// The best action among those tried often enough; `nil` before there is one.
    public var best: Int? { record.best(among: 0..<armCount, atLeast: Double(tries)) }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let choices = context.choices(of: armCount)
        let open: [Int]
        if promising.isEmpty {
            open = choices.filter { record.counts[$0] == 0 }
        } else {
            let allowed = context.available.map(Set.init)
            open = promising.filter { record.counts[$0] < Double(tries) && allowed?.contains($0) ?? true }
        }
        let known =
            record.best(among: choices, atLeast: Double(tries)) ?? record.best(among: choices, atLeast: 1)
        let chosen = open.isEmpty ? [known ?? choices[choices.startIndex]] : open
        for arm in chosen { p[arm] = 1 / Double(chosen.count) }
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        if record.counts[decision.action] == 0 { distinct += 1 }
        record.add(decision.action, outcome)
        guard promising.isEmpty, distinct >= queries else { return }
        let seen = (0..<armCount).filter { record.counts[$0] > 0 }
        weights = SparseFit.refitted(
            seen.map { actions[$0] }, seen.map { record.means[$0] }, penalty: penalty)
        let fitted = actions.map { row in zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } }
        let order = (0..<armCount).sorted { fitted[$0] != fitted[$1] ? fitted[$0] > fitted[$1] : $0 < $1 }
        promising = Array(order.prefix(candidates))
    }
}
