import Foundation
import Signals

/// What one process knows of a space's feedback, kept up with the store: the latest votes, and what decisions paid off.
///
/// `follow` reads what arrived since. Where something was removed it reads all anew, unless the removal went through `remove`.
/// Calls wait for the store and for each other: never call them from where requests are served.
final class SpaceFeed: @unchecked Sendable {
    /// What is known.
    struct State: Sendable {
        /// The number of the last event that is in.
        var last: Int64 = 0
        /// Grows when something other than an addition happened to the votes.
        var generation = 0
        /// Grows when something was removed.
        var removals = 0
        var votes: VoteWindow
        var decisions: DecisionBook
        fileprivate var waiting = WaitingAnswers()
        fileprivate var removed = 0
        fileprivate var pending = 0
    }

    let space: String
    private let store: any ServiceStore
    private let lock = NSLock()
    private let limit: Int
    private let latest: Int
    private var state: State
    private static let chunk = 20_000

    /// - Parameters:
    ///   - limit: how many votes are kept.
    ///   - latest: how many decisions are known one by one.
    init(_ space: String, store: any ServiceStore, limit: Int, latest: Int = 50_000) {
        self.space = space
        self.store = store
        self.limit = limit
        self.latest = latest
        state = State(votes: VoteWindow(limit: limit), decisions: DecisionBook(latest: latest))
    }

    /// Reads what arrived, and returns what is known now.
    func follow() throws -> State {
        lock.lock()
        defer { lock.unlock() }
        let ledger = try store.ledger(space)
        let last = try store.last(space)
        let isShort = state.waiting.isIncomplete && ledger.pending < state.pending
        if ledger.removed != state.removed || last < state.last || isShort {
            var fresh = State(votes: VoteWindow(limit: limit), decisions: DecisionBook(latest: latest))
            _ = fresh.votes.setAside(state.votes.aside)
            fresh.generation = state.generation + 1
            fresh.removals = state.removals + 1
            fresh.removed = ledger.removed
            state = fresh
        }
        state.pending = ledger.pending
        guard last > state.last else { return state }
        // What is in is what arrived up to `last`: looked at first for what waits, then for what counts, so that an answer whose
        // decision arrives in between is in both and none is in neither.
        if ledger.pending > 0 || state.pending > 0 {
            try store.events(space, EventFilter(after: state.last, pending: true), limit: nil) {
                if $0.sequence <= last { state.waiting.add($0) }
            }
        }
        try read(upTo: last)
        state.last = last
        if state.votes.trim() { state.generation += 1 }
        return state
    }

    /// Sets judges aside, and returns what is known now.
    func setAside(_ judges: Set<String>) -> State {
        lock.lock()
        defer { lock.unlock() }
        if state.votes.setAside(judges) { state.generation += 1 }
        return state
    }

    /// Removes events, here and in the store, without reading all anew.
    func remove(_ events: [StoredEvent]) throws -> Removal {
        lock.lock()
        defer { lock.unlock() }
        let removal = try store.remove(space, ids: events.compactMap(\.event.id))
        // Where more went than was named, `follow` sees that the counts differ and reads all anew.
        if removal.events == events.count {
            state.removed += removal.events
            state.removals += 1
            if state.votes.remove(Set(events.map(\.sequence))) { state.generation += 1 }
        }
        return removal
    }

    private func read(upTo last: Int64) throws {
        var after = state.last
        var released = Set<Int64>()
        while after < last {
            var chunk: [StoredEvent] = []
            try store.events(space, EventFilter(after: after), limit: Self.chunk) { chunk.append($0) }
            for event in chunk where event.sequence <= last {
                if event.event.decision != nil { state.waiting.forget(event) }
                if !released.contains(event.sequence) { try take(event, &released) }
            }
            guard chunk.count == Self.chunk, let end = chunk.last?.sequence else { return }
            after = end
        }
    }

    /// Takes in an event that counts, with all that waited for it.
    private func take(_ first: StoredEvent, _ released: inout Set<Int64>) throws {
        var next = [first]
        while let stored = next.popLast() {
            let event = stored.event
            switch event.feedback {
            case .decision(let decision):
                state.decisions.add(decision, time: event.time)
                for answer in state.waiting.release(decision.id) {
                    released.insert(answer.sequence)
                    next.append(answer)
                }
            case .reward(let reward):
                if let id = event.decision { try add(reward, to: id, stored, readUpTo: first.sequence) }
            default:
                if VoteWindow.kinds.contains(event.feedback.kind) { try state.votes.add(stored) }
            }
        }
    }

    private func add(_ reward: Reward, to id: String, _ stored: StoredEvent, readUpTo position: Int64) throws
    {
        let found = state.decisions.knows(id) ? nil : try store.decision(space, id)
        if let found, found.sequence > position {
            state.waiting.add(stored, counts: true)
            return
        }
        try state.decisions.add(reward.value, to: id) { id in
            guard let found, case .decision(let decision) = found.event.feedback else { return nil }
            let rewards = try store.answers(space, decision: id).compactMap { answer -> Double? in
                guard answer.sequence < stored.sequence, case .reward(let reward) = answer.event.feedback
                else { return nil }
                return reward.value
            }
            return (decision, found.event.time, rewards)
        }
    }
}
