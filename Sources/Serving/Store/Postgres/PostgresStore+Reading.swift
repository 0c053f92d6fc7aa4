import Foundation
import Postgres
import Signals

extension PostgresServiceStore {
    /// How many rows are fetched at once: what is in memory of a reading of any length.
    private static let chunk = 2000

    private static let eventColumns = "seq, record, arrived, pending, payload"

    public func events(
        _ space: String, _ filter: EventFilter, limit: Int?, _ body: (StoredEvent) throws -> Void
    ) throws {
        try stream(Self.eventColumns, space, filter, limit) { rows, row in try body(event(rows, row)) }
    }

    public func lines(
        _ space: String, _ filter: EventFilter, limit: Int?, _ body: (String) throws -> Void
    ) throws {
        try stream("payload", space, filter, limit) { rows, row in try body(rows.text(row, 0)) }
    }

    public func decision(_ space: String, _ id: String) throws -> StoredEvent? {
        try patiently { connection in
            let rows = try connection.prepared(
                """
                SELECT \(Self.eventColumns) FROM heed.event WHERE space = \(Self.number) AND decides IS NOT NULL
                    AND \(PostgresSchema.key("decides")) = \(PostgresSchema.key("$2"))
                """, [.bytes(Array(space.utf8)), .bytes(Array(id.utf8))])
            return rows.count == 0 ? nil : try event(rows, 0)
        }
    }

    public func answers(_ space: String, decision: String) throws -> [StoredEvent] {
        try patiently { connection in
            let rows = try connection.prepared(
                """
                SELECT \(Self.eventColumns) FROM heed.event WHERE space = \(Self.number) AND answers IS NOT NULL
                    AND \(PostgresSchema.key("answers")) = \(PostgresSchema.key("$2")) ORDER BY seq
                """, [.bytes(Array(space.utf8)), .bytes(Array(decision.utf8))])
            return try (0..<rows.count).map { try event(rows, $0) }
        }
    }

    public func spaces() throws -> [String] {
        try patiently { connection in
            let rows = try connection.prepared("SELECT name FROM heed.space ORDER BY name", [])
            return try (0..<rows.count).map { try rows.text($0, 0) }
        }
    }

    public func ledger(_ space: String) throws -> Ledger {
        try patiently { connection in
            let rows = try connection.prepared(
                "SELECT \(Self.ledgerColumns) FROM heed.space WHERE id = \(Self.number)",
                [.bytes(Array(space.utf8))])
            return rows.count == 0 ? Ledger() : try Self.ledger(rows, 0)
        }
    }

    public func last(_ space: String) throws -> Int64 {
        try patiently { connection in
            try connection.prepared(
                "SELECT coalesce(max(seq), 0) FROM heed.event WHERE space = \(Self.number)",
                [.bytes(Array(space.utf8))]
            ).int(0, 0)
        }
    }

    public func counts(_ space: String) throws -> [Feedback.Kind: Int] {
        try patiently { connection in
            let rows = try connection.prepared(
                "SELECT kind, kept FROM heed.tally WHERE space = \(Self.number) AND kept > 0",
                [.bytes(Array(space.utf8))])
            var counts: [Feedback.Kind: Int] = [:]
            for row in 0..<rows.count {
                if let kind = Feedback.Kind(rawValue: try rows.text(row, 0)) {
                    counts[kind] = Int(try rows.int(row, 1))
                }
            }
            return counts
        }
    }

    public func refusals(_ space: String, limit: Int) throws -> [Refusal] {
        try patiently { connection in
            let rows = try connection.prepared(
                """
                SELECT record, existing, "column", reason, field, value, explanation, text
                FROM heed.refused WHERE space = \(Self.number) ORDER BY record DESC LIMIT $2
                """, [.bytes(Array(space.utf8)), .int(Int64(max(0, limit)))])
            return try (0..<rows.count).map { row in
                guard let reason = Refusal.Reason(rawValue: try rows.text(row, 3)) else {
                    throw damaged("a refusal has the unknown reason \(try rows.text(row, 3))")
                }
                let record = Int(try rows.int(row, 0))
                return Refusal(
                    reason: reason, source: Self.source, record: record, line: record,
                    column: Int(try rows.int(row, 2)),
                    field: try rows.isNull(row, 4) ? nil : try rows.text(row, 4),
                    value: try rows.text(row, 5),
                    explanation: try rows.text(row, 6),
                    text: try rows.isNull(row, 7) ? nil : try rows.text(row, 7),
                    existing: try rows.isNull(row, 1) ? nil : try rows.int(row, 1))
            }
        }
    }

