import Foundation
import GRDB
import Testing

@testable import Signals

@Suite struct StoreMigrationTests {
    let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    @Test func manyMayBringItUpAtOnce() async throws {
        let path = try version1()
        let kept = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { try FeedbackStore(path: path).ledger().kept } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(kept == Array(repeating: try FeedbackStore(path: path).ledger().kept, count: 4))
        #expect(try FeedbackStore(path: path).verify() == [])
    }

    private static let lines = [
        StoreSamples.everyKind[0],
        FeedbackEvent(.reward(Reward(value: 1)), id: "w", judge: "bo", decision: "gone"),
        FeedbackEvent(.decision(Decision(id: "d", action: "x")), id: "e-d"),
        FeedbackEvent(.reward(Reward(value: 2)), id: "w2", decision: "d"),
    ]
    private static let file = lines.map { $0.jsonLine() + "\n" }.joined() + "nonsense\n"

    /// A store as version 1 left it: a file of four events and a bad line, and two events that were appended, of
    /// which one came twice.
    private func version1() throws -> String {
        let path = folder.file()
        let queue = try DatabaseQueue(path: path)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: StoreSchema.version1) }
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)")
        }
        try migrator.migrate(queue)
        var hasher = SourceHasher(lengths: [])
        hasher.update(Self.file.utf8)
        let content = hasher.finish()
        let thumb = FeedbackEvent(.thumb(Thumb("tea", up: true)), id: "t", judge: "cy")
        try queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO source (id, name, started, first, records, received, refused, finished)
                    VALUES (2, 'old.jsonl', 1600000000, 0, 5, 5, 1, 1);
                    UPDATE source SET records = 3, received = 3, refused = 1 WHERE id = 1;
                    """)
            try db.execute(
                sql: "INSERT INTO content VALUES (?, ?, 2, 5)",
                arguments: [content.bytes, Data(content.digest)])
            for (index, event) in (Self.lines + [thumb, FeedbackEvent(.thumb(Thumb("milk", up: false)))])
                .enumerated()
            {
                let row = Delivery.Row(event)
                let record = index < 4 ? index + 1 : index - 3
                try db.execute(
                    sql: "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    arguments: [
                        index + 1, index < 4 ? 2 : 1, record, record, index == 1, row.kind.rawValue, row.id,
                        row.judge,
                        row.time, row.answers, row.payload,
                    ])
            }
            try db.execute(
                sql: """
                    INSERT INTO decision VALUES (CAST('d' AS BLOB), 3);
                    INSERT INTO refused VALUES (2, 1, 3, 3, 0, 'id', 't', 'duplicate', 'x', NULL, 5);
                    UPDATE ledger SET count = 8 WHERE entry = 'received';
                    UPDATE ledger SET count = 5 WHERE entry = 'kept';
                    UPDATE ledger SET count = 1 WHERE entry IN ('pending', 'malformed', 'duplicate');
                    """)
            do { _ = try FeedbackEvent(jsonLine: "nonsense") } catch let error as EventLineError {
                try db.execute(
                    sql:
                        "INSERT INTO refused VALUES (1, 2, 5, 5, 1, NULL, '', 'malformed', ?, 'nonsense', NULL)",
                    arguments: [error.reason])
            }
        }
        try queue.close()
        return path
    }

    @Test func aStoreOfVersion1KeepsEverything() throws {
        let path = try version1()
        let now = Date().timeIntervalSince1970
        let store = try FeedbackStore(path: path, create: false)
        #expect(try store.verify() == [])
        #expect(try store.ledger() == Ledger(kept: 5, pending: 1, malformed: 1, duplicate: 1))
        #expect(try store.spaces().map(\.name) == ["default"])
        var kept = Self.lines
        kept.remove(at: 1)
        #expect(try Array(store.all().prefix(3)) == kept)
        #expect(try store.all(EventFilter(pending: true)) == [Self.lines[1]])
        #expect(try store.counts() == [.comparison: 1, .decision: 1, .reward: 1, .thumb: 2])
        #expect(try store.last() == 6)
        #expect(try store.decision("d")?.sequence == 3)
        #expect(try store.refusals(newest: 9).map(\.reason) == [.duplicate, .malformed])
        // What came from a file arrived with it; what was appended has no better time than now.
        var arrived: [Double] = []
        try store.events { arrived.append($0.arrived) }
        #expect(arrived[0] == 1_600_000_000 && arrived[4] >= now - 2)
        // It goes on where it was.
        #expect(try store.importLines(Self.file, name: "again").relation == .known)
        let grown = try store.importLines(Self.file + StoreSamples.comparisons(0..<2), name: "again")
        #expect(grown.relation == .grown && grown.counts == Ledger(kept: 2))
        let late = try store.append([FeedbackEvent(.decision(Decision(id: "gone", action: "x")))])
        #expect(late.counts.kept == 2)
        #expect(
            try store.append([FeedbackEvent(.thumb(Thumb("tea", up: true)), id: "t", judge: "cy")]).outcomes
                == [.duplicate])
        #expect(try store.verify() == [])
        try store.close()
        #expect(try FeedbackStore(path: path, create: false).ledger().kept == 9)
    }

    @Test func aMigrationThatFailsLeavesTheStoreAsItWas() throws {
        let path = try version1()
        let queue = try DatabaseQueue(path: path)
        // A table in the way, as of somebody who meddled with the file.
        try queue.write { try $0.execute(sql: "CREATE TABLE tally (x)") }
        let before = try queue.read { try Row.fetchAll($0, sql: "SELECT * FROM event") }
        #expect(throws: StoreError.self) { try FeedbackStore(path: path) }
        #expect(try queue.read { try Row.fetchAll($0, sql: "SELECT * FROM event") } == before)
        try queue.write { try $0.execute(sql: "DROP TABLE tally") }
        try queue.close()
        #expect(try FeedbackStore(path: path).verify() == [])
    }
}
