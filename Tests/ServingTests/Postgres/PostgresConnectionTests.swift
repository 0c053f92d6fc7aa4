import Foundation
import TestPostgres
import Testing

@testable import Postgres

@Suite(
    "Connections to PostgreSQL", .serialized,
    .enabled(if: PostgresServer.isWanted, "PostgreSQL is not installed: scripts/deps --tests installs it"))
struct PostgresConnectionTests {
    private func connect() throws -> PostgresConnection {
        try PostgresConnection(PostgresAddress(PostgresServer.shared().url("postgres")))
    }

    @Test("Values come back as they were bound")
    func roundTrip() throws {
        let connection = try connect()
        let bytes = [[], [0], [0, 255, 39, 92, 34], Array("🙂'; DROP".utf8)] as [[UInt8]]
        for _ in 0..<2 {
            let rows = try connection.prepared(
                "SELECT $1::int8, $2::float8, $3::bool, $4::text, $5::bytea, $6::bytea, $7::int4",
                [
                    .int(.min), .double(-0.1), .bool(true), .text("é🙂'"), .bytes(bytes[2]), .noBytes,
                    .int32(.min),
                ])
            #expect(try rows.int(0, 0) == .min && rows.double(0, 1) == -0.1 && rows.bool(0, 2))
            #expect(try rows.text(0, 3) == "é🙂'" && rows.bytes(0, 4) == bytes[2] && rows.bytes(0, 5) == nil)
            #expect(try rows.int(0, 6) == Int64(Int32.min))
        }
        let list = try connection.query("SELECT unnest($1::bytea[])", [.byteStrings(bytes + [nil])])
        #expect(try (0..<5).map { try list.bytes($0, 0) } == bytes + [nil])
        #expect(try connection.query("SELECT unnest($1::int8[])", [.ints([])]).count == 0)
        let texts = try connection.query("SELECT unnest($1::text[])", [.texts(["a", ""])])
        #expect(try (0..<2).map { try texts.text($0, 0) } == ["a", ""])
        #expect(throws: PostgresError.self) { try list.bytes(5, 0) }
        #expect(throws: PostgresError.self) { try list.int(1, 0) }
    }

    @Test("Rows are copied into a table, and none of them where one is refused")
    func copying() throws {
        let connection = try connect()
        try connection.execute("CREATE TEMP TABLE t (a int8 PRIMARY KEY, b bytea, c float8)")
        var rows = PostgresRows()
        for number in 0..<50_000 {
            rows.beginRow(3)
            rows.append(Int64(number))
            rows.append(number % 2 == 0 ? nil : [0, 1, UInt8(truncatingIfNeeded: number)])
            rows.append(number % 3 == 0 ? nil : Double(number))
        }
        try connection.copy(rows, into: "t (a, b, c)")
        #expect(try connection.query("SELECT count(*), count(b), count(c) FROM t").int(0, 1) == 25_000)
        do {
            try connection.copy(rows, into: "t (a, b, c)")
            Issue.record("a key was taken twice")
        } catch let error as PostgresError {
            #expect(error.state == "23505" && !error.isTransient)
        }
        do { try connection.copy(rows, into: "nothing") } catch let error as PostgresError {
            #expect(error.state == "42P01")
        }
        #expect(try connection.query("SELECT count(*) FROM t").int(0, 0) == 50_000)
    }

    @Test("A connection that the server ended is known to be broken, and the pool makes another")
    func broken() throws {
        let pool = PostgresPool(try PostgresAddress(PostgresServer.shared().url("postgres")), size: 1)
        let soon = { Date(timeIntervalSinceNow: 5) }
        let first = try pool.withConnection(until: soon()) {
            try $0.query("SELECT pg_backend_pid()").int(0, 0)
        }
        let other = try connect()
        #expect(throws: PostgresError.self) {
            try pool.withConnection(until: soon()) { connection in
                try connection.execute("BEGIN")
                try other.query("SELECT pg_terminate_backend($1)", [.int32(Int32(first))])
                do {
                    while true { try connection.execute("SELECT 1") }
                } catch let error as PostgresError {
                    #expect(connection.isBroken && error.isTransient)
                    throw error
                }
            }
        }
        let second = try pool.withConnection(until: soon()) { connection in
            #expect(connection.isIdle)
            // All connections are lent: whoever asks meanwhile is told so.
            #expect(throws: PostgresError.self) { try pool.withConnection(until: Date()) { _ in } }
            try connection.execute("BEGIN")
            return try connection.query("SELECT pg_backend_pid()").int(0, 0)
        }
        #expect(second != first)
        // A transaction that was left open is rolled back.
        #expect(try pool.withConnection(until: soon()) { $0.isIdle })
        pool.close()
        #expect(throws: PostgresError.self) { try pool.withConnection(until: soon()) { _ in } }
    }

    @Test("A library that is missing, or is another one, says how to get the right one")
    func library() {
        #if canImport(Glibc)
            let names = ["/nowhere/libpq.so.5", "libc.so.6"]
        #else
            let names = ["/nowhere/libpq.5.dylib", "/usr/lib/libSystem.B.dylib"]
        #endif
        for name in names {
            guard case .failure(let error) = PostgresLibrary.open(name) else {
                Issue.record("\(name) was taken for libpq")
                continue
            }
            #expect(error.problem == .library && error.message.contains("HEED_LIBPQ"))
        }
    }
}
