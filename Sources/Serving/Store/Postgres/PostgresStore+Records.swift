import Foundation
import Postgres
import Signals

extension PostgresServiceStore {
    public func record(_ kind: String, _ id: String) throws -> ServiceRecord? {
        try patiently { connection in
            let rows = try connection.prepared(
                "SELECT kind, id, version, body FROM heed.record AS r WHERE \(Self.isRecord("$1::bytea", "$2::bytea"))",
                [.bytes(Array(kind.utf8)), .bytes(Array(id.utf8))])
            return rows.count == 0 ? nil : try Self.record(rows, 0)
        }
    }

    public func records(_ kind: String) throws -> [ServiceRecord] {
        try patiently { connection in
            let rows = try connection.prepared(
                """
                SELECT kind, id, version, body FROM heed.record
                WHERE \(PostgresSchema.key("kind")) = \(PostgresSchema.key("$1::bytea")) ORDER BY id
                """, [.bytes(Array(kind.utf8))])
            return try (0..<rows.count).map { try Self.record(rows, $0) }
        }
    }

    public func recordKinds() throws -> [String] {
        try patiently { connection in
            let rows = try connection.prepared("SELECT DISTINCT kind FROM heed.record ORDER BY kind", [])
            return try (0..<rows.count).map { try rows.text($0, 0) }
        }
    }

    public func write(_ changes: [RecordChange]) throws -> Bool {
        if changes.isEmpty { return true }
        return try transact([PostgresLock.records]) { connection in
            let keys = changes.map { RecordKey($0) }
            let before = try Self.versions(Array(Set(keys)), connection)
            for (change, key) in zip(changes, keys) {
                if let expected = change.expected, expected != before[key] ?? 0 { return false }
            }
            var after: [RecordKey: (version: Int64, body: Data)] = [:]
            var versions = before
            for (change, key) in zip(changes, keys) {
                guard let body = change.body else {
                    versions[key] = nil
                    after[key] = nil
                    continue
                }
                let version = (versions[key] ?? 0) + 1
                versions[key] = version
                after[key] = (version, body)
            }
            try Self.replace(Array(Set(keys)), after, connection)
            try connection.prepared("UPDATE heed.meta SET revision = revision + 1", [])
            return true
        }
    }

    public func revision() throws -> Int64 {
        try patiently { try $0.prepared("SELECT revision FROM heed.meta", []).int(0, 0) }
    }

    /// The versions of those records that are there.
    private static func versions(
        _ keys: [RecordKey], _ connection: PostgresConnection
    ) throws -> [RecordKey: Int64] {
        let rows = try connection.prepared(
            """
            SELECT w.kind, w.id, r.version FROM unnest($1::bytea[], $2::bytea[]) AS w(kind, id)
            JOIN heed.record AS r ON \(isRecord("w.kind", "w.id"))
            """, [.byteStrings(keys.map(\.kind)), .byteStrings(keys.map(\.id))])
        var versions: [RecordKey: Int64] = [:]
        for row in 0..<rows.count {
            let key = RecordKey(kind: try rows.bytes(row, 0) ?? [], id: try rows.bytes(row, 1) ?? [])
            versions[key] = try rows.int(row, 2)
        }
        return versions
    }

    /// Puts records in the place of those that are there; without one in `after` they are removed.
    private static func replace(
        _ keys: [RecordKey], _ after: [RecordKey: (version: Int64, body: Data)],
        _ connection: PostgresConnection
    ) throws {
        try connection.prepared(
            """
            DELETE FROM heed.record AS r USING unnest($1::bytea[], $2::bytea[]) AS w(kind, id)
            WHERE \(isRecord("w.kind", "w.id"))
            """, [.byteStrings(keys.map(\.kind)), .byteStrings(keys.map(\.id))])
        for (key, value) in after {
            try connection.prepared(
                "INSERT INTO heed.record (kind, id, version, body) VALUES ($1, $2, $3, $4)",
                [.bytes(key.kind), .bytes(key.id), .int(value.version), .bytes([UInt8](value.body))])
        }
    }

    private static func isRecord(_ kind: String, _ id: String) -> String {
        "\(PostgresSchema.key("r.kind")) = \(PostgresSchema.key(kind)) AND \(PostgresSchema.key("r.id")) = \(PostgresSchema.key(id))"
    }

    private static func record(_ rows: PostgresResult, _ row: Int) throws -> ServiceRecord {
        ServiceRecord(
            kind: try rows.text(row, 0), id: try rows.text(row, 1), version: try rows.int(row, 2),
            body: try rows.withBytes(row, 3) { Data($0) })
    }
}

/// What names a record, as bytes.
private struct RecordKey: Hashable {
    var kind: [UInt8]
    var id: [UInt8]
}

extension RecordKey {
    init(_ change: RecordChange) {
        self.init(kind: Array(change.kind.utf8), id: Array(change.id.utf8))
    }
}
