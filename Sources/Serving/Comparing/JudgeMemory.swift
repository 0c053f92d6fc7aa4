import Signals

/// What judges were asked and answered, read from the store when they come, for as many as came lately.
struct JudgeMemory: Sendable {
    /// How many judges are remembered.
    private static let limit = 1_000
    /// How many questions are remembered for each.
    private static let questions = 50_000

    /// What one judge answered.
    struct Judge: Sendable {
        /// How many questions they answered; a skip is no answer.
        var answered = 0
        /// The sets of items that they were asked about.
        var asked: Set<String> = []
        fileprivate var last: Int64 = 0
        fileprivate var used = 0
    }

    private var judges: [String: Judge] = [:]
    private var clock = 0

    /// A set of items as one text, whatever their order.
    static func key(_ items: [String]) -> String {
        items.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: "\u{0}")
    }

    /// What a judge answered up to now.
    mutating func judge(_ name: String, _ space: String, _ store: any ServiceStore) throws -> Judge {
        clock += 1
        var judge = judges[name] ?? Judge()
        let filter = EventFilter(kinds: [.comparison, .choice, .ranking], judge: name, after: judge.last)
        try store.events(space, filter, limit: nil) { stored in
            judge.last = stored.sequence
            var isAnswer = true
            if case .comparison(let comparison) = stored.event.feedback {
                isAnswer = comparison.outcome != .skip
            }
            if isAnswer { judge.answered += 1 }
            let items = stored.event.feedback.items
            if items.count <= 16, judge.asked.count < Self.questions { judge.asked.insert(Self.key(items)) }
        }
        judge.used = clock
        judges[name] = judge
        if judges.count > Self.limit {
            let times = judges.values.map(\.used).sorted()
            let middle = times[times.count / 2]
            judges = judges.filter { $0.value.used > middle }
        }
        return judge
    }

    /// Forgets all, as something was removed.
    mutating func removeAll() { judges = [:] }
}
