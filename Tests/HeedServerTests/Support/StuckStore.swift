import Foundation
import Serving
import Signals

/// A store in memory that can be made to hang or to fail.
final class StuckStore: ServiceStore {
    let isStuck = Locked(false)
    let isFailing = Locked(false)
    private let inner = MemoryStore()

    private func pass() throws {
        while isStuck.withLock({ $0 }) { usleep(1_000) }
        if isFailing.withLock({ $0 }) {
            throw StoreError(.full, path: "/secret/place", what: "/secret/place: full", advice: "make room")
        }
    }

    var kind: String { inner.kind }

    func append(_ submissions: [Submission]) throws -> [AppendResult] {
        try pass()
        return try inner.append(submissions)
    }

    func revision() throws -> Int64 {
        if isFailing.withLock({ $0 }) { try pass() }
        return try inner.revision()
    }

    func events(_ space: String, _ filter: EventFilter, limit: Int?, _ body: (StoredEvent) throws -> Void)
        throws
    {
        try inner.events(space, filter, limit: limit, body)
    }
    func lines(_ space: String, _ filter: EventFilter, limit: Int?, _ body: (String) throws -> Void) throws {
        try inner.lines(space, filter, limit: limit, body)
    }
    func decision(_ space: String, _ id: String) throws -> StoredEvent? { try inner.decision(space, id) }
    func answers(_ space: String, decision: String) throws -> [StoredEvent] {
        try inner.answers(space, decision: decision)
    }
    func spaces() throws -> [String] { try inner.spaces() }
    func recordKinds() throws -> [String] { try inner.recordKinds() }
    func ledger(_ space: String) throws -> Ledger { try inner.ledger(space) }
    func last(_ space: String) throws -> Int64 { try inner.last(space) }
    func counts(_ space: String) throws -> [Feedback.Kind: Int] { try inner.counts(space) }
    func refusals(_ space: String, limit: Int) throws -> [Refusal] { try inner.refusals(space, limit: limit) }
    func remove(_ space: String, ids: [String]) throws -> Removal { try inner.remove(space, ids: ids) }
    func erase(judge: String, from spaces: [String]?) throws -> [Removal] {
        try inner.erase(judge: judge, from: spaces)
    }
    func prune(_ space: String, before: Double) throws -> Removal { try inner.prune(space, before: before) }
    func drop(_ space: String) throws { try inner.drop(space) }
    func record(_ kind: String, _ id: String) throws -> ServiceRecord? { try inner.record(kind, id) }
    func records(_ kind: String) throws -> [ServiceRecord] { try inner.records(kind) }
    func write(_ changes: [RecordChange]) throws -> Bool { try inner.write(changes) }
    func verify() throws -> [String] { try inner.verify() }
    func close() throws { try inner.close() }
}
