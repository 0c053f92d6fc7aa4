import Foundation
import GRDB

/// What was removed from a space of a store.
public struct RemovalReport: Sendable, Hashable {
    /// How many events.
    public var events = 0
    /// The numbers of the first and the last of them; `nil` where there was none.
    public var range: ClosedRange<Int64>?
    /// How many refusals lost what they quoted.
    public var refusals = 0

    /// Creates a report of nothing.
    public init() {}

    static func += (a: inout RemovalReport, b: RemovalReport) {
        a.events += b.events
        a.refusals += b.refusals
        guard let range = b.range else { return }
        a.range =
            a.range.map { min($0.lowerBound, range.lowerBound)...max($0.upperBound, range.upperBound) }
            ?? range
    }
}

/// Removes events of one space within a transaction: those chosen, and those that answer the decisions among
/// them. Every count that had them follows.
struct EventRemover {
    let db: Database
    let space: Int64

    init(_ db: Database, space: Int64) throws {
        self.db = db
        self.space = space
        try db.execute(sql: "CREATE TEMP TABLE IF NOT EXISTS doomed (seq INTEGER PRIMARY KEY)")
        try db.execute(sql: "DELETE FROM temp.doomed")
    }

    /// Chooses the events of the space that a condition holds for.
    func choose(_ condition: String, _ arguments: [any DatabaseValueConvertible], limit: Int = -1) throws {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO temp.doomed
                SELECT seq FROM event WHERE space = ? AND \(condition) ORDER BY seq LIMIT \(limit)
                """, arguments: StatementArguments([space] + arguments))
    }

    /// Removes what was chosen.
    ///
    /// - Parameter forgetting: whether refusals that name a removed event forget what they quote.
    func remove(forgetting: Bool = false) throws -> RemovalReport {
        try chooseAnswers()
        var report = RemovalReport()
        let found = try GRDB.Row.fetchOne(db, sql: "SELECT count(*), min(seq), max(seq) FROM temp.doomed")
        guard let found, found[0] as Int > 0 else { return report }
        report.events = found[0]
        report.range = (found[1] as Int64)...(found[2] as Int64)
        try count()
        try db.execute(
            sql: """
                INSERT INTO removed (source, record, line) SELECT source, record, line FROM event
                WHERE seq IN (SELECT seq FROM temp.doomed) AND source NOT IN (SELECT source FROM space)
                """)
        try db.execute(sql: "DELETE FROM decision WHERE event IN (SELECT seq FROM temp.doomed)")
        try db.execute(
            sql: """
                UPDATE refused SET existing = NULL
                    \(forgetting ? ", value = '', explanation = 'erased', text = NULL" : "")
                WHERE existing IN (SELECT seq FROM temp.doomed)
                """)
        if forgetting { report.refusals = db.changesCount }
        try db.execute(sql: "DELETE FROM event WHERE seq IN (SELECT seq FROM temp.doomed)")
        try db.execute(sql: "DELETE FROM temp.doomed")
        return report
    }

    /// Chooses the events that answer the decisions chosen, and those that answer the decisions among them.
    private func chooseAnswers() throws {
        try db.execute(
            sql: """
                WITH RECURSIVE gone(seq) AS (
                    SELECT seq FROM temp.doomed
                    UNION
                    SELECT answer.seq FROM gone
                        CROSS JOIN decision ON decision.event = gone.seq
                        CROSS JOIN event AS answer ON answer.space = ?1 AND answer.decision = decision.id
                )
                INSERT OR IGNORE INTO temp.doomed SELECT seq FROM gone
                """, arguments: [space])
    }

    private func count() throws {
        let chosen = "event WHERE seq IN (SELECT seq FROM temp.doomed)"
        var counts = Ledger()
        for row in try GRDB.Row.fetchAll(
            db, sql: "SELECT kind, pending, count(*) FROM \(chosen) GROUP BY kind, pending")
        {
            let count: Int = row[2]
            counts.removed += count
            if row[1] {
                counts.pending -= count
            } else {
                counts.kept -= count
                try db.execute(
                    sql: "UPDATE tally SET count = count - ? WHERE space = ? AND kind = ?",
                    arguments: [count, space, row[0] as String])
            }
        }
        try counts.add(to: space, in: db)
        for row in try GRDB.Row.fetchAll(db, sql: "SELECT source, count(*) FROM \(chosen) GROUP BY source") {
            try db.execute(
                sql: "UPDATE source SET removed = removed + ? WHERE id = ?",
                arguments: [row[1] as Int, row[0] as Int])
        }
    }
}

extension FeedbackStore {
    /// Removes the events of the space with these ids, and those that answer the decisions among them.
    ///
    /// A removed event may be sent again, and then counts anew; to import its file again does not bring it
    /// back.
    @discardableResult
    public func remove(ids: [String]) throws -> RemovalReport {
        try write { db in
            guard let space = try StoreSpace(space, in: db) else { return RemovalReport() }
            let remover = try EventRemover(db, space: space.number)
            for id in ids { try remover.choose("id = ?", [Data(id.utf8)]) }
            return try remover.remove()
        }
    }

    /// Removes the events of the space that arrived before a time (in seconds since 1970-01-01 UTC), and those
    /// that answer the decisions among them.
    ///
    /// It works in pieces, each a transaction, so that others write meanwhile.
    @discardableResult
    public func prune(before time: Double) throws -> RemovalReport {
        var report = RemovalReport()
        var first: Int64 = 0
        while let found = try firstEvent(before: time, from: first) {
            report += try write { db in
                guard let space = try StoreSpace(space, in: db) else { return RemovalReport() }
                let remover = try EventRemover(db, space: space.number)
                try remover.choose("seq >= ? AND arrived < ?", [found, time], limit: 10_000)
                return try remover.remove()
            }
            first = found
        }
        return report
    }

    /// The first event with at least this number that arrived before a time.
    private func firstEvent(before time: Double, from first: Int64) throws -> Int64? {
        try read { db in
            try Int64.fetchOne(
                db,
                sql:
                    "SELECT seq FROM event WHERE space = ? AND seq >= ? AND arrived < ? ORDER BY seq LIMIT 1",
                arguments: [try number(in: db), first, time])
        }
    }

    /// Removes a space with everything that was ever delivered to it.
    public func drop() throws {
        try write { db in
            guard let space = try StoreSpace(space, in: db)?.number else { return }
            try db.execute(sql: "UPDATE space SET source = NULL WHERE id = ?", arguments: [space])
            try db.execute(
                sql: "DELETE FROM removed WHERE source IN (SELECT id FROM source WHERE space = ?)",
                arguments: [space])
            try db.execute(sql: "UPDATE source SET parent = NULL WHERE space = ?", arguments: [space])
            for table in ["decision", "refused", "event", "content", "source", "ledger", "tally"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE space = ?", arguments: [space])
            }
            try db.execute(sql: "DELETE FROM space WHERE id = ?", arguments: [space])
        }
    }
}
