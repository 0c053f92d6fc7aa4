import Foundation
import Postgres
import Signals

extension PostgresServiceStore {
    public func verify() throws -> [String] {
        try read { connection in
            // What reads everything reads it through.
            try connection.execute("SET LOCAL enable_seqscan = on")
            var problems = try Self.ledgerProblems(connection)
            problems += try Self.tallyProblems(connection)
            problems += try Self.decisionProblems(connection)
            problems += try eventProblems(connection)
            return problems
        }
    }

    private static func ledgerProblems(_ connection: PostgresConnection) throws -> [String] {
        let rows = try connection.query(
            """
            SELECT s.name, s.last, coalesce(e.last, 0), \(ledgerColumns.split(separator: " ").map { "s.\($0)" }.joined()),
                coalesce(e.kept, 0), coalesce(e.pending, 0),
                coalesce(r.malformed, 0), coalesce(r.duplicate, 0), coalesce(r.conflict, 0)
            FROM heed.space AS s
            LEFT JOIN (
                SELECT space, max(seq) AS last, count(*) FILTER (WHERE NOT pending) AS kept,
                    count(*) FILTER (WHERE pending) AS pending
                FROM heed.event GROUP BY space
            ) AS e ON e.space = s.id
            LEFT JOIN (
                SELECT space, count(*) FILTER (WHERE reason = 'malformed') AS malformed,
                    count(*) FILTER (WHERE reason = 'duplicate') AS duplicate,
                    count(*) FILTER (WHERE reason = 'conflict') AS conflict
                FROM heed.refused GROUP BY space
            ) AS r ON r.space = s.id
            ORDER BY s.name
            """)
        var problems: [String] = []
        for row in 0..<rows.count {
            let name = try rows.text(row, 0)
            let ledger = try ledger(rows, row, from: 3)
            var counted = ledger
            counted.kept = Int(try rows.int(row, 10))
            counted.pending = Int(try rows.int(row, 11))
            counted.refused = [:]
            for (reason, column) in [(Refusal.Reason.malformed, 12), (.duplicate, 13), (.conflict, 14)] {
                let count = Int(try rows.int(row, column))
                if count > 0 { counted.refused[reason] = count }
            }
            if !ledger.addsUp { problems.append("space \(name): the ledger does not add up: \(ledger)") }
            if ledger != counted {
                problems.append("space \(name): the ledger says \(ledger), the rows say \(counted)")
            }
            if try rows.int(row, 1) < rows.int(row, 2) {
                problems.append("space \(name): the next event would get a number that another one has")
            }
        }
        let strays = try connection.query(
            """
            SELECT (SELECT count(*) FROM heed.event WHERE space NOT IN (SELECT id FROM heed.space))
                + (SELECT count(*) FROM heed.refused WHERE space NOT IN (SELECT id FROM heed.space))
            """
        ).int(0, 0)
        if strays > 0 { problems.append("\(strays) rows belong to a space that is not there") }
        return problems
    }

    private static func tallyProblems(_ connection: PostgresConnection) throws -> [String] {
        let rows = try connection.query(
            """
            SELECT s.name, kind, coalesce(t.kept, 0), coalesce(e.kept, 0)
            FROM (SELECT * FROM heed.tally WHERE kept <> 0) AS t
            FULL JOIN (
                SELECT space, kind, count(*) AS kept FROM heed.event WHERE NOT pending GROUP BY space, kind
            ) AS e USING (space, kind)
            LEFT JOIN heed.space AS s ON s.id = space
            WHERE coalesce(t.kept, 0) <> coalesce(e.kept, 0) ORDER BY 1, 2
            """)
        return try (0..<rows.count).map { row in
            let counted = "\(try rows.int(row, 2)) are counted, \(try rows.int(row, 3)) are there"
            return "space \(try rows.text(row, 0)): of the kind \(try rows.text(row, 1)) \(counted)"
        }
    }

    /// An event that waits is one whose decision is not there or waits itself, and the other way round.
    private static func decisionProblems(_ connection: PostgresConnection) throws -> [String] {
        let misplaced = try connection.query(
            """
            SELECT count(*) FROM heed.event AS e
            LEFT JOIN (SELECT space, decides, pending FROM heed.event WHERE decides IS NOT NULL) AS cause
                ON cause.space = e.space AND cause.decides = e.answers
            WHERE e.pending <> (e.answers IS NOT NULL AND coalesce(cause.pending, true))
            """
        ).int(0, 0)
        return misplaced == 0
            ? [] : ["\(misplaced) events wait for a decision that is there, or count without it"]
    }

    /// Reads every event and compares its columns with its line.
    private func eventProblems(_ connection: PostgresConnection) throws -> [String] {
        var problems: [String] = []
        try connection.execute(
            """
            DECLARE proof NO SCROLL CURSOR FOR
            SELECT seq, kind, id, judge, time, answers, decides, payload FROM heed.event
            """)
        var rows: PostgresResult
        repeat {
            rows = try connection.query("FETCH 2000 FROM proof")
            for row in 0..<rows.count where problems.count < 20 {
                let sequence = try rows.int(row, 0)
                do {
                    let says = EventRow(try parsed(rows, row, 7, sequence: sequence))
                    let isSame =
                        try says.kind.rawValue == rows.text(row, 1) && says.id == rows.bytes(row, 2)
                        && says.judge == rows.bytes(row, 3) && says.time == rows.double(row, 4)
                        && says.answers == rows.bytes(row, 5) && says.decides == rows.bytes(row, 6)
                    if !isSame {
                        problems.append(
                            "event \(sequence) says something else in its columns than in its line")
                    }
                } catch let error as StoreError {
                    problems.append(error.what)
                }
            }
        } while rows.count == 2000 && problems.count < 20
        return problems
    }
}
