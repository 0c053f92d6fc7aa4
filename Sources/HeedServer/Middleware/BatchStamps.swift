import Serving

/// When batches first arrived, by their idempotency key: events without a time get the same time when they
/// are sent again, so that they are known as the same.
final class BatchStamps: Sendable {
    private static let remembered = 10_000
    private struct State {
        var times: [String: Double] = [:]
        var order: [String] = []
        var oldest = 0
    }
    private let state = Locked(State())

    /// The time of a batch.
    func time(_ space: String, _ key: String?, now: Double) -> Double {
        guard let key, key.utf8.count <= 200 else { return now }
        let name = "\(space)/\(key)"
        return state.withLock { state in
            if let time = state.times[name] { return time }
            state.times[name] = now
            if state.order.count < Self.remembered {
                state.order.append(name)
            } else {
                state.times[state.order[state.oldest]] = nil
                state.order[state.oldest] = name
                state.oldest = (state.oldest + 1) % Self.remembered
            }
            return now
        }
    }
}
