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

            let ledger = try Ledger(in: db)
            let counted = try Ledger(counting: db)
            if !ledger.addsUp { problems.append("the ledger does not add up: \(ledger)") }
            if ledger != counted { problems.append("the ledger says \(ledger), the rows say \(counted)") }
            problems += try Self.sourceProblems(db)
            problems += try Self.decisionProblems(db)
        }
        try problems += eventProblems()
        return problems
    }

    private static func sourceProblems(_ db: Database) throws -> [String] {
        let rows = try GRDB.Row.fetchCursor(
            db,
            sql: """
                SELECT id, name, first, records, received, refused,
                    (SELECT count(*) FROM event WHERE source = source.id),
                    (SELECT count(*) FROM refused WHERE source = source.id),
                    (SELECT count(DISTINCT record) FROM (
                        SELECT record FROM event WHERE source = source.id AND record > source.first
                        UNION ALL
                        SELECT record FROM refused WHERE source = source.id AND record > source.first)),
                    (SELECT max(record) FROM (
                        SELECT record FROM event WHERE source = source.id
                        UNION ALL SELECT record FROM refused WHERE source = source.id))
                FROM source
                """)
        var problems: [String] = []
        while let row = try rows.next() {
            let first: Int = row[2]
            let records: Int = row[3]
            let received: Int = row[4]
            let refused: Int = row[5]
            let name = "source \(row[0] as Int) (\(row[1] as String))"
            let stored: Int = row[6]
            let refusedRows: Int = row[7]
            if refused != refusedRows || received != stored + refusedRows {
                problems.append(
                    "\(name) counts \(received) received and \(refused) refused; there are \(stored) events"
                        + " and \(refusedRows) refusals")
            }
            if row[8] != records - first || (row[9] ?? first) > max(records, first) {
                problems.append(
                    "\(name) has acknowledged \(records - first) records, \(row[8] as Int) are there")
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
                        WHERE decision.id = event.decision AND cause.pending = 0)
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
    /// Counts the rows.
    fileprivate init(counting db: Database) throws {
        self.init()
        pending = try Int.fetchOne(db, sql: "SELECT count(*) FROM event WHERE pending = 1") ?? 0
        kept = try Int.fetchOne(db, sql: "SELECT count(*) FROM event WHERE pending = 0") ?? 0
        let rows = try GRDB.Row.fetchCursor(db, sql: "SELECT reason, count(*) FROM refused GROUP BY reason")
        while let row = try rows.next() {
            if let reason = Refusal.Reason(rawValue: row[0]) { refused[reason] = row[1] }
        }
        received = try Int.fetchOne(db, sql: "SELECT sum(received) FROM source") ?? 0
    }
}
