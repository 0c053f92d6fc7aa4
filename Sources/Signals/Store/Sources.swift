import Foundation
import GRDB

/// A source that feedback was imported from.
public struct Source: Sendable, Hashable {
    /// Its number in the store; 1 is what `FeedbackStore.append` delivers.
    public var number: Int
    /// The name under which it was first imported.
    public var name: String
    /// When its import first began, in seconds since 1970-01-01 UTC.
    public var started: Double
    /// How many of its records are acknowledged: what an import that goes on skips.
    public var records: Int
    /// How many deliveries it counts for in the ledger.
    public var received: Int
    /// How many of them were refused.
    public var refused: Int
    /// How many of its events were removed.
    public var removed: Int
    /// Whether all of it is acknowledged.
    public var isFinished: Bool
}

extension FeedbackStore {
    /// The sources, in the order of their first import.
    public func sources() throws -> [Source] {
        try read { db in
            try GRDB.Row.fetchAll(
                db,
                sql: """
                    SELECT id, name, started, records, received, refused, removed, finished FROM source
                    WHERE space = ? ORDER BY id
                    """, arguments: [try number(in: db)]
            ).map { row in
                Source(
                    number: row[0], name: row[1], started: row[2], records: row[3], received: row[4],
                    refused: row[5], removed: row[6], isFinished: row[7])
            }
        }
    }

    /// Begins the fingerprint of a source that may be imported.
    public func fingerprinting() throws -> SourceHasher {
        let lengths = try read { db in
            try Int.fetchAll(
                db, sql: "SELECT DISTINCT bytes FROM content WHERE space = ?", arguments: [try number(in: db)]
            )
        }
        return SourceHasher(lengths: lengths)
    }
}

extension FeedbackStore {
    /// Whether all of a source is acknowledged, so that to import it changes nothing.
    public func isImported(_ content: SourceFingerprint) throws -> Bool {
        try read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT finished FROM content JOIN source ON source.id = content.source
                    WHERE content.space = ? AND bytes = ? AND digest = ?
                    """, arguments: [try number(in: db), content.bytes, Data(content.digest)]) ?? false
        }
    }
}

/// Where the import of a source begins.
struct ImportStart: Sendable {
    /// The number of the space.
    var space: Int64
    /// How the source relates to what the store has.
    var relation: ImportReport.Relation
    /// The source's number.
    var source: Int
    /// How many records are acknowledged already.
    var records: Int
    /// The source that delivered the last of them.
    var origin: Int
    /// Whether the content is the longest known of its source.
    var isLatest = true
}

extension ImportStart {
    /// Finds a source by its content, or registers it.
    init(_ content: SourceFingerprint, name: String, path: String, space: Int64, in db: Database) throws {
        let hashed = Set(content.beginnings.map(\.bytes))
        let lengths = try Int.fetchSet(
            db, sql: "SELECT bytes FROM content WHERE space = ? AND bytes > 0 AND bytes <= ?",
            arguments: [space, content.bytes])
        if !lengths.isSubset(of: hashed) { throw StoreError.contested(path, name) }

        let whole = SourceFingerprint.Beginning(bytes: content.bytes, digest: content.digest)
        let candidates = [whole] + content.beginnings.reversed()
        for candidate in candidates {
            guard let known = try Known(candidate, space: space, in: db) else { continue }
            if candidate == whole {
                self.init(
                    space: space, relation: known.isFinished ? .known : .resumed, source: known.source,
                    records: known.records, origin: known.source, isLatest: known.isLatest)
            } else if known.isLatest {
                try db.execute(sql: "UPDATE source SET finished = 0 WHERE id = ?", arguments: [known.source])
                try content.register(source: known.source, space: space, in: db)
                self.init(
                    space: space, relation: .grown, source: known.source, records: known.records,
                    origin: known.source)
            } else {
                guard known.isFinished else { throw StoreError.unfinished(path, try known.name(in: db)) }
                let records = try known.records(upTo: candidate, in: db)
                let source = try content.registerSource(
                    name, space: space, parent: known.source, records: records, in: db)
                self.init(
                    space: space, relation: .grown, source: source, records: records, origin: known.source)
            }
            return
        }
        let source = try content.registerSource(name, space: space, parent: nil, records: 0, in: db)
        self.init(space: space, relation: .new, source: source, records: 0, origin: source)
    }

    /// The source that has a certain content.
    private struct Known {
        var source: Int
        var lines: Int
        var records: Int
        var first: Int
        var isFinished: Bool
        var isLatest: Bool

        init?(_ content: SourceFingerprint.Beginning, space: Int64, in db: Database) throws {
            let row = try GRDB.Row.fetchOne(
                db,
                sql: """
                    SELECT source.id, lines, records, first, finished,
                        bytes = (SELECT max(bytes) FROM content WHERE source = source.id)
                    FROM content JOIN source ON source.id = content.source
                    WHERE content.space = ? AND bytes = ? AND digest = ?
                    """, arguments: [space, content.bytes, Data(content.digest)])
            guard let row else { return nil }
            source = row[0]
            lines = row[1]
            records = row[2]
            first = row[3]
            isFinished = row[4]
            isLatest = row[5]
        }

        func name(in db: Database) throws -> String {
            try String.fetchOne(db, sql: "SELECT name FROM source WHERE id = ?", arguments: [source]) ?? ""
        }

        /// How many of the source's records a beginning of it holds.
        func records(upTo content: SourceFingerprint.Beginning, in db: Database) throws -> Int {
            let last = try Int.fetchOne(
                db,
                sql: """
                    SELECT max(record) FROM (
                        SELECT record FROM event WHERE source = ?1 AND line <= ?2
                        UNION ALL SELECT record FROM refused WHERE source = ?1 AND line <= ?2
                        UNION ALL SELECT record FROM removed WHERE source = ?1 AND line <= ?2)
                    """, arguments: [source, lines])
            return max(first, last ?? 0)
        }
    }
}

extension SourceFingerprint {
    fileprivate func register(source: Int, space: Int64, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO content (space, bytes, digest, source, lines) VALUES (?, ?, ?, ?, ?)",
            arguments: [space, bytes, Data(digest), source, lines])
    }

    fileprivate func registerSource(
        _ name: String, space: Int64, parent: Int?, records: Int, in db: Database
    ) throws -> Int {
        try db.execute(
            sql: """
                INSERT INTO source (name, started, parent, first, records, finished, space)
                VALUES (?, ?, ?, ?, ?, 0, ?)
                """,
            arguments: [name, Date().timeIntervalSince1970.rounded(), parent, records, records, space])
        let source = Int(db.lastInsertedRowID)
        try register(source: source, space: space, in: db)
        return source
    }
}

extension StoreError {
    static func contested(_ path: String, _ name: String) -> StoreError {
        StoreError(
            .contested, path: path, what: "something else was imported while \(name) was read",
            advice: "Run this again, it goes on where it stopped")
    }

    fileprivate static func unfinished(_ path: String, _ name: String) -> StoreError {
        StoreError(
            .unfinished, path: path,
            what: "the import of \(name), which begins with the same lines, was cut short",
            advice: "Import that file again, which completes it, then this one")
    }
}
