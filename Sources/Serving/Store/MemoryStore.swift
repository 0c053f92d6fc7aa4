import Foundation
import Signals

/// A store in memory: what it holds is gone with the process. For trying and for tests of what stands above a store.
public final class MemoryStore: ServiceStore {
    fileprivate struct SpaceData {
        var events: [StoredEvent] = []
        var ids: [String: Int] = [:]
        var decisions: [String: Int] = [:]
        var ledger = Ledger()
        var refusals: [Refusal] = []
        var next: Int64 = 1
    }
    private struct State {
        var spaces: [String: SpaceData] = [:]
        var records: [String: [String: ServiceRecord]] = [:]
        var revision: Int64 = 0
    }
    private let state = Locked(State())

    /// Creates an empty store.
    public init() {}

    public var kind: String { "memory" }

    public func append(_ submissions: [Submission]) throws -> [AppendResult] {
        state.withLock { state in
            submissions.map { submission in
                var data = state.spaces[submission.space] ?? SpaceData()
                var result = AppendResult()
                for entry in submission.entries {
                    let outcome = data.add(entry)
                    result.outcomes.append(outcome)
                    result.counts.received += 1
                    switch outcome {
                    case .kept: result.counts.kept += 1
                    case .pending: result.counts.pending += 1
                    case .duplicate: result.counts.refused[.duplicate, default: 0] += 1
                    case .conflict: result.counts.refused[.conflict, default: 0] += 1
                    case .malformed: result.counts.refused[.malformed, default: 0] += 1
                    }
                }
                state.spaces[submission.space] = data
                return result
            }
        }
    }

    public func events(
        _ space: String, _ filter: EventFilter, limit: Int?, _ body: (StoredEvent) throws -> Void
    ) throws {
        let events = state.withLock { $0.spaces[space]?.events ?? [] }
        var count = 0
        for event in events where filter.allows(event) {
            if let limit, count == limit { return }
            try body(event)
            count += 1
        }
    }

    public func lines(_ space: String, _ filter: EventFilter, limit: Int?, _ body: (String) throws -> Void) throws {
        try events(space, filter, limit: limit) { try body($0.event.jsonLine()) }
    }

    public func decision(_ space: String, _ id: String) throws -> StoredEvent? {
        state.withLock { state in state.spaces[space].flatMap { data in data.decisions[id].map { data.events[$0] } } }
    }

    public func answers(_ space: String, decision: String) throws -> [StoredEvent] {
        state.withLock { $0.spaces[space]?.events.filter { $0.event.decision == decision } ?? [] }
    }

    public func ledger(_ space: String) throws -> Ledger { state.withLock { $0.spaces[space]?.ledger ?? Ledger() } }

    public func last(_ space: String) throws -> Int64 {
        state.withLock { $0.spaces[space]?.events.last?.sequence ?? 0 }
    }

    public func counts(_ space: String) throws -> [Feedback.Kind: Int] {
        state.withLock { state in
            (state.spaces[space]?.events ?? []).reduce(into: [:]) {
                if !$1.isPending { $0[$1.event.feedback.kind, default: 0] += 1 }
            }
        }
    }

    public func refusals(_ space: String, limit: Int) throws -> [Refusal] {
        state.withLock { Array(($0.spaces[space]?.refusals ?? []).reversed().prefix(limit)) }
    }

    public func remove(_ space: String, ids: [String]) throws -> Removal {
        let ids = Set(ids)
        return remove(space) { $0.event.id.map(ids.contains) ?? false }
    }

    public func erase(judge: String, from spaces: [String]?) throws -> [Removal] {
        let all = spaces ?? state.withLock { $0.spaces.keys.sorted() }
        return all.map { remove($0) { $0.event.judge == judge } }
    }

    public func prune(_ space: String, before: Double) throws -> Removal {
        remove(space) { ($0.event.time ?? .infinity) < before }
    }

    public func drop(_ space: String) throws { state.withLock { $0.spaces[space] = nil } }

    private func remove(_ space: String, _ isGone: (StoredEvent) -> Bool) -> Removal {
        state.withLock { state in
            var removal = Removal(space: space)
            guard var data = state.spaces[space] else { return removal }
            var gone = Set(data.events.indices.filter { isGone(data.events[$0]) })
            var decisions = Set(gone.compactMap { data.events[$0].decides })
            while true {
                let more = data.events.indices.filter {
                    !gone.contains($0) && data.events[$0].event.decision.map(decisions.contains) ?? false
                }
                if more.isEmpty { break }
                gone.formUnion(more)
                decisions.formUnion(more.compactMap { data.events[$0].decides })
            }
            guard let first = gone.min(), let last = gone.max() else { return removal }
            removal.events = gone.count
            removal.range = data.events[first].sequence...data.events[last].sequence
            for index in gone {
                if data.events[index].isPending { data.ledger.pending -= 1 } else { data.ledger.kept -= 1 }
                data.ledger.removed += 1
            }
            data.events = data.events.indices.filter { !gone.contains($0) }.map { data.events[$0] }
            data.index()
            state.spaces[space] = data
            return removal
        }
    }

