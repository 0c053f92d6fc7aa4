import Foundation
import Postgres
import Signals

extension PostgresServiceStore {
    public func remove(_ space: String, ids: [String]) throws -> Removal {
        try remove(from: [space]) { connection, space in
            let names = PostgresValue.byteStrings(ids.map { Array($0.utf8) })
            return try Self.delete(
                """
                SELECT e.seq, e.decides FROM unnest($2::bytea[]) AS w(id) CROSS JOIN LATERAL (
                    SELECT seq, decides FROM heed.event AS e
                    WHERE e.space = $1 AND e.id IS NOT NULL
                        AND \(PostgresSchema.key("e.id")) = \(PostgresSchema.key("w.id")) LIMIT 1
                ) AS e
                """, space, [names], connection)
        }.first ?? Removal(space: space)
    }

    public func erase(judge: String, from spaces: [String]?) throws -> [Removal] {
        let spaces = try spaces ?? self.spaces()
        let name = Array(judge.utf8)
        let traces = JudgeTraces(of: judge)
        let removals = try remove(from: spaces) { connection, space in
            let removal = try Self.delete(
                """
                SELECT seq, decides FROM heed.event WHERE space = $1 AND judge = $2
                    AND \(PostgresSchema.key("judge")) = \(PostgresSchema.key("$2"))
                """, space, [.bytes(name)], connection)
            // What was refused stays counted; what it said goes, also where it could not be read as an event.
            let refused = try connection.prepared(
                """
                UPDATE heed.refused SET judge = NULL, text = NULL, field = NULL, value = '', explanation = 'erased'
                WHERE space = $1 AND (judge = $2 OR record = ANY ($3))
                """,
                [.int32(space), .bytes(name), .ints(try Self.refusals(space, telling: traces, connection))])
            if removal.events > 0 || refused.changed > 0 {
                try connection.execute("UPDATE heed.meta SET erased = erased + 1")
            }
            return removal
        }
        try scrub()
        return removals
    }

    public func prune(_ space: String, before: Double) throws -> Removal {
        // PostgreSQL holds what is not a number for the greatest of all.
        if before.isNaN { return Removal(space: space) }
        var removal = Removal(space: space)
        var first: Int64 = 0
        while true {
            let piece = try removeSome(space, before: before, from: first)
            guard let range = piece.range else { return removal }
            removal.events += piece.events
            removal.range =
                removal.range.map {
                    min($0.lowerBound, range.lowerBound)...max($0.upperBound, range.upperBound)
                } ?? range
            first = range.lowerBound
        }
    }

    /// Removes the first ten thousand of a space's events that arrived before a time, so that others write meanwhile.
    private func removeSome(_ space: String, before: Double, from first: Int64) throws -> Removal {
        let values = [PostgresValue.double(before), .int(first)]
        return try remove(from: [space]) { connection, space in
            try connection.prepared(
                "UPDATE heed.refused SET text = NULL WHERE space = $1 AND text IS NOT NULL AND arrived < $2",
                [.int32(space), values[0]])
            return try Self.delete(
                """
                (SELECT seq, decides FROM heed.event WHERE space = $1 AND arrived < $2 AND seq >= $3
                ORDER BY seq LIMIT 10000)
                """, space, values, connection)
        }.first ?? Removal(space: space)
    }

    /// The refusals whose text shows a judge.
    private static func refusals(
        _ space: Int32, telling traces: JudgeTraces, _ connection: PostgresConnection
    ) throws -> [Int64] {
        try connection.query(
            """
            DECLARE refusals NO SCROLL CURSOR FOR
            SELECT record, value, text FROM heed.refused WHERE space = $1 AND text IS NOT NULL
            """, [.int32(space)])
        var found: [Int64] = []
        var rows: PostgresResult
        repeat {
            rows = try connection.query("FETCH 500 FROM refusals")
            for row in 0..<rows.count where try traces.are(in: rows.text(row, 2), value: rows.text(row, 1)) {
                found.append(try rows.int(row, 0))
            }
        } while rows.count == 500
        try connection.execute("CLOSE refusals")
        return found
    }

    public func drop(_ space: String) throws {
        try transact([PostgresLock.space(space)]) { connection in
            guard let number = try Self.number(of: space, connection) else { return }
            for table in ["event WHERE space", "refused WHERE space", "tally WHERE space", "space WHERE id"] {
                try connection.prepared("DELETE FROM heed.\(table) = $1", [.int32(number)])
            }
        }
    }

