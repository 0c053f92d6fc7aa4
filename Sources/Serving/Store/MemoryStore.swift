import Foundation
import Signals

/// A store in memory: what it holds is gone with the process. For trying and for tests of what stands above a store.
public final class MemoryStore: ServiceStore {
    private struct State {
        var spaces: [Data: MemorySpace] = [:]
        var records: [Data: ServiceRecord] = [:]
        var revision: Int64 = 0

        /// A record's place: its kind and its id, by their bytes.
        static func key(_ kind: String, _ id: String) -> Data { Data(kind.utf8) + [0] + Data(id.utf8) }

        func version(_ change: RecordChange) -> Int64 {
            records[Self.key(change.kind, change.id)]?.version ?? 0
        }
    }
    private let state = Locked(State())

    /// Creates an empty store.
    public init() {}

    public var kind: String { "memory" }

    public func append(_ submissions: [Submission]) throws -> [AppendResult] {
        let now = Date().timeIntervalSince1970
        return state.withLock { state in
            submissions.map { submission in
                if submission.entries.isEmpty { return AppendResult() }
                let name = Data(submission.space.utf8)
                return state.spaces[name, default: MemorySpace()]
                    .append(
                        submission.entries, arrived: submission.arrived ?? now, stamp: submission.stamp)
            }
        }
    }

    /// Looks at a space; an empty one stands for one that is not there.
    private func looking<R>(_ space: String, _ body: (MemorySpace) throws -> R) rethrows -> R {
        try body(state.withLock { $0.spaces[Data(space.utf8)] } ?? MemorySpace())
    }

    public func spaces() throws -> [String] {
        state.withLock { state in
            state.spaces.filter { $0.value.ledger.received > 0 }.map {
                String(decoding: $0.key, as: UTF8.self)
            }
            .sorted { Data($0.utf8).lexicographicallyPrecedes(Data($1.utf8)) }
        }
    }

    public func events(
        _ space: String, _ filter: EventFilter, limit: Int?, _ body: (StoredEvent) throws -> Void
    ) throws {
        var count = 0
        for event in looking(space, \.events) where filter.allows(event) {
            if let limit, count >= limit { return }
            try body(event)
            count += 1
        }
    }

    public func lines(_ space: String, _ filter: EventFilter, limit: Int?, _ body: (String) throws -> Void)
        throws
    {
        try events(space, filter, limit: limit) { try body($0.event.jsonLine()) }
    }

    public func decision(_ space: String, _ id: String) throws -> StoredEvent? {
        looking(space) { $0.decision(id) }
    }

    public func answers(_ space: String, decision: String) throws -> [StoredEvent] {
        looking(space) { $0.answers(decision) }
    }

    public func ledger(_ space: String) throws -> Ledger { looking(space, \.ledger) }

    public func last(_ space: String) throws -> Int64 { looking(space) { $0.events.last?.sequence ?? 0 } }

    public func counts(_ space: String) throws -> [Feedback.Kind: Int] {
        looking(space) { space in
            space.events.reduce(into: [:]) {
                if !$1.isPending { $0[$1.event.feedback.kind, default: 0] += 1 }
            }
        }
    }

    public func refusals(_ space: String, limit: Int) throws -> [Refusal] {
        looking(space) { Array($0.refusals.reversed().prefix(max(0, limit))) }
    }

    public func remove(_ space: String, ids: [String]) throws -> Removal {
        let ids = Set(ids.map { Data($0.utf8) })
        return changing(space) { $0.remove { $0.event.id.map { ids.contains(Data($0.utf8)) } ?? false } }
    }

    public func erase(judge: String, from spaces: [String]?) throws -> [Removal] {
        let all = state.withLock { $0.spaces.keys.map { String(decoding: $0, as: UTF8.self) } }
        return (spaces ?? all.sorted()).map { name in
            changing(name) { space in
                let removal = space.remove {
                    $0.event.judge.map { $0.utf8.elementsEqual(judge.utf8) } ?? false
                }
                space.forget(judge)
                return removal
            }
        }
    }

    public func prune(_ space: String, before: Double) throws -> Removal {
        changing(space) { $0.remove { $0.arrived < before } }
    }

    public func drop(_ space: String) throws { state.withLock { $0.spaces[Data(space.utf8)] = nil } }

    private func changing(
        _ space: String, _ body: (inout MemorySpace) -> (events: Int, range: ClosedRange<Int64>?)
    ) -> Removal {
        state.withLock { state in
            let key = Data(space.utf8)
            guard state.spaces[key] != nil else { return Removal(space: space) }
            let removed = body(&state.spaces[key, default: MemorySpace()])
            return Removal(space: space, events: removed.events, range: removed.range)
        }
    }

    public func record(_ kind: String, _ id: String) throws -> ServiceRecord? {
        state.withLock { $0.records[State.key(kind, id)] }
    }

    public func records(_ kind: String) throws -> [ServiceRecord] {
        state.withLock { state in
            state.records.values.filter { $0.kind == kind }
                .sorted { Data($0.id.utf8).lexicographicallyPrecedes(Data($1.id.utf8)) }
        }
    }

    public func recordKinds() throws -> [String] {
        state.withLock { Set($0.records.values.map(\.kind)).sorted() }
    }

    public func write(_ changes: [RecordChange]) throws -> Bool {
        if changes.isEmpty { return true }
        return state.withLock { state in
            for change in changes {
                if let expected = change.expected, expected != state.version(change) { return false }
            }
            for change in changes {
                let version = state.version(change)
                state.records[State.key(change.kind, change.id)] = change.body.map {
                    ServiceRecord(kind: change.kind, id: change.id, version: version + 1, body: $0)
                }
            }
            state.revision += 1
            return true
        }
    }

    public func revision() throws -> Int64 { state.withLock { $0.revision } }

    public func verify() throws -> [String] {
        state.withLock { state in
            state.spaces.filter { !$0.value.ledger.addsUp }
                .map { "the ledger of \(String(decoding: $0.key, as: UTF8.self)) does not add up" }
        }
    }

    public func close() throws {}
}

extension EventFilter {
    fileprivate func allows(_ event: StoredEvent) -> Bool {
        event.isPending == pending && kinds.map { $0.contains(event.event.feedback.kind) } ?? true
            && judge.map { judge in event.event.judge.map { $0.utf8.elementsEqual(judge.utf8) } ?? false }
                ?? true
            && after.map { event.sequence > $0 } ?? true
            && from.map { from in event.event.time.map { $0 >= from } ?? false } ?? true
            && until.map { until in event.event.time.map { $0 < until } ?? false } ?? true
    }
}
