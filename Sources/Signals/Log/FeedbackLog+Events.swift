extension FeedbackLog {
    /// The events, in the order in which they were added.
    ///
    /// - Complexity: O(1) to get; each event is made when the iteration reaches it.
    public var events: Events { Events(log: self) }

    /// The events of a log, one after the other.
    public struct Events: Sequence, IteratorProtocol {
        private let log: FeedbackLog
        private var next_ = 0
        private var rows = [Int](repeating: 0, count: 6)

        init(log: FeedbackLog) { self.log = log }

        public mutating func next() -> FeedbackEvent? {
            guard next_ < log.order.count else { return nil }
            let table = log.order[next_]
            let row = rows[Int(table.rawValue)]
            rows[Int(table.rawValue)] += 1
            next_ += 1
            return log.event(in: table, row: row)
        }
    }

    private func event(in table: Table, row: Int) -> FeedbackEvent {
        switch table {
        case .comparison: comparison(row)
        case .ranking: ranking(row)
        case .choice: choice(row)
        case .rating: rating(row)
        case .label: label(row)
        case .other: others[row]
        }
    }

    /// The event behind a row of `comparisons`.
    public func comparison(_ row: Int) -> FeedbackEvent {
        let t = comparisons
        let probability = t.probability[row]
        let margin = t.margin[row]
        var event = FeedbackEvent(
            .comparison(
                Comparison(
                    left: items[t.left[row]], right: items[t.right[row]], outcome: t.outcome[row],
                    probability: probability.isNaN ? nil : probability, margin: margin.isNaN ? nil : margin,
                    first: t.first[row])))
        t.context.fill(&event, row: row, judges: judges, prompts: prompts, slots: (2 * row)..<(2 * row + 2))
        return event
    }

    /// The event behind a row of `rankings`.
    public func ranking(_ row: Int) -> FeedbackEvent {
        let range = rankings.range(row)
        var tiers: [[String]] = []
        var unplaced: [String] = []
        for slot in range {
            let name = items[rankings.items[slot]]
            let tier = Int(rankings.tier[slot])
            if tier < 0 {
                unplaced.append(name)
            } else if tier == tiers.count {
                tiers.append([name])
            } else {
                tiers[tier].append(name)
            }
        }
        var event = FeedbackEvent(.ranking(Ranking(tiers: tiers, unplaced: unplaced)))
        rankings.context.fill(&event, row: row, judges: judges, prompts: prompts, slots: range)
        return event
    }

    /// The event behind a row of `choices`.
    public func choice(_ row: Int) -> FeedbackEvent {
        let range = choices.range(row)
        var event = FeedbackEvent(
            .choice(
                Choice(
                    items[choices.items[choices.chosen[row]]], among: range.map { items[choices.items[$0]] }))
        )
        choices.context.fill(&event, row: row, judges: judges, prompts: prompts, slots: range)
        return event
    }

    /// The event behind a row of `ratings`.
    public func rating(_ row: Int) -> FeedbackEvent {
        var scores: [String: Double] = [:]
        for slot in ratings.range(row) { scores[aspects[ratings.aspect[slot]]] = ratings.score[slot] }
        let low = ratings.low[row]
        var event = FeedbackEvent(
            .rating(
                Rating(
                    items[ratings.item[row]], scores: scores, scale: low.isNaN ? nil : low...ratings.high[row]
                )))
        ratings.context.fill(&event, row: row, judges: judges, prompts: prompts, slots: row..<(row + 1))
        return event
    }

    /// The event behind a row of `labels`.
    public func label(_ row: Int) -> FeedbackEvent {
        let gold = labels.gold[row]
        var event = FeedbackEvent(
            .label(
                Label(
                    task: tasks[labels.task[row]], value: classes[labels.value[row]],
                    gold: gold == Names.none ? nil : classes[gold])))
        labels.context.fill(&event, row: row, judges: judges, prompts: prompts, slots: row..<(row + 1))
        return event
    }

    /// Adds every event of another log.
    public mutating func append(contentsOf other: FeedbackLog) {
        for event in other.events { appendSound(event) }
    }

    /// The events for which the condition holds, as a log of their own.
    public func filter(_ isIncluded: (FeedbackEvent) throws -> Bool) rethrows -> FeedbackLog {
        var result = FeedbackLog()
        for event in events where try isIncluded(event) { result.appendSound(event) }
        return result
    }
}
