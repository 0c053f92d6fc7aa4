import Foundation
import Postgres
import Signals
import TestPostgres
import Testing

@testable import Serving

@Suite(
    "The store in PostgreSQL", .serialized,
    .enabled(if: PostgresServer.isWanted, "PostgreSQL is not installed: scripts/deps --tests installs it"))
struct PostgresStoreTests {
    private func store(_ url: String? = nil, patience: Double = 10) throws -> PostgresServiceStore {
        try PostgresServiceStore(url: url ?? PostgresServer.shared().database(), patience: patience)
    }

    @Test("It does what every store does")
    func conformance() throws {
        try StoreConformance.check { try store() }
    }

    @Test("Names of any length are kept apart, and found again after it is opened again")
    func longNames() throws {
        let url = try PostgresServer.shared().database()
        let long = String(repeating: "n", count: 10_000)
        let names = [
            "\(long)a", "\(long)b", String(repeating: "x", count: 127), String(repeating: "x", count: 128),
        ]
        let events = names.flatMap { name in
            [
                FeedbackEvent(.thumb(Thumb(name, up: true)), id: name, judge: name),
                FeedbackEvent(.decision(Decision(id: name, action: "x"))),
                FeedbackEvent(.reward(Reward(value: 1)), decision: name),
            ]
        }
        let first = try store(url)
        for space in [long, "s"] { #expect(try first.add(events, to: space).counts.kept == 12) }
        #expect(
            try first.write(names.map { RecordChange(kind: "k", id: $0, body: Data($0.utf8), expected: 0) }))
        try first.close()
        let again = try store(url)
        #expect(try again.add(events, to: long).counts.refused == [.duplicate: 8])
        for name in names {
            #expect(try again.answers("s", decision: name).count == 1)
            #expect(try again.remove("s", ids: [name]).events == 1)
            #expect(try again.record("k", name)?.body == Data(name.utf8))
        }
        #expect(try again.verify() == [])
    }

    @Test("A long reading goes through one picture, whatever is written meanwhile")
    func snapshot() throws {
        let store = try store()
        let events = (0..<5000).map { FeedbackEvent(.thumb(Thumb("tea", up: true)), id: "e\($0)") }
        try store.add(events)
        var seen = 0
        try store.events("s", EventFilter(), limit: nil) { event in
            if seen == 10 {
                _ = try store.remove("s", ids: ["e4000"])
                try store.add([FeedbackEvent(.thumb(Thumb("tea", up: true)), id: "later")])
            }
            #expect(event.event.id == "e\(seen)")
            seen += 1
        }
        #expect(seen == 5000)
        #expect(try store.all().count == 5000)
    }

    @Test("What an erased judge said cannot be found in the database's files")
    func erasedFromFiles() throws {
        let url = try PostgresServer.shared().database()
        let store = try store(url)
        let secret = "a secret that nobody finds"
        try store.add([
            FeedbackEvent(.thumb(Thumb(secret, up: true)), id: "1", judge: "ann"),
            FeedbackEvent(.thumb(Thumb("tea", up: true)), id: "2", judge: "bo"),
            FeedbackEvent(.thumb(Thumb(secret, up: false)), id: "2", judge: "ann"),
        ])
        let connection = try PostgresConnection(PostgresAddress(url))
        func holds(_ text: String) throws -> Bool {
            let files = try connection.query(
                """
                SELECT count(*) FROM (VALUES ('heed.event'), ('heed.refused')) AS t(name)
                WHERE position($1 IN pg_read_binary_file(pg_relation_filepath(name::regclass))) > 0
                """, [.bytes(Array(text.utf8))])
            return try files.int(0, 0) > 0
        }
        #expect(try store.erase(judge: "ann", from: nil).map(\.events) == [1])
        // So that the files are what the tables are.
        try connection.execute("CHECKPOINT")
        #expect(try !holds(secret))
        #expect(try holds("tea"))
        #expect(try store.ledger("s").addsUp && store.verify() == [])
    }

