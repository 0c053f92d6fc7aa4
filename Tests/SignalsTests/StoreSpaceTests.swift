import Foundation
import Testing

@testable import Signals

@Suite struct StoreSpaceTests {
    let folder: StoreFolder
    let store: FeedbackStore

    init() throws {
        folder = try StoreFolder()
        store = try FeedbackStore(path: folder.file())
    }

    @Test func aFileGoesIntoEachSpaceOnce() throws {
        let text = StoreSamples.mixed(80, seed: 4)
        for name in ["default", "one", "two"] {
            let space = store.inSpace(name)
            #expect(try space.importLines(text).relation == .new)
            #expect(try space.importLines(text).relation == .known)
            let grown = try space.importLines(text + StoreSamples.comparisons(0..<3))
            #expect(grown.relation == .grown && grown.counts == Ledger(kept: 3))
            #expect(try space.sources().count == 2)
        }
        let ledgers = try store.spaces().map(\.ledger)
        #expect(try store.spaces().map(\.name) == ["default", "one", "two"])
        #expect(Set(ledgers).count == 1 && ledgers[0].received == 83)
        #expect(try store.inSpace("two").all() == store.all())
        #expect(try store.verify() == [])
    }

    @Test func aSpaceIsMadeWhenItIsWrittenTo() throws {
        let space = store.inSpace("new")
        #expect(try space.all().isEmpty && space.ledger() == Ledger() && space.last() == 0)
        #expect(try space.sources().isEmpty)
        #expect(try store.spaces().map(\.name) == ["default"])
        try space.append([FeedbackEvent]())
        #expect(try store.spaces().count == 1)
        try space.append([FeedbackEvent(.thumb(Thumb("x", up: true)), id: "a")])
        #expect(try store.spaces().map(\.name) == ["default", "new"])
        #expect(try store.ledger() == Ledger())
        try space.close()
        let again = try FeedbackStore(path: folder.file(), space: "new", create: false)
        #expect(try again.all().map(\.id) == ["a"])
    }

    @Test func verifySeesEverySpace() throws {
        for name in ["default", "one"] {
            try store.inSpace(name).append([FeedbackEvent(.thumb(Thumb("x", up: true)), id: "a")])
        }
        let one = "(SELECT id FROM space WHERE name = CAST('one' AS BLOB))"
        for (change, undo) in [
            ("UPDATE tally SET count = 2 WHERE space = \(one)", "UPDATE tally SET count = 1"),
            (
                "UPDATE event SET space = 1, id = NULL WHERE space = \(one)",
                "UPDATE event SET space = \(one) WHERE seq = 2"
            ),
            (
                "UPDATE counter SET value = 1 WHERE name = 'event'",
                "UPDATE counter SET value = 2 WHERE name = 'event'"
            ),
            (
                "UPDATE ledger SET count = 2 WHERE space = \(one) AND entry IN ('received', 'kept')",
                "UPDATE ledger SET count = 1 WHERE space = \(one) AND entry IN ('received', 'kept')"
            ),
        ] {
            try store.tamper(change)
            #expect(try store.verify() != [], "\(change)")
            try store.tamper(undo)
            try store.tamper("UPDATE event SET id = CAST('a' AS BLOB)")
            #expect(try store.verify() == [], "\(undo)")
        }
    }

    @Test func aFullDiskLosesNothingAndIsOverWhenThereIsRoom() throws {
        try store.limit(pages: 120)
        var acknowledged: [String] = []
        var failure: StoreError?
        for batch in 0..<400 where failure == nil {
            let ids = (0..<10).map { "\(batch)-\($0)" }
            do {
                try store.append(
                    ids.map { FeedbackEvent(.critique(Critique("x", text: "long \($0)")), id: $0) })
                acknowledged += ids
            } catch { failure = error as? StoreError }
        }
        #expect(failure?.problem == .full)
        #expect(acknowledged.count > 100)
        #expect(try store.all().compactMap(\.id) == acknowledged)
        #expect(try store.verify() == [])
        #expect(throws: StoreError.self) {
            try store.append((0..<500).map { FeedbackEvent(.critique(Critique("x", text: "more \($0)"))) })
        }
        try store.limit(pages: 100_000)
        try store.append([FeedbackEvent(.critique(Critique("x", text: "room")), id: "room")])
        #expect(try store.all().compactMap(\.id) == acknowledged + ["room"])
        #expect(try store.verify() == [])
    }
}

extension FeedbackStore {
    /// Makes SQLite find the disk full when the file has so many pages.
    fileprivate func limit(pages: Int) throws {
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
    }
}
