import Foundation
import Postgres
import Signals

extension PostgresServiceStore {
    public func append(_ submissions: [Submission]) throws -> [AppendResult] {
        if submissions.isEmpty { return [] }
        let now = Date().timeIntervalSince1970
        let prepared = submissions.map { submission in
            (
                name: Array(submission.space.utf8),
                entries: submission.entries.map { AppendEntry($0, stamp: submission.stamp) },
                arrived: submission.arrived ?? now
            )
        }
        let named = prepared.filter { !$0.entries.isEmpty }.map(\.name)
        if named.isEmpty { return submissions.map { _ in AppendResult() } }
        return try transact(submissions.map { PostgresLock.space($0.space) }) { connection in
            var spaces: [[UInt8]: Int] = [:]
            var plans = try Self.spaces(named, connection).map { name, plan in
                spaces[name] = spaces.count
                return plan
            }
            var touched = Touched(count: plans.count)
            for submission in prepared {
                guard let place = spaces[submission.name] else { continue }
                touched.add(submission.entries, place)
            }
            try touched.load(into: &plans, connection)
            let results = prepared.map { submission in
                spaces[submission.name].map { plans[$0].add(submission.entries, arrived: submission.arrived) }
                    ?? AppendResult()
            }
            try Self.write(plans, connection)
            return results
        }
    }

    /// The spaces of these names as they stand, made where they are not known.
    private static func spaces(
        _ names: [[UInt8]], _ connection: PostgresConnection
    ) throws -> [([UInt8], AppendPlan)] {
        var names = Array(Set(names))
        var found: [([UInt8], AppendPlan)] = []
        var isAdded = false
        while true {
            let rows = try connection.prepared(
                """
                SELECT s.name, s.id, s.last, s.received FROM unnest($1::bytea[]) AS w(name)
                JOIN heed.space AS s ON \(PostgresSchema.key("s.name")) = \(PostgresSchema.key("w.name"))
                """, [.byteStrings(names)])
            for row in 0..<rows.count {
                let plan = AppendPlan(
                    space: Int32(truncatingIfNeeded: try rows.int(row, 1)), last: try rows.int(row, 2),
                    received: try rows.int(row, 3))
                found.append((try rows.bytes(row, 0) ?? [], plan))
            }
            let known = Set(found.map(\.0))
            let missing = names.filter { !known.contains($0) }
            if missing.isEmpty { return found }
            guard !isAdded else {
                throw PostgresError(.unexpected, "the server does not find a space that it was told to add")
            }
            try connection.prepared(
                "INSERT INTO heed.space (name) SELECT unnest($1::bytea[])", [.byteStrings(missing)])
            names = missing
            isAdded = true
        }
    }

    private static func write(_ plans: [AppendPlan], _ connection: PostgresConnection) throws {
        var events = PostgresRows(capacity: plans.reduce(0) { $0 + $1.additions.count } * 256)
        var refused = PostgresRows()
        for plan in plans {
            for addition in plan.additions { events.append(addition, space: plan.space) }
            for refusal in plan.refusals { refused.append(refusal, space: plan.space) }
        }
        if events.count > 0 {
            try connection.copy(
                events,
                into:
                    "heed.event (seq, record, arrived, time, space, pending, kind, id, judge, answers, decides, payload)"
            )
        }
        if refused.count > 0 {
            try connection.copy(
                refused,
                into: """
                    heed.refused (space, record, arrived, existing, "column", reason, field, value, explanation, judge, text)
                    """)
        }
        let settled = plans.flatMap { plan in plan.settled.map { (plan.space, $0) } }
        if !settled.isEmpty {
            try connection.prepared(
                """
                UPDATE heed.event AS e SET pending = false FROM unnest($1::int4[], $2::int8[]) AS w(space, seq)
                WHERE e.space = w.space AND e.seq = w.seq
                """, [.int32s(settled.map(\.0)), .ints(settled.map(\.1))])
        }
        try count(plans, connection)
    }

    /// Adds to the ledgers and tallies.
    private static func count(_ plans: [AppendPlan], _ connection: PostgresConnection) throws {
        func each(_ value: (Ledger) -> Int) -> PostgresValue { .ints(plans.map { Int64(value($0.ledger)) }) }
        try connection.prepared(
            """
            UPDATE heed.space AS s SET last = w.last, received = s.received + w.received, kept = s.kept + w.kept,
                pending = s.pending + w.pending, malformed = s.malformed + w.malformed,
                duplicate = s.duplicate + w.duplicate, conflict = s.conflict + w.conflict
            FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int8[])
                AS w(id, last, received, kept, pending, malformed, duplicate, conflict)
            WHERE s.id = w.id
            """,
            [
                .int32s(plans.map(\.space)), .ints(plans.map(\.last)), each(\.received), each(\.kept),
                each(\.pending),
                each { $0.refused[.malformed] ?? 0 }, each { $0.refused[.duplicate] ?? 0 },
                each { $0.refused[.conflict] ?? 0 },
            ])
        let tallies = plans.flatMap { plan in
            plan.tally.map { (plan.space, $0.key.rawValue, Int64($0.value)) }
        }
        if tallies.isEmpty { return }
        try connection.prepared(
            """
            INSERT INTO heed.tally (space, kind, kept) SELECT * FROM unnest($1::int4[], $2::text[], $3::int8[])
            ON CONFLICT (space, kind) DO UPDATE SET kept = heed.tally.kept + excluded.kept
            """, [.int32s(tallies.map(\.0)), .texts(tallies.map(\.1)), .ints(tallies.map(\.2))])
    }
}

extension PostgresRows {
    fileprivate mutating func append(_ addition: AppendPlan.Addition, space: Int32) {
        beginRow(12)
        append(addition.sequence)
        append(addition.record)
        append(addition.arrived)
        append(addition.row.time)
        append(space)
        append(addition.isPending)
        append(addition.row.kind.rawValue)
        append(addition.row.id)
        append(addition.row.judge)
        append(addition.row.answers)
        append(addition.row.decides)
        append(addition.row.payload)
    }

    fileprivate mutating func append(_ refusal: AppendPlan.Refused, space: Int32) {
        beginRow(11)
        append(space)
        append(refusal.record)
        append(refusal.arrived)
        append(refusal.existing)
        append(Int32(clamping: refusal.column))
        append(refusal.reason.rawValue)
        append(refusal.field.map { Array($0.utf8) })
        append(refusal.value)
        append(Array(refusal.explanation.utf8))
        append(refusal.judge)
        append(refusal.text)
    }
}
