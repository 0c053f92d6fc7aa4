import Foundation
import Kernels
import Preferences

/// Chooses what to ask: the things whose comparison would tell most, among those that this judge was not asked about yet and that
/// nobody else is looking at.
struct QuestionPicker {
    /// The things, and how much the answer is expected to tell, in bits.
    struct Question: Hashable {
        var items: [String]
        var bits: Double
    }

    /// How many things are shown.
    let shown: Int
    /// Whether the judge was asked this already.
    let wasAsked: (String) -> Bool
    /// Whether somebody else looks at this now.
    let isLeased: (String) -> Bool

    /// Up to this many proposals are looked at.
    private static let most = 2_016

    /// The next question; `nil` where there are fewer than two things.
    ///
    /// A judge who was asked everything is asked again, and where everything is being looked at, the same is asked twice.
    func pick(_ scheduler: inout ComparisonScheduler) throws -> Question? {
        guard scheduler.items.count > 1 else { return nil }
        var repeated: Question?
        var leased: Question?
        var count = 8
        var seen = 0
        while true {
            let proposals = try scheduler.ask(count: count)
            for proposal in proposals.dropFirst(seen) {
                let question = try question(proposal, scheduler)
                switch verdict(question) {
                case .fresh: return question
                case .leased: leased = leased ?? question
                case .repeated: repeated = repeated ?? question
                }
            }
            seen = proposals.count
            if proposals.count < count || count >= Self.most { break }
            count = min(Self.most, count * 16)
        }
        return try leftOver(&scheduler) ?? leased ?? repeated
    }

    private enum Verdict { case fresh, leased, repeated }

    private func verdict(_ question: Question) -> Verdict {
        let key = JudgeMemory.key(question.items)
        if wasAsked(key) { return .repeated }
        return isLeased(key) ? .leased : .fresh
    }

    private func question(_ proposal: ProposedComparison, _ scheduler: ComparisonScheduler) throws -> Question
    {
        let pair = [proposal.left, proposal.right]
        if shown <= 2 || scheduler.items.count <= 2 { return Question(items: pair, bits: proposal.bits) }
        return try widen(pair, scheduler)
    }

    /// Adds to a pair, one by one, the thing that tells most beside those already chosen.
    private func widen(_ pair: [String], _ scheduler: ComparisonScheduler, to size: Int? = nil) throws
        -> Question
    {
        let shown = size ?? shown
        var items = pair
        var bits = try Self.bits(pair[0], pair[1], scheduler)
        let candidates = Self.sample(scheduler.items, around: pair[0])
        while items.count < min(shown, scheduler.items.count) {
            var best: (item: String, bits: Double)?
            for item in candidates where !items.contains(item) {
                let gain = try items.reduce(0) { $0 + (try Self.bits(item, $1, scheduler)) }
                if gain > best?.bits ?? -1 { best = (item, gain) }
            }
            guard let best else { break }
            items.append(best.item)
            bits += best.bits
        }
        // A choice among m tells as much as 2/m of its pairs.
        return Question(items: items, bits: bits * 2 / Double(items.count))
    }

    /// What a vote on two items tells, ½ log₂(1 + v p (1 − p)): the information of one answer of a normal belief.
    private static func bits(_ a: String, _ b: String, _ scheduler: ComparisonScheduler) throws -> Double {
        let difference = try scheduler.difference(a, minus: b)
        let p = Special.logistic(difference.mean)
        return 0.5 * log2(1 + difference.variance * p * (1 - p))
    }

    /// At most 200 of the items.
    private static func sample(_ items: [String], around item: String) -> [String] {
        guard items.count > 200 else { return items }
        let step = items.count / 200
        let start = item.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % step
        return stride(from: start, to: items.count, by: step).map { items[$0] }
    }

    /// A set that no pair of the proposals was widened to: the last thing is another one than that which tells most.
    private func otherSet(_ scheduler: ComparisonScheduler) throws -> Question? {
        let order = scheduler.ranking.map(\.item)
        var looks = 0
        for distance in 1..<order.count {
            for place in 0..<(order.count - distance) {
                let most = try widen([order[place], order[place + distance]], scheduler, to: shown - 1)
                for item in Self.sample(scheduler.items, around: order[place])
                where !most.items.contains(item) {
                    let question = Question(items: most.items + [item], bits: most.bits)
                    if verdict(question) == .fresh { return question }
                    looks += 1
                    if looks > 10_000 { return nil }
                }
            }
        }
        return nil
    }

    /// A pair that the proposals did not reach, neighbours in rank first.
    private func leftOver(_ scheduler: inout ComparisonScheduler) throws -> Question? {
        guard scheduler.items.count > 2 else { return nil }
        if shown > 2 { return try otherSet(scheduler) }
        let order = scheduler.ranking.map(\.item)
        var looks = 0
        for distance in 1..<order.count {
            for place in 0..<(order.count - distance) {
                let pair = [order[place], order[place + distance]]
                if verdict(Question(items: pair, bits: 0)) == .fresh {
                    return Question(items: pair, bits: try Self.bits(pair[0], pair[1], scheduler))
                }
                looks += 1
                if looks > 100_000 { return nil }
            }
        }
        return nil
    }
}
