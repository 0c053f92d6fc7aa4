import Foundation
import GRDB

/// The numbers that the events of one transaction get: each greater than any that an event ever had, those that
/// were removed included.
final class EventNumbers {
    private let db: Database
    private let last: Int64
    private(set) var next: Int64

    /// - Parameter db: a connection within a transaction, which the caller commits.
    init(_ db: Database) throws {
        self.db = db
        last =
            try Int64.fetchOne(db.cachedStatement(sql: "SELECT value FROM counter WHERE name = 'event'")) ?? 0
        next = last + 1
    }

    func use() { next += 1 }

    /// Remembers which numbers are used.
    func finish() throws {
        if next == last + 1 { return }
        try db.cachedStatement(sql: "UPDATE counter SET value = ? WHERE name = 'event'")
            .execute(arguments: [next - 1])
    }
}

/// Writes records of one source within a transaction, and counts what became of them.
struct DeliveryWriter {
    let db: Database
    private let space: Int64
    private let source: Int
    private let numbers: EventNumbers
    /// When the records arrived, in seconds since 1970-01-01 UTC.
    var arrived: Double
    private let insert: Statement

    /// What the records written so far add to the ledger.
    var counts = Ledger()
    /// How many more events count, by kind.
    private var kinds: [String: Int] = [:]

    /// - Parameters:
    ///   - db: a connection within a transaction, which the caller commits.
    ///   - arrived: when the records arrived, in seconds since 1970-01-01 UTC.
    init(_ db: Database, space: Int64, source: Int, numbers: EventNumbers, arrived: Double) throws {
        self.db = db
        self.space = space
        self.source = source
        self.numbers = numbers
        self.arrived = arrived
        insert = try db.cachedStatement(
            sql: """
                INSERT INTO event (seq, space, source, record, line, arrived, pending, kind, id, judge, time,
                    decision, payload)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (space, id) WHERE id IS NOT NULL DO NOTHING
                """)
    }

    /// Adds the counts to the ledger and to the source, whose last acknowledged record this was.
    func finish(record: Int) throws {
        try counts.add(to: space, in: db)
        for (kind, count) in kinds where count != 0 {
            try db.cachedStatement(
                sql: """
                    INSERT INTO tally (space, kind, count) VALUES (?, ?, ?)
                    ON CONFLICT (space, kind) DO UPDATE SET count = count + excluded.count
                    """
            ).execute(arguments: [space, kind, count])
        }
        try db.cachedStatement(
            sql: "UPDATE source SET records = ?, received = received + ?, refused = refused + ? WHERE id = ?"
        ).execute(arguments: [record, counts.received, counts.refusedInAll, source])
    }

    /// Writes a record.
    mutating func write(_ delivery: Delivery) throws -> Verdict {
        let verdict: Verdict
        switch delivery.content {
        case .event(let row): verdict = try write(row, delivery)
        case .bad(let bad): verdict = .refused(try refuse(bad, delivery))
        }
        counts.received += 1
        switch verdict {
        case .kept: counts.kept += 1
        case .pending: counts.pending += 1
        case .refused(let reason): counts.refused[reason, default: 0] += 1
        case .known: counts.received -= 1
        }
        return verdict
    }

    private mutating func write(_ row: Delivery.Row, _ delivery: Delivery) throws -> Verdict {
        if let decision = row.decides, let existing = try event(deciding: decision) {
            return .refused(try refuse(row, delivery, existing: existing))
        }
        var isPending = false
        if let decision = row.answers { isPending = try !isKept(decision: decision) }
        insert.setUncheckedArguments([
            numbers.next, space, source, delivery.record, delivery.line, arrived, isPending,
            row.kind.rawValue,
            row.id, row.judge, row.time, row.answers, row.payload,
        ])
        try insert.execute()
        if db.changesCount == 0, let id = row.id {
            return .refused(try refuse(row, delivery, existing: try event(id: id)))
        }
        if !isPending { kinds[row.kind.rawValue, default: 0] += 1 }
        if let decision = row.decides {
            try db.cachedStatement(sql: "INSERT INTO decision (space, id, event) VALUES (?, ?, ?)")
                .execute(arguments: [space, decision, numbers.next])
            if !isPending { try settle(decision) }
        }
        numbers.use()
        return isPending ? .pending : .kept
    }

    /// Lets the events count that waited for a decision, and those that waited for the decisions among them.
    private mutating func settle(_ decision: Data) throws {
        var arrived = [decision]
        while let decision = arrived.popLast() {
            let rows = try GRDB.Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT event.kind, decision.id FROM event LEFT JOIN decision ON decision.event = event.seq
                        WHERE event.space = ? AND event.decision = ? AND event.pending = 1
                        """), arguments: [space, decision])
            if rows.isEmpty { continue }
            for row in rows {
                kinds[row[0], default: 0] += 1
                if let next: Data = row[1] { arrived.append(next) }
            }
            try db.cachedStatement(
                sql: "UPDATE event SET pending = 0 WHERE space = ? AND decision = ? AND pending = 1"
            ).execute(arguments: [space, decision])
            counts.pending -= rows.count
            counts.kept += rows.count
        }
    }

    private func isKept(decision: Data) throws -> Bool {
        try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT 1 FROM decision JOIN event ON event.seq = decision.event
                    WHERE decision.space = ? AND decision.id = ? AND event.pending = 0
                    """), arguments: [space, decision]) != nil
    }

    private func event(deciding decision: Data) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT event FROM decision WHERE space = ? AND id = ?"),
            arguments: [space, decision])
    }

    private func event(id: Data) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT seq FROM event WHERE space = ? AND id = ?"),
            arguments: [space, id])
    }
}

// Refusals.
extension DeliveryWriter {
    private func refuse(_ bad: BadLine, _ delivery: Delivery) throws -> Refusal.Reason {
        try refuse(
            delivery, reason: .malformed, column: bad.column, field: bad.field, value: bad.value,
            explanation: bad.reason, text: bad.text, existing: nil)
    }

    /// Refuses an event that the store has, or whose id stands for another one.
    private func refuse(_ row: Delivery.Row, _ delivery: Delivery, existing: Int64?) throws -> Refusal.Reason
    {
        let same =
            try existing.map {
                try payload(of: $0).isSameEvent(as: row.payload, butForTime: row.isStamped)
            } ?? false
        return try refuse(
            delivery, reason: same ? .duplicate : .conflict, column: 0, field: "id", value: row.name,
            explanation: same
                ? "the store has this event" : "the store has an event with this id that says something else",
            text: same ? nil : row.payload, existing: existing)
    }

    func refuse(
        _ delivery: Delivery, reason: Refusal.Reason, column: Int, field: String?, value: String,
        explanation: String, text: String?, existing: Int64?
    ) throws -> Refusal.Reason {
        try db.cachedStatement(
            sql: """
                INSERT INTO refused
                    (space, source, record, line, "column", field, value, reason, explanation, text, existing)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            space, source, delivery.record, delivery.line, column, field.map(storable), storable(value),
            reason.rawValue, storable(explanation), text.map(storable), existing,
        ])
        return reason
    }

    private func payload(of event: Int64) throws -> String {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT payload FROM event WHERE seq = ?"), arguments: [event]) ?? ""
    }
}
