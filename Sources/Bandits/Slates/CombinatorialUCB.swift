import Foundation
import Kernels

/// Learns which set of items pays most in sum when the outcome of each chosen item is seen.
///
/// Source: Kveton, Wen, Ashkan and Szepesvári, "Tight Regret Bounds for Stochastic Combinatorial
/// Semi-Bandits" (2015), CombUCB1. An oracle, which says which sets are allowed, gets
///
///     U(e) = ŵ(e) + √(1.5 log t / n_e)
///
/// for the weights of the items and returns the set of the largest sum. An item without an outcome counts
/// more than all others together, so that each is tried first. The regret grows like K·L·log T / Δ for K
/// items and sets of up to L, where a bandit over the sets would have to try each of them.
///
/// Outcomes of one item lie in [0, 1]: scale them. Without bounds on them the width means nothing.
///
/// - Complexity: O(K) and a call of the oracle for a choice, O(L) for an outcome.
///
/// ```swift
/// var policy = CombinatorialUCB(items: 50, oracle: TopItems(5))
/// let decision = policy.choose(BanditContext())
/// policy.learn(decision, [1, 0, 0.5, .nan, 1])       // one for each item chosen, NaN where nothing was seen
/// ```
public struct CombinatorialUCB<Oracle: SetOracle>: Policy, Hashable {
    public static var id: String { "combinatorial-ucb" }

    /// The number K of items.
    public let items: Int
    /// What the best set is for given weights.
    public let oracle: Oracle
    /// The factor in the width, 1.5 in the source.
    public let exploration: Double
    public var journal: Journal
    private var record: ItemRecord

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - items: The number K of items.
    ///   - oracle: What the best set is for given weights.
    ///   - exploration: The factor in the width.
    ///   - seed: The seed of the journal; the policy itself leaves nothing to chance.
    public init(items: Int, oracle: Oracle, exploration: Double = 1.5, seed: UInt64 = 1) {
        precondition(items > 0 && exploration >= 0, "there are items, and exploration is not negative")
        self.items = items
        self.oracle = oracle
        self.exploration = exploration
        journal = Journal(seed: seed)
        record = ItemRecord(items: items)
    }

    /// The number of outcomes of each item.
    public var counts: [Double] { record.counts }

    /// ŵ: the average outcome of each item; 0 before the first.
    public var means: [Double] { record.means }

    /// U: the optimistic weight of each item.
    public var optimism: [Double] {
        let growth = exploration * log(Double(max(record.rounds + 1, 2)))
        var all = (0..<items).map { counts[$0] > 0 ? means[$0] + (growth / counts[$0]).squareRoot() : 0 }
        let unseen = 1 + all.reduce(0) { $0 + abs($1) }
        for item in 0..<items where counts[item] == 0 { all[item] = unseen }
        return all
    }

    public mutating func decide(
        _ context: BanditContext, random: inout CounterRandom
    ) -> PolicyDecision<BanditContext, [Int]> {
        PolicyDecision(context: context, action: oracle.best(optimism, among: context.choices(of: items)))
    }

    /// Learns from the items that were seen: those whose outcome is not NaN.
    public mutating func update(_ decision: PolicyDecision<BanditContext, [Int]>, _ outcome: [Double]) {
        record.learn(decision.action, outcome)
    }
}