    /// The number of the space whose name is the first parameter, as a subquery.
    static let number =
        "(SELECT id FROM heed.space WHERE \(PostgresSchema.key("name")) = \(PostgresSchema.key("$1::bytea")))"

    /// Everything is delivered by `append`, which is source 1 in a file too.
    private static let source = 1

    static let ledgerColumns = "received, kept, pending, malformed, duplicate, conflict, removed"

    /// The counts of a row of `ledgerColumns`, from a column on.
    static func ledger(_ rows: PostgresResult, _ row: Int, from column: Int = 0) throws -> Ledger {
        func count(_ offset: Int) throws -> Int { Int(try rows.int(row, column + offset)) }
        var ledger = Ledger()
        ledger.received = try count(0)
        ledger.kept = try count(1)
        ledger.pending = try count(2)
        ledger.removed = try count(6)
        for (reason, offset) in [(Refusal.Reason.malformed, 3), (.duplicate, 4), (.conflict, 5)] {
            let refused = try count(offset)
            if refused != 0 { ledger.refused[reason] = refused }
        }
        return ledger
    }

    private func event(_ rows: PostgresResult, _ row: Int) throws -> StoredEvent {
        let record = Int(try rows.int(row, 1))
        let sequence = try rows.int(row, 0)
        return StoredEvent(
            sequence: sequence, source: Self.source, record: record, line: record,
            isPending: try rows.bool(row, 3),
            arrived: try rows.double(row, 2) ?? 0, event: try parsed(rows, row, 4, sequence: sequence))
    }

    /// The event whose line stands in a column.
    func parsed(_ rows: PostgresResult, _ row: Int, _ column: Int, sequence: Int64) throws -> FeedbackEvent {
        do {
            return try rows.withBytes(row, column) { try FeedbackEvent(jsonLine: $0) }
        } catch let error as EventLineError {
            throw damaged("event \(sequence) cannot be read: \(error)")
        }
    }

    func damaged(_ what: String) -> StoreError {
        StoreError(
            .corrupt, path: path, what: what,
            advice: "Nothing was changed; restore a backup, docs/postgres.md says how")
    }

    /// Reads rows of events through a cursor, some at a time, from one picture of the database.
    ///
    /// When the connection is lost after the first row was given away, the reading fails: to begin again would give rows
    /// twice, and to go on would mix two pictures.
    private func stream(
        _ columns: String, _ space: String, _ filter: EventFilter, _ limit: Int?,
        _ body: (PostgresResult, Int) throws -> Void
    ) throws {
        if let limit, limit <= 0 { return }
        var hasBegun = false
        let (condition, values) = filter.condition(space)
        let end = limit.map { " LIMIT \($0)" } ?? ""
        try read(isRepeatable: { !hasBegun }) { connection in
            try connection.query(
                """
                DECLARE reading NO SCROLL CURSOR FOR
                SELECT \(columns) FROM heed.event WHERE \(condition) ORDER BY seq\(end)
                """, values)
            var rows: PostgresResult
            repeat {
                rows = try connection.query("FETCH \(Self.chunk) FROM reading")
                if rows.count > 0 { hasBegun = true }
                for row in 0..<rows.count { try body(rows, row) }
            } while rows.count == Self.chunk
        }
    }
}

extension EventFilter {
    /// The filter as a condition on the table of events, and the values that are bound to it.
    fileprivate func condition(_ space: String) -> (sql: String, values: [PostgresValue]) {
        var terms = ["space = \(PostgresServiceStore.number)", pending ? "pending" : "NOT pending"]
        var values = [PostgresValue.bytes(Array(space.utf8))]
        func add(_ term: String, _ value: PostgresValue?) {
            guard let value else { return }
            values.append(value)
            terms.append("\(term) $\(values.count)")
        }
        add("seq >", after.map { .int($0) })
        if let judge {
            values.append(.bytes(Array(judge.utf8)))
            terms.append("judge = $\(values.count)")
            terms.append("\(PostgresSchema.key("judge")) = \(PostgresSchema.key("$\(values.count)"))")
        }
        add("time >=", from.map { .double($0) })
        add("time <", until.map { .double($0) })
        if let kinds {
            values.append(.texts(kinds.map(\.rawValue).sorted()))
            terms.append("kind = ANY ($\(values.count))")
        }
        return (terms.joined(separator: " AND "), values)
    }
}
