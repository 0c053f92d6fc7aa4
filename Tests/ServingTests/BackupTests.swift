import Foundation
import Signals
import Testing

@testable import Serving

@Suite struct BackupTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func fill(_ store: any ServiceStore) throws {
        for space in ["offers", "models"] {
            try store.add(
                (0..<200).map { StoreConformance.thumb("a\($0)", judge: "j\($0 % 3)") }, to: space,
                arrived: 1000.25)
            try store.add(
                [
                    StoreConformance.decision("d", event: "e-d"), StoreConformance.reward("d"),
                    StoreConformance.reward("none"), StoreConformance.thumb("a1"),
                ], to: space)
        }
        _ = try store.write([
            RecordChange(kind: "space", id: "offers", body: Data("{}".utf8)),
            RecordChange(kind: "blob", id: "offers/p1", body: Data(repeating: 7, count: 100_000)),
        ])
    }

    private func contents(_ store: any ServiceStore, numbered: Bool) throws -> [String] {
        var result: [String] = []
        for space in try store.spaces().sorted() {
            for isPending in [false, true] {
                for event in try store.all(space, EventFilter(pending: isPending)) {
                    let number = numbered ? "\(event.sequence) " : ""
                    result.append("\(space) \(number)\(event.arrived) \(event.event.jsonLine())")
                }
            }
            if numbered { result.append("\(try store.ledger(space))") }
        }
        for kind in try store.recordKinds() {
            for record in try store.records(kind) {
                result.append("\(kind) \(record.id) \(record.body.count)")
            }
        }
        return result
    }

    private func problem(_ body: () throws -> Void) -> StoreError.Problem? {
        do {
            try body()
            return nil
        } catch { return (error as? StoreError)?.problem }
    }

    @Test func aFileComesBackExactly() throws {
        let store = try SQLiteServiceStore(path: folder.file())
        try fill(store)
        let report = try Backup.write(from: store, to: folder.file("backup.db"))
        #expect(report.spaces == 2 && report.events == 2 * 203 && report.records == 2)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("backup") }
                == ["backup.db"])
        try store.add([StoreConformance.thumb("later")], to: "offers")
        #expect(
            try Backup.restore(folder.file("backup.db"), into: StoreLocation(folder.file("new.db"))) == report
        )
        let restored = try SQLiteServiceStore(path: folder.file("new.db"), create: false)
        #expect(try store.remove("offers", ids: ["later"]).events == 1)
        var expected = try contents(store, numbered: true)
        let found = try contents(restored, numbered: true)
        let ledgers = expected.filter { $0.contains("removed") }
        expected.removeAll(where: ledgers.contains)
        #expect(ledgers.count == 1 && expected.allSatisfy(found.contains))
        #expect(try restored.verify() == [])
    }

    @Test func aBackupIsOfOneMomentWhileOthersWrite() async throws {
        let store = try SQLiteServiceStore(path: folder.file())
        try fill(store)
        let path = folder.file("backup.db")
        let isOver = Locked(false)
        let writing = Task.detached {
            var count = 0
            while !isOver.withLock({ $0 }) {
                _ = try store.append([
                    Submission(
                        space: "offers", events: (0..<10).map { StoreConformance.thumb("n\(count)-\($0)") }),
                    Submission(
                        space: "models", events: (0..<10).map { StoreConformance.thumb("n\(count)-\($0)") }),
                ])
                count += 1
            }
        }
        try Backup.write(from: store, to: path)
        isOver.withLock { $0 = true }
        try await writing.value
        let backup = try SQLiteServiceStore(path: path, create: false)
        #expect(try backup.verify() == [])
        // Each batch went into both spaces, and is in both or in none.
        let counts = try backup.spaces().map { try backup.ledger($0).kept }
        #expect(counts[0] == counts[1] && (counts[0] - 202) % 10 == 0)
    }

    @Test func aBackupThatFailsLeavesNothing() throws {
        struct Stopped: Error {}
        let store = try SQLiteServiceStore(path: folder.file())
        try fill(store)
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(throws: Stopped.self) {
            try Backup.write(from: store, to: folder.file("backup.db")) { _ in throw Stopped() }
        }
        #expect(problem { try Backup.write(from: store, to: folder.file("no/such/backup.db")) } == .readOnly)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("backup.db")))
        #expect(problem { try Backup.write(from: store, to: folder.file("backup.db")) } == .occupied)
        #expect(FileManager.default.contents(atPath: folder.file("backup.db")) == Data("mine".utf8))
    }

    @Test func aStoreWithDataOrInUseOrABadBackupIsRefused() throws {
        let store = try SQLiteServiceStore(path: folder.file())
        try fill(store)
        try Backup.write(from: store, to: folder.file("backup.db"))
        try store.add([StoreConformance.thumb("later")], to: "offers")
        let target = StoreLocation(folder.file())
        func restore(_ name: String = "backup.db", replace: Bool) -> StoreError.Problem? {
            problem { try Backup.restore(folder.file(name), into: target, replace: replace) }
        }
        #expect(restore(replace: false) == .occupied)
        #expect(restore(replace: true) == .busy)
        #expect(try store.decision("offers", "d") != nil)
        try store.close()

        var damaged = try #require(FileManager.default.contents(atPath: folder.file("backup.db")))
        for index in damaged.count / 2..<damaged.count / 2 + 4096 { damaged[index] = 0x55 }
        try damaged.write(to: URL(fileURLWithPath: folder.file("damaged.db")))
        try Data("text".utf8).write(to: URL(fileURLWithPath: folder.file("text.db")))
        #expect(restore("damaged.db", replace: true) == .corrupt)
        #expect(restore("text.db", replace: true) == .notAStore)
        #expect(restore("missing.db", replace: true) == .missing)
        #expect(try SQLiteServiceStore(path: folder.file()).ids("offers").contains("later"))
        #expect(restore(replace: true) == nil)
        let again = try SQLiteServiceStore(path: folder.file(), create: false)
        #expect(try again.remove("offers", ids: ["later"]).events == 0)
        #expect(try again.remove("offers", ids: ["a7"]).events == 1)
    }

    @Test func anyStoreGoesThroughWhatAllOfThemDo() throws {
        let store = MemoryStore()
        try fill(store)
        try Backup.write(from: store, to: folder.file("backup.db"))
        let backup = try SQLiteServiceStore(path: folder.file("backup.db"), create: false)
        let expected = try contents(store, numbered: false)
        #expect(try contents(backup, numbered: false) == expected)
        let other = MemoryStore()
        try StoreCopy(from: backup, to: other) { _ in }.run()
        #expect(try contents(other, numbered: false) == expected)
        #expect(throws: StoreError.self) { try StoreCopy(from: backup, to: other) { _ in }.run() }
    }

    @Test func aLocationTellsFilesFromDatabases() throws {
        #expect(StoreLocation("heed.db").path == "heed.db")
        #expect(StoreLocation("postgres://u:secret@localhost:5432/heed").path == nil)
        #expect(
            StoreLocation("postgres://u:secret@localhost:5432/heed").description
                == "postgres://u@localhost:5432/heed")
        #expect(problem { _ = try StoreLocation(folder.file("none.db")).open(create: false) } == .missing)
        #expect(try StoreLocation(folder.file("made.db")).open().kind == "sqlite")
    }
}
