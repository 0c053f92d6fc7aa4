import Foundation
import GRDB

/// What became of events that were appended, in their order.
public struct AppendResult: Sendable, Hashable {
    /// What became of one event.
    public enum Outcome: Sendable, Hashable {
        /// It is in the store.
        case kept
        /// It is in the store, and counts as soon as the decision that it answers arrives.
        case pending
        /// The store had it already.
        case duplicate
        /// The store has an event with its id that says something else, and keeps that one.
        case conflict
        /// It says nothing usable.
        case malformed(FeedbackEvent.Flaw)
    }

    /// What became of each event.
    public var outcomes: [Outcome] = []
    /// What the events added to the ledger.
    public var counts = Ledger()

    /// Creates the result of an empty batch.
    public init() {}
}

/// A batch for one space of a store.
package struct FeedbackBatch: Sendable {
    /// One piece: an event, or a line that says nothing usable.
    package enum Entry: Sendable {
        case event(FeedbackEvent)
        case malformed(BadLine)
    }

    package var space: String
    package var entries: [Entry]
    /// When it arrived, in seconds since 1970-01-01 UTC; `nil` for now.
    package var arrived: Double?
    /// The time that is kept for events which come without one, in seconds since 1970-01-01 UTC; `nil` leaves them
    /// without. It is no part of what such an event says: sent again with another stamp it is a duplicate.
    package var stamp: Double?

    package init(space: String, entries: [Entry], arrived: Double? = nil, stamp: Double? = nil) {
        self.space = space
        self.entries = entries
        self.arrived = arrived
        self.stamp = stamp
    }
}

extension FeedbackEvent {
    /// Gives the event a time where it came without one; whether it did.
    package mutating func stamp(_ stamp: Double?) -> Bool {
        guard time == nil, let stamp else { return false }
        time = stamp
        return true
    }
}

extension FeedbackStore {
    /// Adds events to the space in one transaction, durable when this returns.
    ///
    /// To send an event with an id again is harmless. One without an id is taken as new each time.
    ///
    /// - Throws: `StoreError`; then none of the events was added.
    @discardableResult
    public func append(_ events: [FeedbackEvent]) throws -> AppendResult {
        try append([FeedbackBatch(space: space, entries: events.map { .event($0) })]).first ?? AppendResult()
    }

    /// Adds batches to any spaces in one transaction, durable when this returns; what became of each.
    package func append(_ batches: [FeedbackBatch]) throws -> [AppendResult] {
        if batches.allSatisfy(\.entries.isEmpty) { return batches.map { _ in AppendResult() } }
        let prepared = batches.map { batch in
            (space: Data(batch.space.utf8), entries: batch.entries.map { Prepared($0, stamp: batch.stamp) })
        }
        let now = Date().timeIntervalSince1970
        return try write { db in
            let numbers = try EventNumbers(db)
            var appenders: [Data: Appender] = [:]
            let results = try zip(batches, prepared).map { batch, prepared in
                if prepared.entries.isEmpty { return AppendResult() }
                let appender =
                    try appenders[prepared.space] ?? Appender(batch.space, in: db, numbers: numbers)
                appenders[prepared.space] = appender
                return try appender.write(prepared.entries, arrived: batch.arrived ?? now)
            }
            for appender in appenders.values { try appender.finish() }
            try numbers.finish()
            return results
        }
    }
}

/// An entry made ready to be written, before the store is locked.
private struct Prepared {
    var content: Delivery.Content
    /// What is wrong with it, where something is.
    var flaw: FeedbackEvent.Flaw?

    init(_ entry: FeedbackBatch.Entry, stamp: Double?) {
        switch entry {
        case .event(var event):
            let isStamped = event.stamp(stamp)
            flaw = event.flaw
            content =
                flaw.map { .bad(BadLine($0, of: event)) } ?? .event(Delivery.Row(event, isStamped: isStamped))
        case .malformed(let line):
            flaw = FeedbackEvent.Flaw(line.field ?? "", line.value, line.reason)
            content = .bad(line)
        }
    }
}

/// Appends to one space within a transaction.
private final class Appender {
    private var writer: DeliveryWriter
    private var record: Int
    private var counted = Ledger()

    init(_ space: String, in db: Database, numbers: EventNumbers) throws {
        let space = try StoreSpace(making: space, in: db)
        record =
            try Int.fetchOne(
                db.cachedStatement(sql: "SELECT records FROM source WHERE id = ?"), arguments: [space.source])
            ?? 0
        writer = try DeliveryWriter(
            db, space: space.number, source: space.source, numbers: numbers, arrived: 0)
    }

    func write(_ entries: [Prepared], arrived: Double) throws -> AppendResult {
        var result = AppendResult()
        result.outcomes.reserveCapacity(entries.count)
        writer.arrived = arrived
        for entry in entries {
            record += 1
            let verdict = try writer.write(Delivery(record: record, line: record, content: entry.content))
            result.outcomes.append(entry.flaw.map { .malformed($0) } ?? AppendResult.Outcome(verdict))
        }
        result.counts = writer.counts
        counted += writer.counts
        writer.counts = Ledger()
        return result
    }

    func finish() throws {
        writer.counts = counted
        try writer.finish(record: record)
    }
}

extension AppendResult.Outcome {
    fileprivate init(_ verdict: Verdict) {
        switch verdict {
        case .pending: self = .pending
        case .refused(.conflict): self = .conflict
        case .refused: self = .duplicate
        case .kept, .known: self = .kept
        }
    }
}

extension BadLine {
    /// The report of an event that did not come from a file.
    fileprivate init(_ flaw: FeedbackEvent.Flaw, of event: FeedbackEvent) {
        self.init(
            file: "append", line: 0, column: 0, field: flaw.field, value: flaw.value, reason: flaw.reason,
            text: event.jsonLine())
    }
}
