import Foundation
import GRDB
import Signals

/// A service's data in one SQLite file: feedback in a `FeedbackStore`, records beside it.
///
/// Several processes may have the file open; `docs/store.md` describes it.
public final class SQLiteServiceStore: ServiceStore {
    /// The feedback. Its `inSpace` gives that of a space.
    public let feedback: FeedbackStore

    /// Opens a store, and makes it where there is none.
    ///
    /// - Throws: `StoreError`.
    public init(path: String, create: Bool = true) throws {
        feedback = try FeedbackStore(path: path, create: create)
    }

    public var kind: String { "sqlite" }

    public func append(_ submissions: [Submission]) throws -> [AppendResult] {
        try feedback.append(
            submissions.map { submission in
                FeedbackBatch(
                    space: submission.space,
                    entries: submission.entries.map {
                        switch $0 {
                        case .event(let event): .event(event)
                        case .malformed(let line): .malformed(line)
                        }
                    }, arrived: submission.arrived, stamp: submission.stamp)
            })
    }

    public func spaces() throws -> [String] {
        try feedback.spaces().filter { $0.ledger.received > 0 }.map(\.name)
    }

    public func events(
        _ space: String, _ filter: EventFilter, limit: Int?, _ body: (StoredEvent) throws -> Void
    ) throws {
        try feedback.inSpace(space).events(filter, limit: limit, body)
    }

    public func lines(_ space: String, _ filter: EventFilter, limit: Int?, _ body: (String) throws -> Void)
        throws
    {
        try feedback.inSpace(space).lines(filter, limit: limit, body)
    }

    public func decision(_ space: String, _ id: String) throws -> StoredEvent? {
        try feedback.inSpace(space).decision(id)
    }

    public func answers(_ space: String, decision: String) throws -> [StoredEvent] {
        try feedback.inSpace(space).answers(to: decision)
    }

    public func ledger(_ space: String) throws -> Ledger { try feedback.inSpace(space).ledger() }

    public func last(_ space: String) throws -> Int64 { try feedback.inSpace(space).last() }

    public func counts(_ space: String) throws -> [Feedback.Kind: Int] {
        try feedback.inSpace(space).counts()
    }

    public func refusals(_ space: String, limit: Int) throws -> [Refusal] {
        try feedback.inSpace(space).refusals(newest: limit)
    }

    public func verify() throws -> [String] { try feedback.verify() }

    public func close() throws { try feedback.close() }
}

// Removing.
extension SQLiteServiceStore {
    public func remove(_ space: String, ids: [String]) throws -> Removal {
        Removal(space, try feedback.inSpace(space).remove(ids: ids))
    }

    public func erase(judge: String, from spaces: [String]?) throws -> [Removal] {
        let spaces = try spaces ?? feedback.spaces().map(\.name)
        return zip(spaces, try feedback.erase(judge: judge, from: spaces)).map { Removal($0, $1) }
    }

    public func prune(_ space: String, before: Double) throws -> Removal {
        Removal(space, try feedback.inSpace(space).prune(before: before))
    }

    public func drop(_ space: String) throws { try feedback.inSpace(space).drop() }
}

extension Removal {
    fileprivate init(_ space: String, _ report: RemovalReport) {
        self.init(space: space, events: report.events, range: report.range)
    }
}

// Records.
extension SQLiteServiceStore {
    public func record(_ kind: String, _ id: String) throws -> ServiceRecord? {
        try feedback.read { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT version, body FROM record WHERE kind = ? AND id = ?"),
                arguments: [kind, Data(id.utf8)]
            ).map { ServiceRecord(kind: kind, id: id, version: $0[0], body: $0[1]) }
        }
    }

    public func records(_ kind: String) throws -> [ServiceRecord] {
        try feedback.read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT id, version, body FROM record WHERE kind = ? ORDER BY id"),
                arguments: [kind]
            ).map { row in
                ServiceRecord(
                    kind: kind, id: String(decoding: row[0] as Data, as: UTF8.self), version: row[1],
                    body: row[2])
            }
        }
    }

    public func recordKinds() throws -> [String] {
        try feedback.read { try String.fetchAll($0, sql: "SELECT DISTINCT kind FROM record ORDER BY kind") }
    }

    public func write(_ changes: [RecordChange]) throws -> Bool {
        if changes.isEmpty { return true }
        return try feedback.write { db in
            let versions = try changes.map { change in
                try Int64.fetchOne(
                    db.cachedStatement(sql: "SELECT version FROM record WHERE kind = ? AND id = ?"),
                    arguments: [change.kind, Data(change.id.utf8)]) ?? 0
            }
            for (change, version) in zip(changes, versions) {
                if let expected = change.expected, expected != version { return false }
            }
            for change in changes { try Self.make(change, in: db) }
            try db.cachedStatement(sql: "UPDATE counter SET value = value + 1 WHERE name = 'revision'")
                .execute()
            return true
        }
    }

    private static func make(_ change: RecordChange, in db: Database) throws {
        let id = Data(change.id.utf8)
        if let body = change.body {
            try db.cachedStatement(
                sql: """
                    INSERT INTO record (kind, id, version, body) VALUES (?, ?, 1, ?)
                    ON CONFLICT (kind, id) DO UPDATE SET version = version + 1, body = excluded.body
                    """
            ).execute(arguments: [change.kind, id, body])
        } else {
            try db.cachedStatement(sql: "DELETE FROM record WHERE kind = ? AND id = ?")
                .execute(arguments: [change.kind, id])
        }
    }

    public func revision() throws -> Int64 {
        try feedback.read { db in
            try Int64.fetchOne(db.cachedStatement(sql: "SELECT value FROM counter WHERE name = 'revision'"))
                ?? 0
        }
    }
}
