/// The pairs of ratings that one judge gave to one prompt on one aspect.
struct RatingPairs {
    private struct Key: Hashable {
        var judge: UInt32
        var prompt: UInt32
        var aspect: UInt32
    }
    private struct Score {
        var row: Int
        var value: Double
    }

    private let log: FeedbackLog
    private var groups: [[Score]] = []

    init(_ log: FeedbackLog) {
        self.log = log
        var places: [Key: Int] = [:]
        let ratings = log.ratings
        for row in 0..<ratings.count {
            for slot in ratings.range(row) {
                let key = Key(
                    judge: ratings.context.judge[row], prompt: ratings.context.prompt[row],
                    aspect: ratings.aspect[slot])
                if key.judge == Names.none, key.prompt == Names.none { continue }
                let score = Score(row: row, value: ratings.score[slot])
                if let place = places[key] {
                    groups[place].append(score)
                } else {
                    places[key] = groups.count
                    groups.append([score])
                }
            }
        }
    }

    /// Adds the comparisons, one for each pair of different items, in the order of the ratings.
    func append(to result: inout FeedbackLog) {
        let context = log.ratings.context
        let isPlain =
            context.groups.isEmpty && context.features.isEmpty && context.itemFeatures.isEmpty
            && context.decision.isEmpty
        var codes = Codes(log: log)
        for group in groups {
            let share = Double(max(1, group.count - 1))
            for (index, one) in group.enumerated() {
                for two in group[(index + 1)...] where log.ratings.item[one.row] != log.ratings.item[two.row]
                {
                    let outcome: Comparison.Outcome =
                        one.value == two.value ? .tie : one.value > two.value ? .left : .right
                    let margin = abs(one.value - two.value)
                    let weight = (context.weight[one.row] * context.weight[two.row]).squareRoot() / share
                    if isPlain {
                        codes.append(one.row, two.row, outcome, margin: margin, weight: weight, to: &result)
                    } else {
                        result.appendSound(event(one.row, two.row, outcome, margin: margin, weight: weight))
                    }
                }
            }
        }
    }

    /// Keeps what both ratings have in common, and the later time.
    private func event(
        _ a: Int, _ b: Int, _ outcome: Comparison.Outcome, margin: Double, weight: Double
    ) -> FeedbackEvent {
        let one = log.rating(a)
        let two = log.rating(b)
        var event = FeedbackEvent(
            .comparison(
                Comparison(
                    left: one.feedback.items[0], right: two.feedback.items[0], outcome: outcome,
                    margin: margin.isFinite ? margin : nil)),
            judge: one.judge, prompt: one.prompt, time: Self.later(one.time ?? .nan, two.time ?? .nan),
            weight: weight)
        event.groups = one.groups.filter { two.groups[$0.key] == $0.value }
        event.features = one.features.filter { two.features[$0.key] == $0.value }
        for (name, values) in one.itemFeatures {
            if let other = two.itemFeatures[name] { event.itemFeatures[name] = values + other }
        }
        if let decision = one.decision, decision == two.decision { event.decision = decision }
        return event
    }

    fileprivate static func later(_ a: Double, _ b: Double) -> Double? {
        if a.isNaN { return b.isNaN ? nil : b }
        return b.isNaN ? a : max(a, b)
    }

    /// The codes of the new log for those of the old one.
    private struct Codes {
        let log: FeedbackLog
        private var items: [UInt32]
        private var judges: [UInt32]
        private var prompts: [UInt32]

        init(log: FeedbackLog) {
            self.log = log
            items = [UInt32](repeating: Names.none, count: log.items.count)
            judges = [UInt32](repeating: Names.none, count: log.judges.count)
            prompts = [UInt32](repeating: Names.none, count: log.prompts.count)
        }

        mutating func append(
            _ a: Int, _ b: Int, _ outcome: Comparison.Outcome, margin: Double, weight: Double,
            to result: inout FeedbackLog
        ) {
            let ratings = log.ratings
            let left = Self.code(ratings.item[a], &items, log.items, &result.items)
            let right = Self.code(ratings.item[b], &items, log.items, &result.items)
            let judge = Self.code(ratings.context.judge[a], &judges, log.judges, &result.judges)
            let prompt = Self.code(ratings.context.prompt[a], &prompts, log.prompts, &result.prompts)
            result.appendComparison(
                left: left, right: right, outcome: outcome, judge: judge, prompt: prompt,
                time: later(ratings.context.time[a], ratings.context.time[b]) ?? .nan, weight: weight,
                margin: margin.isFinite ? margin : .nan)
        }

        private static func code(
            _ old: UInt32, _ known: inout [UInt32], _ names: Names, _ new: inout Names
        ) -> UInt32 {
            if old == Names.none { return old }
            if known[Int(old)] == Names.none { known[Int(old)] = names.withBytes(of: old) { new.intern($0) } }
            return known[Int(old)]
        }
    }
}
