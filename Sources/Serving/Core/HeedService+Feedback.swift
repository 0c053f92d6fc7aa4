import Foundation
import HeedAPI
import Signals

extension HeedService {
    /// Keeps a batch of feedback; it is durable when this returns.
    ///
    /// - Parameters:
    ///   - key: the batch's idempotency key. Events without an id get the id `KEY:INDEX`, so that a batch that is sent again
    ///     changes nothing.
    ///   - stamp: the time that is kept for events which come without one, in seconds since 1970-01-01 UTC; `nil` leaves them
    ///     without.
    /// - Throws: `ServiceError`; then nothing of the batch was kept.
    public func ingest(
        _ space: String, _ entries: [Submission.Entry], key: String? = nil, stamp: Double? = nil
    ) async throws -> IngestReceipt {
        _ = try spaces.space(space)
        var entries = entries
        if let key {
            guard (1...200).contains(key.utf8.count) else {
                throw ServiceError.invalid(
                    field: "Idempotency-Key", value: "\(key.utf8.count) bytes", expected: "1 to 200 bytes")
            }
            for index in entries.indices {
                if case .event(var event) = entries[index], event.id == nil {
                    event.id = "\(key):\(index)"
                    entries[index] = .event(event)
                }
            }
        }
        let result = try await core.queue.submit(Submission(space: space, entries: entries, stamp: stamp))
        return IngestReceipt(result, of: entries)
    }

    /// What was delivered to a space, and what became of it.
    public func ledger(_ space: String) async throws -> LedgerReport {
        _ = try spaces.space(space)
        return LedgerReport(try await core.lane.run { [core] in try core.store.ledger(space) })
    }

    /// What was refused in a space, newest first.
    public func refusals(_ space: String, limit: Int = 100) async throws -> [Refusal] {
        _ = try spaces.space(space)
        return try await core.lane.run { [core] in try core.store.refusals(space, limit: limit) }
    }

    /// Reads up to `limit` lines of a space's feedback after a number in the order of arrival, for exports in pages.
    ///
    /// - Returns: the lines and the number to go on after; `nil` at the end.
    public func export(
        _ space: String, kinds: Set<Feedback.Kind>? = nil, after: Int64 = 0, limit: Int = 5_000
    ) async throws
        -> (lines: [String], next: Int64?)
    {
        _ = try spaces.space(space)
        return try await core.lane.run { [core] in
            var lines: [String] = []
            var last: Int64?
            let filter = EventFilter(kinds: kinds, after: after)
            try core.store.events(space, filter, limit: limit) {
                lines.append($0.event.jsonLine())
                last = $0.sequence
            }
            return (lines, lines.count == limit ? last : nil)
        }
    }

    /// Whether the store answers.
    public func isReady() async -> Bool {
        (try? await core.lane.run { [core] in try core.store.revision() }) != nil
    }
}

extension IngestReceipt {
    init(_ result: AppendResult, of entries: [Submission.Entry]) {
        self.init(received: entries.count)
        for (index, outcome) in result.outcomes.enumerated() {
            switch outcome {
            case .kept: kept += 1
            case .pending: pending += 1
            case .duplicate: duplicate += 1
            case .conflict:
                conflict += 1
                var id = ""
                if case .event(let event) = entries[index] { id = event.id ?? "" }
                add(
                    Refused(
                        index: index, reason: "conflict", field: "id", value: id,
                        explanation: "the space has feedback with this id that says something else"))
            case .malformed(let flaw):
                malformed += 1
                add(
                    Refused(
                        index: index, reason: "malformed", field: flaw.field, value: flaw.value,
                        explanation: flaw.reason))
            }
        }
    }

    private mutating func add(_ entry: Refused) { if refused.count < 100 { refused.append(entry) } }
}

extension LedgerReport {
    init(_ ledger: Ledger) {
        self.init()
        received = ledger.received
        kept = ledger.kept
        pending = ledger.pending
        refused = Dictionary(uniqueKeysWithValues: ledger.refused.map { ($0.key.rawValue, $0.value) })
        removed = ledger.removed
        addsUp = ledger.addsUp
    }
}
