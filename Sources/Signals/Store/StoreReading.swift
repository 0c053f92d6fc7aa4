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
    /// When it arrived, in seconds since 1970-01-01 UTC.
    public var arrived: Double
    /// The event, exactly as it was delivered.
    public var event: FeedbackEvent

    /// Creates an event as it lies in a store.
    public init(
        sequence: Int64, source: Int, record: Int, line: Int, isPending: Bool, arrived: Double = 0,
        event: FeedbackEvent
    ) {
        self.sequence = sequence
        self.source = source
        self.record = record
        self.line = line
        self.isPending = isPending
        self.arrived = arrived
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

    /// The filter as a condition on the events of a space.
    fileprivate func condition(space: Int64) -> (sql: String, arguments: StatementArguments) {
        var terms = ["space = ?", pending ? "pending = 1" : "pending = 0"]
        var values: [(any DatabaseValueConvertible)?] = [space]
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
    /// - Parameter limit: how many at most; `nil` for all.
    /// - Throws: `StoreError`; what `body` throws, which ends the reading.
    public func events(
        _ filter: EventFilter = EventFilter(), limit: Int? = nil, _ body: (StoredEvent) throws -> Void
    ) throws {
        try rows(Self.storedColumns, filter, limit) { try body(try stored($0)) }
    }

    /// The columns that `stored` reads.
    private static let storedColumns = "seq, source, record, line, arrived, pending, payload"

    private func stored(_ row: GRDB.Row) throws -> StoredEvent {
        StoredEvent(
            sequence: row[0], source: row[1], record: row[2], line: row[3], isPending: row[5],
            arrived: row[4],
            event: try event(in: row, at: 6, sequence: row[0]))
    }

    /// The event that is the decision with an id, whether it counts or waits.
    public func decision(_ id: String) throws -> StoredEvent? {
        try read { db in
            try GRDB.Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT \(Self.storedColumns) FROM event
                        WHERE seq = (SELECT event FROM decision WHERE space = ? AND id = ?)
                        """), arguments: [try number(in: db), Data(id.utf8)]
            ).map(stored)
        }
    }

    /// The events that answer a decision, in the order in which they arrived.
    public func answers(to decision: String) throws -> [StoredEvent] {
        try read { db in
            try GRDB.Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT \(Self.storedColumns) FROM event WHERE space = ? AND decision = ? ORDER BY seq
                        """), arguments: [try number(in: db), Data(decision.utf8)]
            ).map(stored)
        }
    }

    /// The number of the space's last event; 0 where there is none.
    public func last() throws -> Int64 {
        try read { db in
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT seq FROM event WHERE space = ? ORDER BY seq DESC LIMIT 1"),
                arguments: [try number(in: db)]) ?? 0
        }
    }

    /// Reads events as lines of Heed's own format, without line breaks, in the order in which they arrived.
    ///
    /// Faster than `events`, because a line is what the store holds.
    public func lines(
        _ filter: EventFilter = EventFilter(), limit: Int? = nil, _ body: (String) throws -> Void
    ) throws {
        try rows("payload", filter, limit) { try body($0[0]) }
    }

    /// The events in memory, in the order in which they arrived, exactly as they were delivered.
    public func log(_ filter: EventFilter = EventFilter()) throws -> FeedbackLog {
        var log = FeedbackLog()
        try rows("payload, seq", filter, nil) { log.appendSound(try event(in: $0, at: 0, sequence: $0[1])) }
        return log
    }

    /// How many events there are of each kind.
    ///
    /// - Complexity: O(1) without a filter: these counts are kept.
    public func counts(_ filter: EventFilter = EventFilter()) throws -> [Feedback.Kind: Int] {
        try read { db in
            let space = try number(in: db)
            let (condition, arguments) = filter.condition(space: space)
            let rows =
                filter == EventFilter()
                ? try GRDB.Row.fetchCursor(
                    db, sql: "SELECT kind, count FROM tally WHERE space = ? AND count > 0", arguments: [space]
                )
                : try GRDB.Row.fetchCursor(
                    db, sql: "SELECT kind, count(*) FROM event WHERE \(condition) GROUP BY kind",
                    arguments: arguments)
            var counts: [Feedback.Kind: Int] = [:]
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
                    SELECT \(Self.refusedColumns) FROM refused
                    WHERE space = ?1 AND (?2 IS NULL OR source = ?2) ORDER BY seq
                    """, arguments: [try number(in: db), source])
            while let row = try rows.next() { try body(refusal(row)) }
        }
    }

    /// The last refusals, newest first.
    public func refusals(newest limit: Int) throws -> [Refusal] {
        try read { db in
            try GRDB.Row.fetchAll(
                db,
                sql: "SELECT \(Self.refusedColumns) FROM refused WHERE space = ? ORDER BY seq DESC LIMIT ?",
                arguments: [try number(in: db), max(0, limit)]
            ).map(refusal)
        }
    }

    /// The columns that `refusal` reads.
    private static let refusedColumns =
        "source, record, line, \"column\", field, value, reason, explanation, text, existing"

    private func refusal(_ row: GRDB.Row) throws -> Refusal {
        guard let reason = Refusal.Reason(rawValue: row[6]) else {
            throw StoreError.corrupt(path, "a refusal has the unknown reason \(row[6] as String)")
        }
        return Refusal(
            reason: reason, source: row[0], record: row[1], line: row[2], column: row[3], field: row[4],
            value: row[5], explanation: row[7], text: row[8], existing: row[9])
    }

    private func rows(
        _ columns: String, _ filter: EventFilter, _ limit: Int?, _ body: (GRDB.Row) throws -> Void
    ) throws {
        try read { db in
            let (condition, arguments) = filter.condition(space: try number(in: db))
            let rows = try GRDB.Row.fetchCursor(
                db,
                sql:
                    "SELECT \(columns) FROM event WHERE \(condition) ORDER BY seq LIMIT \(limit.map { max(0, $0) } ?? -1)",
                arguments: arguments)
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
