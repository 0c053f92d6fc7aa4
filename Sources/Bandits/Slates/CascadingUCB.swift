import Kernels

/// Learns which items to list when people look from the top and stop at the first that they like.
///
/// Source: Kveton, Szepesvári, Wen and Ashkan, "Cascading Bandits: Learning to Rank in the Cascade Model"
/// (2015), CascadeKL-UCB and CascadeUCB1. Each of K items attracts with its own unknown rate w(e). A list of
/// L items in falling order of
///
///     U(e) = max { q : n_e·kl(ŵ(e), q) ≤ log t + 3 log log t }     or     ŵ(e) + √(1.5 log t / n_e)
///
/// is shown; the items above the click did not attract, the clicked one did, and nothing is learnt of those
/// below. Items without an outcome come first. The regret of 1 − Π(1 − w) grows like (K − L)·log T / Δ.
///
/// Not where a person can click more than once: use `CombinatorialUCB` there.
///
/// - Complexity: O(K log K) for a choice, O(L) for an outcome.
///
/// ```swift
/// var policy = CascadingUCB(items: 50, slots: 5)
/// let decision = policy.choose(BanditContext())              // decision.action: five items, best first
/// policy.learn(decision, CascadingUCB.feedback(click: 2, slots: 5))
/// print(policy.means)
/// ```
public struct CascadingUCB: Policy, Hashable {
    public static let id = "cascading-bandit"

    /// The number K of items.
    public let items: Int
    /// The number L of items in a list.
    public let slots: Int
    /// How optimistic it is about an item.
    public let index: CascadeIndex
    public var journal: Journal
    private var record: ItemRecord

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - items: The number K of items.
    ///   - slots: The number L of items in a list, at most K.
    ///   - index: How optimistic it is.
    ///   - seed: The seed of the journal; the policy itself leaves nothing to chance.
    public init(items: Int, slots: Int, index: CascadeIndex = .kl, seed: UInt64 = 1) {
        precondition(slots > 0 && slots <= items, "slots lies in 1...items")
        self.items = items
        self.slots = slots
        self.index = index
        journal = Journal(seed: seed)
        record = ItemRecord(items: items)
    }

    /// The number of outcomes of each item.
    public var counts: [Double] { record.counts }

    /// ŵ: the share of each item's outcomes that were clicks; 0 before the first.
    public var means: [Double] { record.means }

    /// What a cascade shows: 0 above the click, 1 at it, not a number below; all 0 without a click.
    ///
    /// - Parameter click: The slot that was clicked first, counted from 0.
    public static func feedback(click: Int?, slots: Int) -> [Double] {
        (0..<slots).map { slot in
            guard let click else { return 0 }
            return slot < click ? 0 : slot == click ? 1 : .nan
        }
    }

    /// U: the optimistic rate of each item; infinite for an item without an outcome.
    public var optimism: [Double] {
        let t = Double(max(record.rounds + 1, 2))
        return (0..<items).map { index.value(mean: means[$0], count: counts[$0], round: t) }
    }

    /// Lists the available items of the largest U; fewer than L where there are no more.
    public mutating func decide(
        _ context: BanditContext, random: inout CounterRandom
    ) -> PolicyDecision<BanditContext, [Int]> {
        let list = TopItems(slots).best(optimism, among: context.choices(of: items))
        return PolicyDecision(context: context, action: list)
    }

    /// Learns from the slots that were examined: those that are not NaN.
    public mutating func update(_ decision: PolicyDecision<BanditContext, [Int]>, _ outcome: [Double]) {
        record.learn(decision.action, outcome)
    }
}
