extension FeedbackLog {
    /// The attributes by which events are grouped, such as `country`.
    public var groupAttributes: [String] {
        var names = Set<String>()
        for context in [
            comparisons.context, rankings.context, choices.context, ratings.context, labels.context,
        ] {
            names.formUnion(context.groups.keys)
        }
        for event in others { names.formUnion(event.groups.keys) }
        return names.sorted()
    }

    /// The log cut up by the value of a group attribute, in the order of the values' bytes; events without one are
    /// left out.
    ///
    /// - Complexity: O(events).
    public func grouped(by attribute: String) -> [(group: String, log: FeedbackLog)] {
        var logs: [String: FeedbackLog] = [:]
        for event in events {
            guard let value = event.groups[attribute] else { continue }
            logs[value, default: FeedbackLog()].appendSound(event)
        }
        return logs.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
    }
}
