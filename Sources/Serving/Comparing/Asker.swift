import Foundation
import HeedAPI
import Preferences
import Signals

/// Keeps the belief about one space's items and says what to ask next. Follows the store, so that it makes no difference which
/// process took an answer.
final class Asker: @unchecked Sendable {
    /// What to ask, and where the space stands.
    struct Next {
        var items: [String]
        var bits: Double
        var answered: Int
        var settled: Bool
        var advice: String
    }

    /// For how many seconds a question belongs to one judge.
    static let lease = 60.0
    /// Up to this many items all votes are fitted anew before each question, so that the belief depends on the votes alone.
    private static let exact = 100

    private struct Lease {
        var judge: String
        var until: Double
    }

    let feed: SpaceFeed
    private let store: any ServiceStore
    private let seed: UInt64
    private let lock = NSLock()
    private var scheduler: ComparisonScheduler?
    private var items: [String] = []
    private var goal = SpaceSettings.Goal.ranking
    private var generation = -1
    private var removals = -1
    private var position = 0
    private var memory = JudgeMemory()
    private var leases: [String: Lease] = [:]
    private var standing: (position: Int, generation: Int, advice: StoppingAdvice)?

    init(_ feed: SpaceFeed, store: any ServiceStore, seed: UInt64) {
        self.feed = feed
        self.store = store
        self.seed = seed
    }

    /// What to ask a judge next; `nil` where there are fewer than two things.
    func next(_ settings: SpaceSettings, judge: String, now: Double) throws -> Next? {
        lock.lock()
        defer { lock.unlock() }
        let state = try feed.follow()
        if state.removals != removals {
            memory.removeAll()
            removals = state.removals
        }
        var current = try follow(state, settings)
        let known = try memory.judge(judge, feed.space, store)
        leases = leases.filter { $0.value.until > now }
        let picker = QuestionPicker(
            shown: settings.shown, wasAsked: known.asked.contains,
            isLeased: { [leases] in leases[$0].map { $0.judge != judge } ?? false })
        let question = try picker.pick(&current)
        scheduler = current
        guard let question else { return nil }
        leases[JudgeMemory.key(question.items)] = Lease(judge: judge, until: now + Self.lease)
        let advice = assess(current)
        return Next(
            items: question.items, bits: question.bits.isFinite ? question.bits : 0, answered: known.answered,
            settled: advice.shouldStop, advice: advice.sentence)
    }

    /// Somebody answered: nobody looks at these things now.
    func release(_ items: [String]) {
        lock.lock()
        defer { lock.unlock() }
        leases[JudgeMemory.key(items)] = nil
    }

    /// The belief from all votes that count now.
    private func follow(_ state: SpaceFeed.State, _ settings: SpaceSettings) throws -> ComparisonScheduler {
        let named = settings.items.map(\.id)
        let votes = state.votes
        let missed = votes.countedInAll - position
        if let scheduler, generation == state.generation, named == items, goal == settings.goal,
            missed <= votes.recent.count
        {
            var current = scheduler
            if try tell(votes.recent.suffix(missed), &current) {
                position = votes.countedInAll
                return current
            }
        }
        let fresh = try ComparisonScheduler(
            log: votes.counted, items: named, options: Self.options(settings.goal, seed, votes, named.count))
        (items, goal, generation, position) = (named, settings.goal, state.generation, votes.countedInAll)
        standing = nil
        return fresh
    }

    static func options(
        _ goal: SpaceSettings.Goal, _ seed: UInt64, _ votes: VoteWindow, _ named: Int
    ) -> ScheduleOptions {
        var options = ScheduleOptions()
        options.goal = goal == .best ? .best : .ranking
        options.seed = seed
        options.denseLimit = 300
        if max(votes.counted.items.count, named) <= Self.exact { options.refitInterval = 1 }
        return options
    }

    /// Learns votes one by one, as a scheduler reads them from a log; says no where one names an item that is not known.
    private func tell(_ events: ArraySlice<FeedbackEvent>, _ scheduler: inout ComparisonScheduler) throws
        -> Bool
    {
        do {
            for event in events {
                switch event.feedback {
                case .comparison(let c):
                    guard let p = c.probability else {
                        try scheduler.tell(
                            left: c.left, right: c.right, outcome: c.outcome, weight: event.weight,
                            first: c.first)
                        continue
                    }
                    for (outcome, share) in [(Comparison.Outcome.left, p), (.right, 1 - p)] {
                        try scheduler.tell(
                            left: c.left, right: c.right, outcome: outcome, weight: share * event.weight,
                            first: c.first)
                    }
                case .choice(let c) where c.among.count <= Self.widest:
                    let others = c.among.filter { $0 != c.chosen }
                    try tell(c.chosen, over: others, of: c.among.count, event.weight, &scheduler)
                case .ranking(let r) where event.feedback.items.count <= Self.widest:
                    try tell(r, event.weight, &scheduler)
                case .choice, .ranking: return false
                default: for item in event.feedback.items { _ = try scheduler.difference(item, minus: item) }
                }
            }
        } catch PreferenceError.unknown { return false }
        return true
    }

    /// The most items of a choice or ranking that is learnt without a fit.
    private static let widest = 16

    private func tell(
        _ item: String, over others: [String], of count: Int, _ weight: Double, tied: Bool = false,
        _ scheduler: inout ComparisonScheduler
    ) throws {
        for other in others {
            try scheduler.tell(
                left: item, right: other, outcome: tied ? .tie : .left, weight: 2 * weight / Double(count))
        }
    }

    private func tell(_ ranking: Ranking, _ weight: Double, _ scheduler: inout ComparisonScheduler) throws {
        var left = ranking.tiers.reduce(0) { $0 + $1.count } + ranking.unplaced.count
        for (number, tier) in ranking.tiers.enumerated() {
            let below = ranking.tiers[(number + 1)...].flatMap { $0 } + ranking.unplaced
            for (place, item) in tier.enumerated() {
                try tell(item, over: below, of: left, weight, &scheduler)
                try tell(item, over: Array(tier[(place + 1)...]), of: left, weight, tied: true, &scheduler)
                left -= 1
            }
        }
    }

    private func assess(_ scheduler: ComparisonScheduler) -> StoppingAdvice {
        if let standing, standing.position == position, standing.generation == generation {
            return standing.advice
        }
        let advice = StoppingRule().assess(scheduler)
        standing = (position, generation, advice)
        return advice
    }
}
