import Foundation
import Kernels

/// Learns which items to list by chance, and says with which probability each list was shown.
///
/// Source: Zhong, Cheung and Tan, "Thompson Sampling Algorithms for Cascading Bandits" (2021), TS-Cascade.
/// With averages ŵ and numbers n of the outcomes of each item, one number Z ∼ N(0, 1) for the whole list
/// gives
///
///     θ(e) = ŵ(e) + Z·σ(e),   σ(e) = max { √(ŵ(1 − ŵ)·log(t + 1)/(n_e + 1)), log(t + 1)/(n_e + 1) }
///
/// and the L items of the largest θ are listed in falling order. All θ are linear in Z, so that the Z which
/// give the same list form an interval, and the list's probability is exactly Φ(upper) − Φ(lower): lists in a
/// log of this policy can be weighed for another one. The regret in the cascade model is of order √(KLT)·log
/// T.
///
/// It learns from the slots whose outcome is not NaN, one click or many. Once it is sure, lists other than
/// the best have next to no probability: a log from early on tells more about them.
///
/// - Complexity: O(K log K) for a choice, O(L) for an outcome.
///
/// ```swift
/// var policy = SlateThompson(items: 50, slots: 5)
/// let decision = policy.choose(BanditContext())
/// print(decision.action, decision.propensity)
/// policy.learn(decision, CascadingUCB.feedback(click: 2, slots: 5))
/// ```
public struct SlateThompson: Policy, Hashable {
    public static let id = "slate-thompson"

    /// The number K of items.
    public let items: Int
    /// The number L of items in a list.
    public let slots: Int
    /// The scale of σ, 1 in the source.
    public let exploration: Double
    public var journal: Journal
    private var record: ItemRecord

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - items: The number K of items.
    ///   - slots: The number L of items in a list, at most K.
    ///   - exploration: The scale of σ.
    ///   - seed: The seed of the draws.
    public init(items: Int, slots: Int, exploration: Double = 1, seed: UInt64 = 1) {
        precondition(slots > 0 && slots <= items, "slots lies in 1...items")
        precondition(exploration > 0, "exploration is positive")
        self.items = items
        self.slots = slots
        self.exploration = exploration
        journal = Journal(seed: seed)
        record = ItemRecord(items: items)
    }

    /// The number of outcomes of each item.
    public var counts: [Double] { record.counts }

    /// ŵ: the average outcome of each item; 0 before the first.
    public var means: [Double] { record.means }

    /// σ: the spread of each item.
    public var deviations: [Double] {
        let growth = log(Double(record.rounds + 2))
        return (0..<items).map { item in
            let n = counts[item] + 1, w = means[item]
            return exploration * max((w * (1 - w) * growth / n).squareRoot(), growth / n)
        }
    }

    /// Lists the available items of the largest θ; fewer than L where there are no more.
    public mutating func decide(
        _ context: BanditContext, random: inout CounterRandom
    ) -> PolicyDecision<BanditContext, [Int]> {
        let sigma = deviations, z = random.normal(), choices = context.choices(of: items)
        let list = TopItems(slots).best((0..<items).map { means[$0] + z * sigma[$0] }, among: choices)
        let p = probability(list, among: choices, sigma)
        return PolicyDecision(context: context, action: list, propensity: max(p, .leastNormalMagnitude))
    }

    /// The probability with which the next decision would list these items in this order; 0 for what is no list of
    /// available items, or has another length.
    public func propensity(of list: [Int], _ context: BanditContext = BanditContext()) -> Double {
        let choices = context.choices(of: items)
        guard list.count == min(slots, choices.count), Set(list).count == list.count,
            list.allSatisfy(choices.contains)
        else { return 0 }
        return probability(list, among: choices, deviations)
    }

    private func probability(_ list: [Int], among choices: ArmChoices, _ sigma: [Double]) -> Double {
        let range = interval(list, among: choices, sigma)
        guard range.lower < range.upper else { return 0 }
        // In the upper tail the complement keeps its digits.
        return range.lower > 0
            ? Special.normalCDF(-range.lower) - Special.normalCDF(-range.upper)
            : Special.normalCDF(range.upper) - Special.normalCDF(range.lower)
    }

    /// The Z for which a list is the one chosen.
    private func interval(
        _ list: [Int], among choices: ArmChoices, _ sigma: [Double]
    ) -> (lower: Double, upper: Double) {
        var lower = -Double.infinity, upper = Double.infinity
        /// Keeps the Z for which a comes before b: (ŵ_a − ŵ_b) + Z(σ_a − σ_b) > 0, or a tie with a < b.
        func demand(_ a: Int, before b: Int) {
            let level = means[a] - means[b], slope = sigma[a] - sigma[b]
            if slope > 0 {
                lower = max(lower, -level / slope)
            } else if slope < 0 {
                upper = min(upper, -level / slope)
            } else if level < 0 || (level == 0 && a > b) {
                (lower, upper) = (.infinity, -.infinity)
            }
        }
        for (a, b) in zip(list, list.dropFirst()) { demand(a, before: b) }
        guard let last = list.last else { return (lower, upper) }
        for other in choices where !list.contains(other) { demand(last, before: other) }
        return (lower, upper)
    }

    /// Learns from the slots that were examined: those that are not NaN.
    public mutating func update(_ decision: PolicyDecision<BanditContext, [Int]>, _ outcome: [Double]) {
        record.learn(decision.action, outcome)
    }
}
