import Foundation
import GRDB

/// A space of a store, found by its name within a transaction.
struct StoreSpace {
    /// Its number.
    var number: Int64
    /// The source that `append` delivers under.
    var source: Int

    /// Finds a space; `nil` where there is none.
    init?(_ name: String, in db: Database) throws {
        let row = try GRDB.Row.fetchOne(
            db.cachedStatement(sql: "SELECT id, source FROM space WHERE name = ?"),
            arguments: [Data(name.utf8)])
        guard let row else { return nil }
        number = row[0]
        source = row[1]
    }

    /// Finds a space, or makes it.
    init(making name: String, in db: Database) throws {
        if let found = try StoreSpace(name, in: db) {
            self = found
            return
        }
        try db.execute(sql: "INSERT INTO space (name) VALUES (?)", arguments: [Data(name.utf8)])
        number = db.lastInsertedRowID
        try db.execute(
            sql: """
                INSERT INTO source (name, started, first, records, finished, space)
                VALUES ('append', 0, 0, 0, 1, ?)
                """, arguments: [number])
        source = Int(db.lastInsertedRowID)
        try db.execute(sql: "UPDATE space SET source = ? WHERE id = ?", arguments: [source, number])
        for entry in Ledger.entries {
            try db.execute(
                sql: "INSERT INTO ledger (space, entry, count) VALUES (?, ?, 0)", arguments: [number, entry])
        }
    }
}

/// A space of a store, and how much is in it.
public struct SpaceSummary: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// What was delivered to it, and what became of that.
    public var ledger: Ledger
}

extension FeedbackStore {
    /// The store's spaces, in the order in which they were made.
    public func spaces() throws -> [SpaceSummary] {
        try read { db in
            let rows = try GRDB.Row.fetchAll(db, sql: "SELECT id, name FROM space ORDER BY id")
            return try rows.map { row in
                SpaceSummary(
                    name: String(decoding: row[1] as Data, as: UTF8.self),
                    ledger: try Ledger(of: row[0], in: db))
            }
        }
    }

    /// The number of this space; 0, which no space has, where it is not made yet.
    func number(in db: Database) throws -> Int64 { try StoreSpace(space, in: db)?.number ?? 0 }
}
