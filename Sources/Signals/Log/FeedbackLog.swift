/// Many events in memory, stored by column: what every method learns from.
///
/// Names are interned, each kind of feedback has its own table, and columns that no event uses take no memory:
/// a plain comparison costs 10 bytes. The log gives back exactly the events that it was given, in their order.
///
/// ```swift
/// var log = FeedbackLog()
/// try log.append(FeedbackEvent(.comparison(Comparison(left: "a", right: "b", outcome: .left)), judge: "ann"))
/// print(log.count, log.items.count)   // 1 2
/// ```
public struct FeedbackLog: Sendable {
    /// The items' names.
    public internal(set) var items = Names()
    /// The judges' names.
    public internal(set) var judges = Names()
    /// The prompts' names.
    public internal(set) var prompts = Names()
    /// The names of the aspects that ratings score.
    public internal(set) var aspects = Names()
    /// The names of the labelled tasks.
    public internal(set) var tasks = Names()
    /// The names of the classes that labels assign.
    public internal(set) var classes = Names()

    /// Comparisons.
    public internal(set) var comparisons = ComparisonTable()
    /// Rankings.
    public internal(set) var rankings = RankingTable()
    /// Choices.
    public internal(set) var choices = ChoiceTable()
    /// Ratings.
    public internal(set) var ratings = RatingTable()
    /// Crowd labels.
    public internal(set) var labels = LabelTable()
    /// Events of every other kind, in their order.
    public internal(set) var others: [FeedbackEvent] = []

    /// The table that each event went to, in the order of the events.
    private(set) var order: [Table] = []

    enum Table: UInt8, Sendable { case comparison, ranking, choice, rating, label, other }

    /// Creates an empty log.
    public init() {}

    /// Creates a log of these events.
    ///
    /// - Throws: `FeedbackEvent.Flaw` for the first event that says nothing usable.
    public init(_ events: some Sequence<FeedbackEvent>) throws {
        for event in events { try append(event) }
    }

    /// The number of events.
    public var count: Int { order.count }

    /// Whether there is no event.
    public var isEmpty: Bool { order.isEmpty }

    /// How many events there are of each kind.
    public var counts: [Feedback.Kind: Int] {
        var counts: [Feedback.Kind: Int] = [
            .comparison: comparisons.count, .ranking: rankings.count, .choice: choices.count,
            .rating: ratings.count, .label: labels.count,
        ]
        for event in others { counts[event.feedback.kind, default: 0] += 1 }
        return counts.filter { $0.value > 0 }
    }

    /// Adds an event.
    ///
    /// - Throws: `FeedbackEvent.Flaw` where the event says nothing usable; the log is then as it was.
    /// - Complexity: amortised O(items in the event).
    public mutating func append(_ event: FeedbackEvent) throws(FeedbackEvent.Flaw) {
        if let flaw = event.flaw { throw flaw }
        appendSound(event)
    }

