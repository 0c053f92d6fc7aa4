import Bandits
import Foundation
import Kernels

/// One KL-UCB for each place of a list (Radlinski, Kleinberg and Joachims 2008).
///
/// An item that a higher place took is replaced by chance, and the place is paid nothing for having wished
/// for it.
struct RankedKL: Policy {
    static let id = "ranked-kl"

    var journal = Journal()
    private let items: Int
    private var places: [CascadingUCB]

    init(items: Int, slots: Int) {
        self.items = items
        // A cascade of one slot is KL-UCB.
        places = (0..<slots).map { _ in CascadingUCB(items: items, slots: 1) }
    }

    mutating func decide(
        _ context: BanditContext, random: inout CounterRandom
    ) -> PolicyDecision<BanditContext, [Int]> {
        var list: [Int] = []
        var wishes = 0
        for place in places.indices {
            let wish = places[place].choose(context).action[0]
            let left = (0..<items).filter { !list.contains($0) }
            list.append(left.contains(wish) ? wish : left[random.below(left.count)])
            wishes = wishes * items + wish
        }
        return PolicyDecision(context: context, action: list, mark: wishes)
    }

    mutating func update(_ decision: PolicyDecision<BanditContext, [Int]>, _ outcome: [Double]) {
        var wishes = decision.mark
        for place in places.indices.reversed() {
            let wish = wishes % items
            wishes /= items
            let paid = decision.action[place] == wish && outcome[place] == 1
            places[place].learn(PolicyDecision(context: decision.context, action: [wish]), [paid ? 1 : 0])
        }
    }
}

/// UCB1 whose arms are all the sets of one size, paid the sum.
struct SetUCB: Policy {
    static let id = "set-ucb"

    var journal = Journal()
    private let size: Int
    private var sets: [[Int]] = []
    private var counts: [Double] = []
    private var means: [Double] = []

    init(items: Int, size: Int) {
        self.size = size
        sets = [[]]
        for _ in 0..<size {
            sets = sets.flatMap { set in ((set.last ?? -1) + 1..<items).map { set + [$0] } }
        }
        counts = [Double](repeating: 0, count: sets.count)
        means = counts
    }

    mutating func decide(
        _ context: BanditContext, random: inout CounterRandom
    ) -> PolicyDecision<BanditContext, [Int]> {
        let growth = 1.5 * log(Double(journal.learned + 1))
        var best = 0, top = -Double.infinity
        for arm in sets.indices {
            let width = counts[arm] > 0 ? Double(size) * (growth / counts[arm]).squareRoot() : .infinity
            if means[arm] + width > top { (best, top) = (arm, means[arm] + width) }
        }
        return PolicyDecision(context: context, action: sets[best], mark: best)
    }

    mutating func update(_ decision: PolicyDecision<BanditContext, [Int]>, _ outcome: [Double]) {
        counts[decision.mark] += 1
        means[decision.mark] += (outcome.reduce(0, +) - means[decision.mark]) / counts[decision.mark]
    }
}

/// The items of the best averages, and every tenth time any items at all.
struct GreedySets: Policy {
    static let id = "greedy-sets"

    var journal = Journal()
    private let size: Int
    private var counts: [Double]
    private var means: [Double]

    init(items: Int, size: Int) {
        self.size = size
        counts = [Double](repeating: 0, count: items)
        means = counts
    }

    mutating func decide(
        _ context: BanditContext, random: inout CounterRandom
    ) -> PolicyDecision<BanditContext, [Int]> {
        let list =
            random.bernoulli(0.1)
            ? Array(random.permutation(means.count).prefix(size))
            : TopItems(size).best(means, among: context.choices(of: means.count))
        return PolicyDecision(context: context, action: list)
    }

    mutating func update(_ decision: PolicyDecision<BanditContext, [Int]>, _ outcome: [Double]) {
        for (item, value) in zip(decision.action, outcome) {
            counts[item] += 1
            means[item] += (value - means[item]) / counts[item]
        }
    }
}
