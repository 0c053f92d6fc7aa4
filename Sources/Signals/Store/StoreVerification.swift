import Foundation
import GRDB

extension FeedbackStore {
    /// Proves the ledger from the rows, and the rows from themselves.
    ///
    /// Checks the file's structure and references, counts again everything that the ledger and the sources
    /// count, and reads every event: that it is whole, sound, and in the columns what it says in its line.
    ///
    /// - Returns: what is wrong, in words; empty where nothing is.
    /// - Throws: `StoreError` where the store cannot be read at all.
    public func verify() throws -> [String] {
        var problems: [String] = []
        try read { db in
            let structure = try String.fetchAll(db, sql: "PRAGMA integrity_check")
            if structure != ["ok"] { problems += structure }
            let references = try GRDB.Row.fetchAll(db, sql: "PRAGMA foreign_key_check").count
            if references > 0 { problems.append("\(references) rows refer to rows that are not there") }

            for row in try GRDB.Row.fetchAll(db, sql: "SELECT id, name FROM space ORDER BY id") {
                let name = String(decoding: row[1] as Data, as: UTF8.self)
                problems += try Self.ledgerProblems(of: row[0], db).map { "space \(name): \($0)" }
            }
            problems += try Self.spaceProblems(db)
            problems += try Self.sourceProblems(db)
            problems += try Self.decisionProblems(db)
        }
        try problems += eventProblems()
        return problems
    }

    private static func ledgerProblems(of space: Int64, _ db: Database) throws -> [String] {
        var problems: [String] = []
        let ledger = try Ledger(of: space, in: db)
        let counted = try Ledger(counting: space, in: db)
        if !ledger.addsUp { problems.append("the ledger does not add up: \(ledger)") }
        if ledger != counted { problems.append("the ledger says \(ledger), the rows say \(counted)") }
        let misCounted = try String.fetchAll(
            db,
            sql: """
                SELECT kind FROM (
                    SELECT kind, count FROM tally WHERE space = ?1
                    UNION ALL SELECT kind, -count(*) FROM event WHERE space = ?1 AND pending = 0 GROUP BY kind)
                GROUP BY kind HAVING sum(count) <> 0
                """, arguments: [space])
        problems += misCounted.map { "the number of events of kind \($0) is not that of the rows" }
        return problems
    }

    /// Rows that stand in another space than their source, and numbers that would be given twice.
    private static func spaceProblems(_ db: Database) throws -> [String] {
        var problems: [String] = []
        for table in ["event", "refused", "content"] {
            let strayed =
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM \(table) JOIN source ON source.id = \(table).source
                        WHERE \(table).space <> source.space
                        """) ?? 0
            if strayed > 0 {
                problems.append("\(strayed) rows of \(table) are in another space than their source")
            }
        }
        let used = try Int64.fetchOne(db, sql: "SELECT max(seq) FROM event") ?? 0
        let given = try Int64.fetchOne(db, sql: "SELECT value FROM counter WHERE name = 'event'") ?? -1
        if used > given { problems.append("event \(used) has a number beyond \(given), the last one given") }
        return problems
    }

    private static func sourceProblems(_ db: Database) throws -> [String] {
        let rows = try GRDB.Row.fetchCursor(
            db,
            sql: """
                SELECT id, name, first, records, received, refused, removed,
                    (SELECT count(*) FROM event WHERE source = source.id),
                    (SELECT count(*) FROM refused WHERE source = source.id),
                    (SELECT count(DISTINCT record) FROM (
                        SELECT record FROM event WHERE source = source.id AND record > source.first
                        UNION ALL
                        SELECT record FROM refused WHERE source = source.id AND record > source.first
                        UNION ALL
                        SELECT record FROM removed WHERE source = source.id AND record > source.first)),
                    (SELECT max(record) FROM (
                        SELECT record FROM event WHERE source = source.id
                        UNION ALL SELECT record FROM refused WHERE source = source.id)),
                    EXISTS (SELECT 1 FROM space WHERE space.source = source.id)
                FROM source
                """)
        var problems: [String] = []
        while let row = try rows.next() {
            let first: Int = row[2]
            let records: Int = row[3]
            let received: Int = row[4]
            let refused: Int = row[5]
            let removed: Int = row[6]
            let name = "source \(row[0] as Int) (\(row[1] as String))"
            let stored: Int = row[7]
            let refusedRows: Int = row[8]
            if refused != refusedRows || received != stored + refusedRows + removed {
                problems.append(
                    "\(name) counts \(received) received, \(refused) refused and \(removed) removed; there are"
                        + " \(stored) events and \(refusedRows) refusals")
            }
            // What was appended has a record of its own each time, so that those removed need no row.
            let isAppended: Bool = row[11]
            let found: Int = row[9] + (isAppended ? removed : 0)
            if found != records - first || (row[10] ?? first) > max(records, first) {
                problems.append("\(name) has acknowledged \(records - first) records, \(found) are there")
            }
        }
        return problems
    }

    private static func decisionProblems(_ db: Database) throws -> [String] {
        let decisions = try Int.fetchOne(db, sql: "SELECT count(*) FROM event WHERE kind = 'decision'") ?? 0
        let known = try Int.fetchOne(db, sql: "SELECT count(*) FROM decision") ?? 0
        // An event that waits is one whose decision is not there or waits itself, and the other way round.
        let misplaced =
            try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM event WHERE decision IS NOT NULL AND pending = EXISTS (
                        SELECT 1 FROM decision JOIN event AS cause ON cause.seq = decision.event
                        WHERE decision.space = event.space AND decision.id = event.decision
                            AND cause.pending = 0)
                    """) ?? 0
        var problems: [String] = []
        if decisions != known {
            problems.append("\(known) decisions are known by their id, \(decisions) are there")
        }
        if misplaced > 0 {
            problems.append("\(misplaced) events wait for a decision that is there, or count without it")
        }
        return problems
    }

    /// Reads every event and compares its columns with its line.
    private func eventProblems() throws -> [String] {
        var problems: [String] = []
        try read { db in
            let rows = try GRDB.Row.fetchCursor(
                db, sql: "SELECT seq, kind, id, judge, time, decision, payload FROM event ORDER BY seq")
            while problems.count < 20, let row = try rows.next() {
                let sequence: Int64 = row[0]
                do {
                    let column = Delivery.Row(try event(in: row, at: 6, sequence: sequence))
                    if column.kind.rawValue != row[1] || column.id != row[2] || column.judge != row[3]
                        || column.time != row[4] || column.answers != row[5]
                    {
                        problems.append(
                            "event \(sequence) says something else in its columns than in its line")
                    }
                } catch let error as StoreError {
                    problems.append(error.what)
                }
            }
        }
        return problems
    }
}

extension Ledger {
    /// Counts the rows of a space.
    fileprivate init(counting space: Int64, in db: Database) throws {
        self.init()
        func count(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql, arguments: [space]) ?? 0 }
        pending = try count("SELECT count(*) FROM event WHERE space = ? AND pending = 1")
        kept = try count("SELECT count(*) FROM event WHERE space = ? AND pending = 0")
        removed = try count("SELECT sum(removed) FROM source WHERE space = ?")
        received = try count("SELECT sum(received) FROM source WHERE space = ?")
        let rows = try GRDB.Row.fetchCursor(
            db, sql: "SELECT reason, count(*) FROM refused WHERE space = ? GROUP BY reason",
            arguments: [space])
        while let row = try rows.next() {
            if let reason = Refusal.Reason(rawValue: row[0]) { refused[reason] = row[1] }
        }
    }
}
