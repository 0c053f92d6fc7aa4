/// Makes a log of decisions from events that are given one at a time: decisions and rewards may come in any order.
///
/// `DecisionLogReader` reads whole sources; this is for whoever picks the events themselves.
///
/// ```swift
/// let collector = DecisionCollector(actions: ["a", "b"])
/// try store.events(filter) { _ = collector.add($0.event, line: Int($0.sequence)) }
/// let log = collector.log
/// ```
public final class DecisionCollector {
    private let builder = DecisionBuilder()

    /// Creates an empty collector.
    ///
    /// - Parameter actions: Actions that the log is to have whether they occur or not, in this order.
    public init(actions: [String] = []) {
        for action in actions { builder.log.actions.intern(action) }
    }

    /// Adds an event; an event with an id that came before changes nothing.
    ///
    /// - Parameter line: Where it stands in its source.
    /// - Returns: What is wrong, where the event contradicts what came before; it is then left out.
    public func add(_ event: FeedbackEvent, line: Int) -> String? {
        builder.add(event, line: line, file: "").map { "\($0.field) is \($0.value): \($0.reason)" }
    }

    /// What came so far.
    public var log: DecisionLog { builder.log }

    /// How many decisions only rewards name.
    public var unmatched: Int { builder.unmatched }
}