    /// Removes events from spaces in one transaction.
    private func remove(
        from spaces: [String], _ body: (PostgresConnection, Int32) throws -> Removal
    ) throws -> [Removal] {
        if spaces.isEmpty { return [] }
        return try transact(spaces.map { PostgresLock.space($0) }) { connection in
            try spaces.map { name in
                guard let number = try Self.number(of: name, connection) else { return Removal(space: name) }
                var removal = try body(connection, number)
                removal.space = name
                return removal
            }
        }
    }

    /// Deletes the events of a query with all that answers the decisions among them, and counts them.
    ///
    /// - Parameter query: gives their `seq` and `decides`; `$1` is the space, `$2`… are the values.
    private static func delete(
        _ query: String, _ space: Int32, _ values: [PostgresValue], _ connection: PostgresConnection
    ) throws -> Removal {
        let rows = try connection.prepared(
            """
            WITH RECURSIVE gone AS (
                \(query)
                UNION
                SELECT e.seq, e.decides FROM (SELECT decides FROM gone WHERE decides IS NOT NULL) AS g
                CROSS JOIN LATERAL (
                    SELECT seq, decides FROM heed.event AS e
                    WHERE e.space = $1 AND e.answers IS NOT NULL
                        AND \(PostgresSchema.key("e.answers")) = \(PostgresSchema.key("g.decides")) OFFSET 0
                ) AS e
            ), deleted AS (
                DELETE FROM heed.event AS e USING gone WHERE e.space = $1 AND e.seq = gone.seq
                RETURNING e.seq, e.pending, e.kind
            ), untold AS (
                UPDATE heed.refused AS r SET text = NULL, value = ''
                FROM gone WHERE r.space = $1 AND r.existing = gone.seq
            ), told AS (
                UPDATE heed.tally AS t SET kept = t.kept - d.kept
                FROM (SELECT kind, count(*) AS kept FROM deleted WHERE NOT pending GROUP BY kind) AS d
                WHERE t.space = $1 AND t.kind = d.kind
            )
            SELECT count(*), count(*) FILTER (WHERE pending), coalesce(min(seq), 0), coalesce(max(seq), 0) FROM deleted
            """, [.int32(space)] + values)
        let events = try rows.int(0, 0)
        if events == 0 { return Removal(space: "") }
        let pending = try rows.int(0, 1)
        try connection.prepared(
            """
            UPDATE heed.space SET removed = removed + $2, pending = pending - $3, kept = kept - ($2 - $3) WHERE id = $1
            """, [.int32(space), .int(events), .int(pending)])
        let first = try rows.int(0, 2)
        return Removal(space: "", events: Int(events), range: first...max(first, try rows.int(0, 3)))
    }

    /// Writes the tables anew without what was erased: a deleted row's bytes stay in PostgreSQL's files until then.
    ///
    /// Two counts in the database make sure that it is done, by the next call if not by this one.
    private func scrub() throws {
        try patiently { connection in
            let counts = try connection.query("SELECT erased, scrubbed FROM heed.meta")
            let erased = try counts.int(0, 0)
            guard try erased > counts.int(0, 1) else { return }
            try awaitReaders(connection)
            try connection.execute("SET lock_timeout = '60s'")
            defer { _ = try? connection.execute("SET lock_timeout = '10s'") }
            try connection.execute("VACUUM (FULL) heed.event")
            try connection.execute("VACUUM (FULL) heed.refused")
            try connection.query("UPDATE heed.meta SET scrubbed = greatest(scrubbed, $1)", [.int(erased)])
        }
    }

    /// Waits until every transaction that is under way is over: PostgreSQL writes rows anew that one of them may still see.
    private func awaitReaders(_ connection: PostgresConnection) throws {
        let underWay = """
            SELECT virtualtransaction FROM pg_locks JOIN pg_stat_activity AS other USING (pid)
            WHERE locktype = 'virtualxid' AND datname = current_database() AND usesysid IS NOT NULL
                AND pid <> pg_backend_pid()
            """
        let rows = try connection.query(underWay)
        let waited = PostgresValue.texts(try (0..<rows.count).map { try rows.text($0, 0) })
        let deadline = Date(timeIntervalSinceNow: patience)
        while try connection.query("\(underWay) AND virtualtransaction = ANY ($1)", [waited]).count > 0 {
            guard Date() < deadline else {
                throw StoreError(
                    .busy, path: path,
                    what:
                        "the rows were removed, but a transaction that began before keeps them in the database's files",
                    advice: "Run this again when it is done, which completes it")
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
    }

    private static func number(of space: String, _ connection: PostgresConnection) throws -> Int32? {
        let rows = try connection.prepared(
            "SELECT id FROM heed.space WHERE id = \(Self.number)", [.bytes(Array(space.utf8))])
        return rows.count == 0 ? nil : Int32(truncatingIfNeeded: try rows.int(0, 0))
    }
}
