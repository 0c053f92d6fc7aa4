import Foundation
import Testing

@testable import Signals

@Suite struct StoreFileImportTests {
    let folder: StoreFolder
    let store: FeedbackStore

    init() throws {
        folder = try StoreFolder()
        store = try FeedbackStore(path: folder.file())
    }

    private func battles(_ range: Range<Int>) -> String {
        "left,right,winner\n"
            + range.map { "a\($0 % 4),b\($0 % 3),\($0 % 2 == 0 ? "left" : "right")\n" }.joined()
    }

    private func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> FeedbackSource {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file(name)))
        return .file(folder.file(name))
    }

    /// A gzip file that holds the bytes as they are.
    private func gzip(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        func little(_ value: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
        }
        let length = UInt32(bytes.count)
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(length, 2) + little(~length, 2) + bytes
            + little(~crc, 4) + little(length, 4)
    }

    @Test func aFileIsImportedOnceUnderEveryNameAndPacking() throws {
        let text = battles(0..<50)
        let first = try store.import(file("battles.csv", text.utf8))
        #expect(first.relation == .new && first.counts == Ledger(kept: 50))
        #expect(first.reading?.events == 50)
        #expect(try store.sources().last?.name == folder.file("battles.csv"))
        for copy in [
            try file("copy.csv", text.utf8), try file("battles.csv.gz", gzip(text)),
            .text(text, name: "memory"),
        ] {
            let again = try store.import(copy)
            #expect(again.relation == .known && again.counts == Ledger() && again.reading == nil)
        }
        let grown = try store.import(file("grown.csv.gz", gzip(battles(0..<60))))
        #expect(grown.relation == .grown && grown.counts == Ledger(kept: 10))

        var expected = FeedbackLog()
        try FeedbackReader().read(.text(battles(0..<60)), into: &expected)
        #expect(Array(try store.log().events) == Array(expected.events))
        #expect(try store.verify() == [])
    }

    @Test func aFileWithABadLineIsRefusedAsAWholeUnlessItMayBeSkipped() throws {
        let source = FeedbackSource.text(battles(0..<20) + "a,a,left\nx\n" + "a,b,left\n", name: "bad.csv")
        let before = try store.dump()
        #expect(throws: FeedbackReadError.self) { try store.import(source) }
        #expect(throws: FeedbackReadError.self) { try store.import(.text("hello", name: "hello")) }
        #expect(try store.dump() == before)
        let report = try store.import(source, options: ReadOptions(skipBad: true))
        #expect(report.counts == Ledger(kept: 21, malformed: 2))
        var lines: [Int] = []
        try store.refusals(source: report.source) { lines.append($0.line) }
        #expect(lines == [22, 23])
        // What is acknowledged is known, however it is to be read now.
        #expect(try store.import(source).relation == .known)
        #expect(try store.verify() == [])
    }

    @Test func aLongFileIsImportedInBatches() throws {
        var acknowledged: [Int] = []
        try store.import(.text(battles(0..<2500)), batch: 1000) { acknowledged.append($0.acknowledged) }
        #expect(acknowledged == [1000, 2000, 2500])
        #expect(try store.ledger() == Ledger(kept: 2500))
    }
}
