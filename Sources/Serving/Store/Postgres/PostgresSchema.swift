import Foundation
import Postgres
import Signals

/// The tables of a store in PostgreSQL, and how an older database gets them. `docs/postgres.md` describes each.
enum PostgresSchema {
    /// The schema version that this Heed reads and writes.
    static let version = 1

    /// The oldest server that has what the statements use.
    static let oldestServer = 130_000

    /// Makes the tables, or brings them up to this version, under a lock so that only one process does.
    static func prepare(_ connection: PostgresConnection, path: String) throws {
        guard connection.serverVersion >= oldestServer else {
            throw StoreError(
                .failed, path: path, what: "the server is PostgreSQL \(connection.serverVersion / 10_000)",
                advice: "Heed needs PostgreSQL 13 or newer")
        }
        if try found(connection, path: path) == version { return }
        try connection.execute("BEGIN")
        try connection.query("SELECT pg_advisory_xact_lock($1)", [.int(PostgresLock.schema)])
        let found = try found(connection, path: path)
        if found < 1 { try connection.execute(version1) }
        try connection.query("UPDATE heed.meta SET version = $1", [.int(Int64(version))])
        try connection.execute("COMMIT")
    }

    /// The version of the tables that are there; 0 where there are none.
    private static func found(_ connection: PostgresConnection, path: String) throws -> Int {
        let isThere = try connection.query("SELECT to_regclass('heed.meta') IS NOT NULL")
        guard try isThere.bool(0, 0) else { return 0 }
        let row = try connection.query("SELECT version::int8 FROM heed.meta")
        guard row.count == 1 else {
            throw StoreError(
                .notAStore, path: path, what: "the schema heed of this database holds something else",
                advice: "Use another database")
        }
        let found = Int(try row.int(0, 0))
        if found > version {
            throw StoreError(
                .newer, path: path,
                what: "a newer Heed wrote this database (version \(found), this one knows \(version))",
                advice: "Update Heed; nothing was changed")
        }
        return found
    }

    /// What stands for a name in an index: itself, or its beginning and its digest where it is longer than an index
    /// takes. Two names are the same exactly when these are.
    static func key(_ column: String) -> String {
        "(CASE WHEN octet_length(\(column)) < 128 THEN \(column) ELSE substr(\(column), 1, 96) || sha256(\(column)) END)"
    }

    private static var version1: String {
        """
        CREATE SCHEMA IF NOT EXISTS heed;

        CREATE TABLE heed.meta (
            version  int8 NOT NULL,
            revision int8 NOT NULL,
            erased   int8 NOT NULL,
            scrubbed int8 NOT NULL
        );
        INSERT INTO heed.meta VALUES (0, 0, 0, 0);

        CREATE TABLE heed.space (
            id        int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name      bytea NOT NULL,
            last      int8 NOT NULL DEFAULT 0,
            received  int8 NOT NULL DEFAULT 0,
            kept      int8 NOT NULL DEFAULT 0,
            pending   int8 NOT NULL DEFAULT 0,
            malformed int8 NOT NULL DEFAULT 0,
            duplicate int8 NOT NULL DEFAULT 0,
            conflict  int8 NOT NULL DEFAULT 0,
            removed   int8 NOT NULL DEFAULT 0
        );
        CREATE UNIQUE INDEX space_name ON heed.space (\(key("name")));

        CREATE TABLE heed.tally (
            space int4 NOT NULL REFERENCES heed.space(id),
            kind  text NOT NULL,
            kept  int8 NOT NULL,
            PRIMARY KEY (space, kind)
        );

        CREATE TABLE heed.event (
            seq      int8 NOT NULL,
            record   int8 NOT NULL,
            arrived  float8 NOT NULL,
            time     float8,
            space    int4 NOT NULL,
            pending  bool NOT NULL,
            kind     text NOT NULL,
            id       bytea,
            judge    bytea,
            answers  bytea,
            decides  bytea,
            payload  bytea NOT NULL,
            PRIMARY KEY (space, seq)
        );
        CREATE UNIQUE INDEX event_id ON heed.event (space, \(key("id"))) WHERE id IS NOT NULL;
        CREATE UNIQUE INDEX event_decides ON heed.event (space, \(key("decides"))) WHERE decides IS NOT NULL;
        CREATE INDEX event_answers ON heed.event (space, \(key("answers")), seq) WHERE answers IS NOT NULL;
        CREATE INDEX event_judge ON heed.event (space, \(key("judge")), seq) WHERE judge IS NOT NULL;
        CREATE INDEX event_pending ON heed.event (space, seq) WHERE pending;
        CREATE INDEX event_arrived ON heed.event USING brin (arrived);

        CREATE TABLE heed.refused (
            space       int4 NOT NULL,
            record      int8 NOT NULL,
            arrived     float8 NOT NULL,
            existing    int8,
            "column"    int4 NOT NULL,
            reason      text NOT NULL,
            field       bytea,
            value       bytea NOT NULL,
            explanation bytea NOT NULL,
            judge       bytea,
            text        bytea,
            PRIMARY KEY (space, record)
        );

        CREATE TABLE heed.record (
            kind    bytea NOT NULL,
            id      bytea NOT NULL,
            version int8 NOT NULL,
            body    bytea NOT NULL
        );
        ALTER TABLE heed.record ALTER body SET STORAGE EXTERNAL;
        CREATE UNIQUE INDEX record_id ON heed.record (\(key("kind")), \(key("id")));

        CREATE TABLE heed.writer (
            id     bytea PRIMARY KEY,
            number int8 NOT NULL,
            at     timestamptz NOT NULL
        );
        """
    }
}

/// The numbers of the advisory locks that writers take. They hold until the transaction ends, in every process.
enum PostgresLock {
    /// While tables are made.
    static let schema: Int64 = 0x4865_6564_0000_0001
    /// While records change.
    static let records: Int64 = 0x4865_6564_0000_0002

    /// While feedback of a space changes. Two spaces that should share a number merely wait for each other.
    static func space(_ name: String) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(bitPattern: hash)
    }
}
