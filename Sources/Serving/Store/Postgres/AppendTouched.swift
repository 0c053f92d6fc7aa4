import Foundation
import Postgres
import Signals

/// The names that the pieces of a call mention, by space, and how what the store has of them is found.
struct Touched {
    private var ids: [Set<[UInt8]>]
    private var decides: [Set<[UInt8]>]
    private var answers: [Set<[UInt8]>]

    /// - Parameter count: how many spaces there are.
    init(count: Int) {
        ids = Array(repeating: [], count: count)
        decides = ids
        answers = ids
    }

    mutating func add(_ entries: [AppendEntry], _ place: Int) {
        for case .event(let row) in entries {
            if let id = row.id { ids[place].insert(id) }
            if let decision = row.decides { decides[place].insert(decision) }
            if let decision = row.answers { answers[place].insert(decision) }
        }
    }

    /// Gives each plan what the store has, in at most three statements.
    func load(into plans: inout [AppendPlan], _ connection: PostgresConnection) throws {
        let spaces = plans.map(\.space)
        let ids = Wanted(ids, spaces)
        try ids.find("id", connection) { plans[$0].ids[$1] = $2 }
        let decisions = Wanted(zip(decides, answers).map { $0.union($1) }, spaces)
        try decisions.find("decides", connection) { plans[$0].decisions[$1] = $2 }
        let fresh = Wanted(
            decides.indices.map { place in decides[place].filter { plans[place].decisions[$0] == nil } },
            spaces)
        try fresh.findWaiting(connection) { plans[$0].waiting[$1, default: []].append($2) }
    }
}

/// Names to look up, each in a space, as the arrays that are bound to a statement.
private struct Wanted {
    private var names: [[UInt8]] = []
    private var places: [Int] = []
    private var spaces: [Int32] = []

    init(_ wanted: [Set<[UInt8]>], _ spaces: [Int32]) {
        for (place, set) in wanted.enumerated() {
            for name in set {
                names.append(name)
                places.append(place)
                self.spaces.append(spaces[place])
            }
        }
    }

    /// Finds the events that have these names in a column.
    func find(
        _ column: String, _ connection: PostgresConnection, _ body: (Int, [UInt8], AppendPlan.Known) -> Void
    ) throws {
        if names.isEmpty { return }
        let rows = try connection.prepared(
            """
            SELECT w.n, e.seq, e.pending, e.payload
            FROM unnest($1::int4[], $2::bytea[]) WITH ORDINALITY AS w(space, name, n)
            CROSS JOIN LATERAL (
                SELECT seq, pending, payload FROM heed.event AS e
                WHERE e.space = w.space AND e.\(column) IS NOT NULL
                    AND \(PostgresSchema.key("e.\(column)")) = \(PostgresSchema.key("w.name")) LIMIT 1
            ) AS e
            """, [.int32s(spaces), .byteStrings(names)])
        for row in 0..<rows.count {
            let at = Int(try rows.int(row, 0)) - 1
            guard names.indices.contains(at) else { continue }
            let known = AppendPlan.Known(
                sequence: try rows.int(row, 1), payload: try rows.bytes(row, 3) ?? [],
                isPending: try rows.bool(row, 2))
            body(places[at], names[at], known)
        }
    }

    /// Finds the events that wait for these decisions, and those that wait for the decisions among them.
    func findWaiting(
        _ connection: PostgresConnection, _ body: (Int, [UInt8], AppendPlan.Waiting) -> Void
    ) throws {
        if names.isEmpty { return }
        let waits = { (cause: String) in
            """
            CROSS JOIN LATERAL (
                SELECT seq, kind, answers, decides FROM heed.event AS e
                WHERE e.space = w.space AND e.answers IS NOT NULL AND e.pending
                    AND \(PostgresSchema.key("e.answers")) = \(PostgresSchema.key(cause)) OFFSET 0
            ) AS e
            """
        }
        let rows = try connection.prepared(
            """
            WITH RECURSIVE found AS (
                SELECT w.space, w.n, e.seq, e.kind, e.answers, e.decides
                FROM unnest($1::int4[], $2::bytea[]) WITH ORDINALITY AS w(space, name, n) \(waits("w.name"))
                UNION
                SELECT w.space, w.n, e.seq, e.kind, e.answers, e.decides
                FROM (SELECT * FROM found WHERE decides IS NOT NULL) AS w \(waits("w.decides"))
            )
            SELECT DISTINCT ON (space, seq) n, seq, kind, answers, decides FROM found ORDER BY space, seq
            """, [.int32s(spaces), .byteStrings(names)])
        for row in 0..<rows.count {
            let at = Int(try rows.int(row, 0)) - 1
            guard names.indices.contains(at), let kind = Feedback.Kind(rawValue: try rows.text(row, 2)) else {
                throw PostgresError(.unexpected, "an event that waits is of a kind that is not known")
            }
            let event = AppendPlan.Waiting(
                sequence: try rows.int(row, 1), kind: kind, decides: try rows.bytes(row, 4))
            body(places[at], try rows.bytes(row, 3) ?? [], event)
        }
    }
}
