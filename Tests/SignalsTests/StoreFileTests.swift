import Foundation
import GRDB
import Testing

@testable import Signals

@Suite struct StoreFileTests {
    let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    private func problem(_ path: String, create: Bool = true) -> StoreError? {
        do {
            _ = try FeedbackStore(path: path, create: create)
            return nil
        } catch { return error as? StoreError }
    }

    private func closedStore(_ name: String = "heed.db", events: Int = 300) throws -> String {
        let store = try FeedbackStore(path: folder.file(name))
        try store.importLines(StoreSamples.comparisons(0..<events), batch: 1000)
        try store.close()
        return folder.file(name)
    }

    @Test func aMissingStoreIsMadeOnlyWhenAsked() throws {
        let path = folder.file()
        #expect(problem(path, create: false)?.problem == .missing)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        #expect(problem(path) == nil)
        #expect(problem(path, create: false) == nil)
        #expect(problem(folder.file("no/such/folder/heed.db"))?.problem == .readOnly)
        try Data().write(to: URL(fileURLWithPath: folder.file("empty.db")))
        #expect(problem(folder.file("empty.db"), create: false)?.problem == .missing)
        #expect(problem(folder.file("empty.db")) == nil)
    }

    @Test func acknowledgedMeansOnTheDisk() throws {
        let store = try FeedbackStore(path: folder.file())
        #expect(try store.pragma("synchronous") == "2")
        #expect(try store.pragma("journal_mode") == "wal")
        #expect(try store.pragma("foreign_keys") == "1")
        #expect(try store.pragma("application_id") == "\(StoreSchema.applicationID)")
    }

    @Test func otherFilesAreRefusedAndLeftAlone() throws {
        let files: [(String, [UInt8], String)] = [
            ("votes.csv", Array("left,right,winner\na,b,a\n".utf8), "text"),
            ("votes.jsonl", Array("{\"kind\":\"thumb\"}\n".utf8), "JSON"),
            ("votes.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0], "gzip"),
            ("noise", (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 5) }, "binary"),
            ("short.db", Array("SQLite format 3\0".utf8), "header"),
        ]
        for (name, bytes, word) in files {
            let path = folder.file(name)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let error = problem(path)
            #expect(error?.problem == (name == "short.db" ? .corrupt : .notAStore), "\(name)")
            #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
            #expect(error?.description.contains(path) == true)
            #expect(FileManager.default.contents(atPath: path) == Data(bytes))
        }
        #expect(problem(folder.path)?.problem == .notAStore)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == files.count)
    }

    @Test func anotherProgramsDatabaseIsRefusedAndLeftAlone() throws {
        let path = folder.file("other.db")
        let store = try FeedbackStore(path: path)
        try store.tamper("PRAGMA application_id = 7")
        try store.close()
        let before = FileManager.default.contents(atPath: path)
        #expect(problem(path)?.problem == .notAStore)
        #expect(problem(path)?.what.contains("another program") == true)
        #expect(FileManager.default.contents(atPath: path) == before)
    }

    @Test func aNewerStoreIsRefusedAndLeftAlone() throws {
        let path = folder.file()
        let store = try FeedbackStore(path: path)
        try store.tamper("INSERT INTO grdb_migrations VALUES ('12'), ('9')")
        try store.close()
        let before = FileManager.default.contents(atPath: path)
        let error = problem(path)
        #expect(error?.problem == .newer)
        #expect(error?.what.contains("schema 12") == true && error?.advice.contains("update Heed") == true)
        #expect(FileManager.default.contents(atPath: path) == before)
    }

    @Test func aStoreWithoutTablesGetsThem() throws {
        let path = folder.file()
        let store = try FeedbackStore(path: path)
        try store.dropTables()
        try store.close()
        let again = try FeedbackStore(path: path)
        try again.append(StoreSamples.everyKind)
        #expect(try again.verify() == [])
        #expect(try again.all() == StoreSamples.everyKind)
    }

    @Test func aTruncatedStoreIsReportedAndLeftAlone() throws {
        let path = try closedStore()
        let whole = FileManager.default.contents(atPath: path)!
        for length in [99, 100, 4096, 8192, whole.count - 4096] {
            try Data(whole.prefix(length)).write(to: URL(fileURLWithPath: path))
            let error = problem(path)
            #expect(error?.problem == .corrupt, "cut to \(length): \(error?.description ?? "opened")")
            #expect(FileManager.default.contents(atPath: path) == whole.prefix(length))
        }
    }

    @Test func damageIsReportedAndNeverCrashes() throws {
        let path = try closedStore()
        let whole = FileManager.default.contents(atPath: path)!
        var random = StoreRandom(3)
        var found = 0
        // Nobody can notice damage to bytes that no row uses.
        func isUnused(_ start: Int) -> Bool { whole[start..<start + 64].count { $0 == 0 } > 8 }
        for _ in 0..<40 {
            var bytes = whole
            var start = 0
            repeat { start = Int.random(in: 100..<whole.count - 64, using: &random) } while isUnused(start)
            for index in start..<start + 64 { bytes[index] = UInt8.random(in: 0...255, using: &random) }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            do {
                let store = try FeedbackStore(path: path)
                defer { try? store.close() }
                if try store.verify() != [] { found += 1 }
            } catch let error as StoreError {
                #expect(error.path == path)
                found += 1
            }
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        }
        #expect(found == 40)
    }

    @Test func aLogWithoutItsStoreIsNotOverwritten() throws {
        let store = try FeedbackStore(path: folder.file())
        try store.append(StoreSamples.everyKind)
        try FileManager.default.moveItem(atPath: folder.file(), toPath: folder.file("moved.db"))
        #expect(problem(folder.file())?.problem == .orphanedLog)
        try FileManager.default.moveItem(atPath: folder.file("moved.db"), toPath: folder.file())
        #expect(problem(folder.file()) == nil)
        #expect(try store.all().count == StoreSamples.everyKind.count)
    }

    @Test func readersSeeWholeBatchesWhileOthersWrite() async throws {
        let path = folder.file()
        let store = try FeedbackStore(path: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<2 {
                group.addTask {
                    let mine = try FeedbackStore(path: path)
                    for batch in 0..<20 {
                        try mine.append(
                            (0..<10).map {
                                FeedbackEvent(.thumb(Thumb("x", up: true)), id: "\(writer)-\(batch)-\($0)")
                            })
                    }
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    var last = 0
                    while last < 400 {
                        try Task.checkCancellation()
                        let count = try store.log().count
                        #expect(count % 10 == 0 && count >= last)
                        #expect(try store.ledger().addsUp)
                        last = count
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try store.ledger() == Ledger(kept: 400))
        #expect(try store.verify() == [])
    }
}

extension FeedbackStore {
    fileprivate func dropTables() throws {
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            for table in tables { try db.execute(sql: "DROP TABLE \(table)") }
        }
    }

    /// The value of a setting of the connection that writes.
    fileprivate func pragma(_ name: String) throws -> String {
        try pool.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(name)") } ?? ""
    }
}
