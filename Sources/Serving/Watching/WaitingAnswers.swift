import Signals

/// Feedback that waits for the decision that it answers, so that it can be counted the moment the decision arrives.
struct WaitingAnswers: Sendable {
    private static let limit = 100_000
    private var byDecision: [String: [StoredEvent]] = [:]
    private var count = 0
    /// Whether some of what waits is not in here, as there is too much of it.
    private(set) var isIncomplete = false

    /// Notes an event that waits.
    ///
    /// - Parameter counts: whether it counts in the store and only came before its decision: such are few at any time, and
    ///   never left out.
    mutating func add(_ event: StoredEvent, counts: Bool = false) {
        guard let decision = event.event.decision else { return }
        guard count < Self.limit || counts else {
            isIncomplete = true
            return
        }
        byDecision[decision, default: []].append(event)
        count += 1
    }

    /// What waited for a decision; it waits no longer.
    mutating func release(_ decision: String) -> [StoredEvent] {
        let events = byDecision.removeValue(forKey: decision) ?? []
        count -= events.count
        return events
    }

    /// Forgets an event that turned out to wait no longer.
    mutating func forget(_ event: StoredEvent) {
        guard let decision = event.event.decision, var events = byDecision[decision],
            let place = events.firstIndex(where: { $0.sequence == event.sequence })
        else { return }
        events.remove(at: place)
        byDecision[decision] = events.isEmpty ? nil : events
        count -= 1
    }
}