    @Test(
        "A name that was refused in another spelling, or beyond what is kept of a text, is erased as in a file"
    )
    func erasedRefusals() throws {
        let store = try store()
        let names = ["an\"n", "zo\u{EB}"]
        for (index, name) in names.enumerated() {
            let spelt = name == "zo\u{EB}" ? "zo\\u00eb" : "an\\\"n"
            let bad = BadLine(
                file: "x", line: 1, column: 1, field: nil, value: "", reason: "no",
                text: #"{"judge":"\#(spelt)","kind":"?"}"#)
            _ = try store.append([Submission(space: "s", entries: [.malformed(bad)])])
            let other = StoreConformance.thumb("e\(index)", judge: "bo")
            let long = StoreConformance.thumb("e\(index)", String(repeating: "x", count: 70_000), judge: name)
            try store.add([other, long])
            _ = try store.erase(judge: name, from: nil)
        }
        #expect(try store.refusals("s", limit: 9).allSatisfy { $0.text == nil && $0.explanation == "erased" })
        #expect(try store.ledger("s") == StoreConformance.ledger(kept: 2, malformed: 2, conflict: 2))
    }

    @Test("While a transaction may still see what was erased, erasing says that it is not done")
    func erasedUnderAReader() throws {
        let url = try PostgresServer.shared().database()
        let store = try store(url, patience: 0.3)
        try store.add([StoreConformance.thumb("1", judge: "ann")])
        let reader = try PostgresConnection(PostgresAddress(url))
        try reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class")
        do {
            _ = try store.erase(judge: "ann", from: nil)
            Issue.record("the erasure does not see the reader")
        } catch let error as StoreError {
            #expect(error.problem == .busy)
        }
        #expect(try store.ids().isEmpty)
        func owed() throws -> Int64 { try reader.query("SELECT erased - scrubbed FROM heed.meta").int(0, 0) }
        try reader.execute("COMMIT")
        #expect(try owed() > 0)
        #expect(try store.erase(judge: "ann", from: nil).allSatisfy { $0.events == 0 })
        #expect(try owed() == 0)
    }

    @Test("Tables of a newer Heed, and of another program, are left as they are")
    func otherSchemas() throws {
        let url = try PostgresServer.shared().database()
        try store(url).close()
        let connection = try PostgresConnection(PostgresAddress(url))
        try connection.execute("UPDATE heed.meta SET version = 99")
        #expect(throws: StoreError.self) { try store(url) }
        do { _ = try store(url) } catch let error as StoreError { #expect(error.problem == .newer) }
        try connection.execute(
            "DROP SCHEMA heed CASCADE; CREATE SCHEMA heed; CREATE TABLE heed.event (a int)")
        do {
            _ = try store(url)
            Issue.record("a foreign schema was opened")
        } catch let error as StoreError {
            #expect(error.problem == .notAStore)
        }
    }

    @Test("What the rows do not say is found by verifying")
    func verification() throws {
        let url = try PostgresServer.shared().database()
        let store = try store(url)
        try store.add([
            FeedbackEvent(.thumb(Thumb("tea", up: true)), id: "1"),
            FeedbackEvent(.decision(Decision(id: "d", action: "x"))),
            FeedbackEvent(.reward(Reward(value: 1)), decision: "d"),
        ])
        #expect(try store.verify() == [])
        let connection = try PostgresConnection(PostgresAddress(url))
        for (damage, repair, finding) in [
            (
                "UPDATE heed.space SET kept = kept + 1", "UPDATE heed.space SET kept = kept - 1",
                "does not add up"
            ),
            ("UPDATE heed.space SET last = 1", "UPDATE heed.space SET last = 3", "number"),
            (
                "UPDATE heed.event SET judge = 'x' WHERE seq = 1", "UPDATE heed.event SET judge = NULL",
                "columns"
            ),
            (
                "UPDATE heed.event SET pending = true WHERE seq = 3", "UPDATE heed.event SET pending = false",
                "wait"
            ),
            ("UPDATE heed.tally SET kept = 7", "UPDATE heed.tally SET kept = 1", "kind"),
            ("UPDATE heed.event SET payload = 'x' WHERE seq = 3", "SELECT 1", "cannot be read"),
        ] {
            try connection.execute(damage)
            #expect(try store.verify().contains { $0.contains(finding) })
            try connection.execute(repair)
        }
    }

    @Test("What cannot be connected to says why, and never the password")
    func refusedConnections() throws {
        let server = try PostgresServer.shared()
        let secret = "hunter2hunter2"
        let wrong: [(String, StoreError.Problem, String)] = [
            (server.url("postgres", password: secret), .failed, "password"),
            (server.url("nothing"), .failed, "nothing"),
            (
                server.url("postgres", password: secret, port: try PostgresServer.freePort()), .busy,
                "does not answer"
            ),
            ("postgres://heed:hunter2/hunter2@127.0.0.1/heed", .failed, "cannot be read"),
            ("postgres://heed:hunter2@hunter2@127.0.0.1/heed", .failed, "cannot be read"),
            ("postgres://heed:%zz\(secret)@127.0.0.1/heed", .failed, "cannot be read"),
            ("postgres://heed:\(secret)", .failed, "cannot be read"),
            ("mysql://heed:\(secret)@127.0.0.1/heed", .failed, "cannot be read"),
            ("\(secret)\0", .failed, "cannot be read"),
            ("host=127.0.0.1 password='\(secret)", .failed, "cannot be read"),
        ]
        for (url, problem, words) in wrong {
            do {
                _ = try PostgresServiceStore(url: url, patience: 0.1)
                Issue.record("\(url) was opened")
            } catch let error as StoreError {
                #expect(error.problem == problem, "\(url): \(error)")
                #expect("\(error)".contains(words), "\(url): \(error)")
                #expect(!"\(error)".contains("hunter2"), "\(error)")
            }
        }
        let good = try store(server.url("postgres"))
        #expect(good.path == "postgres://heed@127.0.0.1:\(server.port)/postgres")
    }

}
