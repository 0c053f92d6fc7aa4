import Foundation
import GRDB

/// An event as it lies in a store.
public struct StoredEvent: Sendable, Hashable {
    /// Its place in the order of arrival; a later event has a greater number.
    public var sequence: Int64
    /// The source that delivered it.
    public var source: Int
    /// Which record of the source it was, counted from 1.
    public var record: Int
    /// The line of the source on which it began, counted from 1.
    public var line: Int
    /// Whether it waits for the decision that it answers.
    public var isPending: Bool
    /// The event, exactly as it was delivered.
    public var event: FeedbackEvent

    /// Creates an event as it lies in a store.
    public init(
        sequence: Int64, source: Int, record: Int, line: Int, isPending: Bool, event: FeedbackEvent
    ) {
        self.sequence = sequence
        self.source = source
        self.record = record
        self.line = line
        self.isPending = isPending
        self.event = event
    }

    /// What names it in this store: its own id, or else its source and line.
    public var key: String { event.id ?? "\(source):\(line)" }
}

/// Which events of a store to read.
public struct EventFilter: Sendable, Hashable {
    /// Only these kinds; `nil` for all.
    public var kinds: Set<Feedback.Kind>?
    /// Only what this judge said.
    public var judge: String?
    /// Only what was said at this time or later, in seconds since 1970-01-01 UTC. Leaves out events without a
    /// time.
    public var from: Double?
    /// Only what was said before this time. Leaves out events without a time.
    public var until: Double?
    /// Only events that arrived after the one with this sequence number.
    public var after: Int64?
    /// Whether to read the events that wait for their decision instead of those that count.
    public var pending: Bool

    /// Creates a filter; without arguments it lets all events through that count.
    public init(
        kinds: Set<Feedback.Kind>? = nil, judge: String? = nil, from: Double? = nil, until: Double? = nil,
        after: Int64? = nil, pending: Bool = false
    ) {
        self.kinds = kinds
        self.judge = judge
        self.from = from
        self.until = until
        self.after = after
        self.pending = pending
    }

    /// The filter as a condition on the table of events.
    fileprivate var condition: (sql: String, arguments: StatementArguments) {
        var terms = ["pending = ?"]
        var values: [(any DatabaseValueConvertible)?] = [pending]
        if let kinds {
            terms.append("kind IN (\(kinds.map { _ in "?" }.joined(separator: ", ")))")
            values += kinds.map(\.rawValue).sorted() as [String]
        }
        if let judge {
            terms.append("judge = ?")
            values.append(Data(judge.utf8))
        }
        for (value, term) in [(from, "time >= ?"), (until, "time < ?")] {
            guard let value else { continue }
            terms.append(term)
            values.append(value)
        }
        if let after {
            terms.append("seq > ?")
            values.append(after)
        }
        return (terms.joined(separator: " AND "), StatementArguments(values))
    }
}

extension FeedbackStore {
    /// Reads events in the order in which they arrived, one at a time.
    ///
    /// What is read is one consistent picture of the store: events that arrive meanwhile are not in it, and
    /// do not wait for it.
    ///
    /// - Throws: `StoreError`; what `body` throws, which ends the reading.
    public func events(_ filter: EventFilter = EventFilter(), _ body: (StoredEvent) throws -> Void) throws {
        try rows("seq, source, record, line, payload", filter) { row in
            let event = try self.event(in: row, at: 4, sequence: row[0])
            try body(
                StoredEvent(
                    sequence: row[0], source: row[1], record: row[2], line: row[3], isPending: filter.pending,
                    event: event))
        }
    }

    /// Reads events as lines of Heed's own format, without line breaks, in the order in which they arrived.
    ///
    /// Faster than `events`, because a line is what the store holds.
    public func lines(_ filter: EventFilter = EventFilter(), _ body: (String) throws -> Void) throws {
        try rows("payload", filter) { try body($0[0]) }
    }

    /// The events in memory, in the order in which they arrived, exactly as they were delivered.
    public func log(_ filter: EventFilter = EventFilter()) throws -> FeedbackLog {
        var log = FeedbackLog()
        try rows("payload, seq", filter) { log.appendSound(try event(in: $0, at: 0, sequence: $0[1])) }
        return log
    }

    /// How many events there are of each kind.
    public func counts(_ filter: EventFilter = EventFilter()) throws -> [Feedback.Kind: Int] {
        let (condition, arguments) = filter.condition
        return try read { db in
            var counts: [Feedback.Kind: Int] = [:]
            let rows = try GRDB.Row.fetchCursor(
                db, sql: "SELECT kind, count(*) FROM event WHERE \(condition) GROUP BY kind",
                arguments: arguments)
            while let row = try rows.next() {
                if let kind = Feedback.Kind(rawValue: row[0]) { counts[kind] = row[1] }
            }
            return counts
        }
    }

    /// Reads what was refused, in the order in which it was, one at a time.
    ///
    /// - Parameter source: only what this source delivered; `nil` for all.
    public func refusals(source: Int? = nil, _ body: (Refusal) throws -> Void) throws {
        try read { db in
            let rows = try GRDB.Row.fetchCursor(
                db,
                sql: """
                    SELECT source, record, line, "column", field, value, reason, explanation, text, existing
                    FROM refused WHERE ?1 IS NULL OR source = ?1 ORDER BY seq
                    """, arguments: [source])
            while let row = try rows.next() {
                guard let reason = Refusal.Reason(rawValue: row[6]) else {
                    throw StoreError.corrupt(path, "a refusal has the unknown reason \(row[6] as String)")
                }
                try body(
                    Refusal(
                        reason: reason, source: row[0], record: row[1], line: row[2], column: row[3],
                        field: row[4],
                        value: row[5], explanation: row[7], text: row[8], existing: row[9]))
            }
        }
    }

    private func rows(_ columns: String, _ filter: EventFilter, _ body: (GRDB.Row) throws -> Void) throws {
        let (condition, arguments) = filter.condition
        try read { db in
            let rows = try GRDB.Row.fetchCursor(
                db, sql: "SELECT \(columns) FROM event WHERE \(condition) ORDER BY seq", arguments: arguments)
            while let row = try rows.next() { try body(row) }
        }
    }

    /// The event whose line stands in a column of a row.
    func event(in row: GRDB.Row, at column: Int, sequence: Int64) throws -> FeedbackEvent {
        do {
            return try row.withUnsafeData(atIndex: column) { data in
                try (data ?? Data()).withUnsafeBytes {
                    try FeedbackEvent(jsonLine: $0.assumingMemoryBound(to: UInt8.self))
                }
            }
        } catch let error as EventLineError {
            throw StoreError.corrupt(path, "event \(sequence) cannot be read: \(error)")
        }
    }
}
