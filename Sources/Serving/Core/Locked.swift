import Foundation

/// A value that threads take turns with.
///
/// For short, synchronous work only: nothing in `withLock` may wait.
package final class Locked<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    package init(_ value: sending Value) { self.value = value }

    package func withLock<R>(_ body: (inout Value) throws -> R) rethrows -> R {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}

/// What was read last of something that several read again at the same time: whoever began later wins, so that a slow reader
/// never brings back what was changed since it began.
final class Reread<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        var begun = 0
        var shown = 0
    }
    private let state: Locked<State>

    init(_ value: Value) { state = Locked(State(value: value)) }

    var value: Value { state.withLock { $0.value } }

    /// Reads it again.
    func read(_ body: () throws -> Value) rethrows {
        let ticket = state.withLock { state in
            state.begun += 1
            return state.begun
        }
        let value = try body()
        state.withLock { state in
            guard ticket > state.shown else { return }
            state.shown = ticket
            state.value = value
        }
    }
}