    /// Adds an event that is known to be sound.
    mutating func appendSound(_ event: FeedbackEvent) {
        switch event.feedback {
        case .comparison(let c):
            let slots = comparisons.count * 2
            comparisons.left.append(items.intern(c.left))
            comparisons.right.append(items.intern(c.right))
            comparisons.outcome.append(c.outcome)
            if let p = c.probability {
                comparisons.probability.append(p)
            } else {
                comparisons.probability.appendMissing()
            }
            if let m = c.margin { comparisons.margin.append(m) } else { comparisons.margin.appendMissing() }
            if let f = c.first { comparisons.first.append(f) } else { comparisons.first.appendMissing() }
            comparisons.context.append(event, judges: &judges, prompts: &prompts, slots: slots)
            comparisons.context.padItemFeatures(to: comparisons.count * 2)
            order.append(.comparison)
        case .ranking(let r):
            let slots = rankings.items.count
            for (tier, names) in r.tiers.enumerated() {
                for name in names {
                    rankings.items.append(items.intern(name))
                    rankings.tier.append(Int32(tier))
                }
            }
            for name in r.unplaced {
                rankings.items.append(items.intern(name))
                rankings.tier.append(-1)
            }
            rankings.ends.append(rankings.items.count)
            rankings.context.append(event, judges: &judges, prompts: &prompts, slots: slots)
            rankings.context.padItemFeatures(to: rankings.items.count)
            order.append(.ranking)
        case .choice(let c):
            let slots = choices.items.count
            let before = choices.items.count
            for name in c.among { choices.items.append(items.intern(name)) }
            let code = items.intern(c.chosen)
            choices.chosen.append(choices.items[before...].firstIndex(of: code) ?? before)
            choices.ends.append(choices.items.count)
            choices.context.append(event, judges: &judges, prompts: &prompts, slots: slots)
            choices.context.padItemFeatures(to: choices.items.count)
            order.append(.choice)
        case .rating(let r):
            let slots = ratings.count
            ratings.item.append(items.intern(r.item))
            for (aspect, score) in r.scores.sorted(by: { $0.key < $1.key }) {
                ratings.aspect.append(aspects.intern(aspect))
                ratings.score.append(score)
            }
            ratings.ends.append(ratings.score.count)
            if let scale = r.scale {
                ratings.low.append(scale.lowerBound)
                ratings.high.append(scale.upperBound)
            } else {
                ratings.low.appendMissing()
                ratings.high.appendMissing()
            }
            ratings.context.append(event, judges: &judges, prompts: &prompts, slots: slots)
            ratings.context.padItemFeatures(to: ratings.count)
            order.append(.rating)
        case .label(let l):
            let slots = labels.count
            labels.task.append(tasks.intern(l.task))
            labels.value.append(classes.intern(l.value))
            if let gold = l.gold {
                labels.gold.append(classes.intern(gold))
            } else {
                labels.gold.appendMissing()
            }
            labels.context.append(event, judges: &judges, prompts: &prompts, slots: slots)
            labels.context.padItemFeatures(to: labels.count)
            order.append(.label)
        default:
            others.append(event)
            order.append(.other)
        }
    }

    /// Adds a plain comparison by the codes of its names: the way in for readers of large files.
    ///
    /// The caller has checked that the items differ.
    @inline(__always)
    mutating func appendComparison(
        left: UInt32, right: UInt32, outcome: Comparison.Outcome, judge: UInt32 = Names.none,
        prompt: UInt32 = Names.none, time: Double = .nan, weight: Double = 1, margin: Double = .nan,
        first: Side? = nil
    ) {
        comparisons.left.append(left)
        comparisons.right.append(right)
        comparisons.outcome.append(outcome)
        comparisons.probability.appendMissing()
        if margin.isNaN { comparisons.margin.appendMissing() } else { comparisons.margin.append(margin) }
        if let first { comparisons.first.append(first) } else { comparisons.first.appendMissing() }
        comparisons.context.append(judge: judge, prompt: prompt, time: time, weight: weight)
        if !comparisons.context.itemFeatures.isEmpty {
            comparisons.context.padItemFeatures(to: comparisons.count * 2)
        }
        order.append(.comparison)
    }

    /// Adds many plain comparisons by the codes of a batch: the way in for readers of large files.
    mutating func append(_ batch: ComparisonBatch) {
        let count = batch.count
        let names = (0..<UInt32(batch.items.count)).map { batch.items.withBytes(of: $0) { items.intern($0) } }
        Self.append(batch.left, by: names, to: &comparisons.left)
        Self.append(batch.right, by: names, to: &comparisons.right)
        comparisons.outcome.append(contentsOf: batch.outcome)
        comparisons.probability.appendMissing(count)
        comparisons.margin.appendMissing(count)
        if let first = batch.first {
            comparisons.first.append(repeating: first, count: count)
        } else {
            comparisons.first.appendMissing(count)
        }
        let known = (0..<UInt32(batch.judges.count)).map {
            batch.judges.withBytes(of: $0) { judges.intern($0) }
        }
        comparisons.context.append(judges: batch.judge.lazy.map { known[Int($0)] }, count: count)
        comparisons.context.padItemFeatures(to: comparisons.count * 2)
        order.append(contentsOf: repeatElement(.comparison, count: count))
    }

    /// Appends codes in other numbers.
    private static func append(_ codes: [UInt32], by names: [UInt32], to column: inout [UInt32]) {
        let start = column.count
        column.append(contentsOf: codes)
        names.withUnsafeBufferPointer { names in
            column.withUnsafeMutableBufferPointer { column in
                for row in start..<column.count { column[row] = names[Int(column[row])] }
            }
        }
    }
}