    public func record(_ kind: String, _ id: String) throws -> ServiceRecord? {
        state.withLock { $0.records[kind]?[id] }
    }

    public func records(_ kind: String) throws -> [ServiceRecord] {
        state.withLock { ($0.records[kind] ?? [:]).values.sorted { $0.id < $1.id } }
    }

    public func write(_ changes: [RecordChange]) throws -> Bool {
        state.withLock { state in
            for change in changes {
                let version = state.records[change.kind]?[change.id]?.version ?? 0
                if let expected = change.expected, expected != version { return false }
            }
            for change in changes {
                let version = state.records[change.kind]?[change.id]?.version ?? 0
                state.records[change.kind, default: [:]][change.id] = change.body.map {
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
            state.spaces.filter { !$0.value.ledger.addsUp }.map { "the ledger of \($0.key) does not add up" }
        }
    }

    public func close() throws {}
}

extension MemoryStore.SpaceData {
    fileprivate mutating func add(_ entry: Submission.Entry) -> AppendResult.Outcome {
        ledger.received += 1
        let outcome = place(entry)
        switch outcome {
        case .kept: ledger.kept += 1
        case .pending: ledger.pending += 1
        case .duplicate: refuse(.duplicate, entry)
        case .conflict: refuse(.conflict, entry)
        case .malformed: refuse(.malformed, entry)
        }
        return outcome
    }

    private mutating func place(_ entry: Submission.Entry) -> AppendResult.Outcome {
        guard case .event(let event) = entry else {
            guard case .malformed(let bad) = entry else { return .duplicate }
            return .malformed(FeedbackEvent.Flaw(bad.field ?? "", bad.value, bad.reason))
        }
        if let flaw = event.flaw { return .malformed(flaw) }
        if let id = event.id, let old = ids[id] { return events[old].event == event ? .duplicate : .conflict }
        var stored = StoredEvent(
            sequence: next, source: 1, record: Int(next), line: Int(next), isPending: false, event: event)
        if let id = stored.decides, let old = decisions[id] {
            return events[old].event == event ? .duplicate : .conflict
        }
        if let answers = event.decision { stored.isPending = decisions[answers].map { events[$0].isPending } ?? true }
        next += 1
        events.append(stored)
        if let id = event.id { ids[id] = events.count - 1 }
        if let id = stored.decides {
            decisions[id] = events.count - 1
            if !stored.isPending {
                for index in events.indices where events[index].isPending && events[index].event.decision == id {
                    events[index].isPending = false
                    ledger.pending -= 1
                    ledger.kept += 1
                }
            }
        }
        return stored.isPending ? .pending : .kept
    }

    private mutating func refuse(_ reason: Refusal.Reason, _ entry: Submission.Entry) {
        ledger.refused[reason, default: 0] += 1
        var text: String?
        var value = ""
        switch entry {
        case .event(let event):
            value = event.id ?? ""
            text = reason == .duplicate ? nil : event.jsonLine()
        case .malformed(let bad):
            value = bad.value
            text = bad.text
        }
        refusals.append(
            Refusal(
                reason: reason, source: 1, record: ledger.received, line: 0, column: 0, field: nil, value: value,
                explanation: "", text: text, existing: nil))
    }

    fileprivate mutating func index() {
        ids = [:]
        decisions = [:]
        for (place, event) in events.enumerated() {
            if let id = event.event.id { ids[id] = place }
            if let id = event.decides { decisions[id] = place }
        }
    }
}

extension StoredEvent {
    fileprivate var decides: String? {
        if case .decision(let decision) = event.feedback { decision.id } else { nil }
    }
}

extension EventFilter {
    fileprivate func allows(_ event: StoredEvent) -> Bool {
        event.isPending == pending && kinds.map { $0.contains(event.event.feedback.kind) } ?? true
            && judge.map { $0 == event.event.judge } ?? true && after.map { event.sequence > $0 } ?? true
            && from.map { from in event.event.time.map { $0 >= from } ?? false } ?? true
            && until.map { until in event.event.time.map { $0 < until } ?? false } ?? true
    }
}
