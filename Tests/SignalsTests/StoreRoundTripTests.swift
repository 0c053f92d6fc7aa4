import Testing

@testable import Signals

@Suite struct StoreRoundTripTests {
    @Test func everyKindComesBackAsItWas() throws {
        let folder = try StoreFolder()
        var store = try FeedbackStore(path: folder.file())
        let result = try store.append(StoreSamples.everyKind)
        #expect(result.outcomes.allSatisfy { $0 == .kept })
        #expect(result.counts == Ledger(kept: StoreSamples.everyKind.count))
        let text = StoreSamples.comparisons(0..<40)
        try store.importLines(text)
        try store.close()

        store = try FeedbackStore(path: folder.file(), create: false)
        let back = try store.all()
        let expected =
            try StoreSamples.everyKind
            + text.split(separator: "\n").map { try FeedbackEvent(jsonLine: String($0)) }
        #expect(back == expected)
        // Swift's == takes composed and decomposed letters for the same; the lines tell them apart.
        #expect(zip(back, expected).allSatisfy { $0.jsonLine().utf8.elementsEqual($1.jsonLine().utf8) })
        #expect(Array(try store.log().events) == expected)
        var lines: [String] = []
        try store.lines { lines.append($0) }
        #expect(lines == expected.map { $0.jsonLine() })
        #expect(try store.counts()[.comparison] == 41)
        #expect(try store.verify() == [])
    }

    @Test func filtersPickEvents() throws {
        let folder = try StoreFolder()
        let store = try FeedbackStore(path: folder.file())
        try store.append(StoreSamples.everyKind)
        #expect(try store.all(EventFilter(judge: "ann")).map(\.feedback.kind) == [.comparison, .thumb])
        #expect(try store.all(EventFilter(judge: "\0")).map(\.id) == ["nul\0id"])
        #expect(
            try store.all(EventFilter(kinds: [.label, .choice])).map(\.feedback.kind) == [.choice, .label])
        #expect(try store.all(EventFilter(kinds: [])).isEmpty)
        #expect(try store.all(EventFilter(from: -1)).count == 2)
        #expect(try store.all(EventFilter(from: -1, until: 1_700_000_000.125)).count == 1)
        #expect(try store.all(EventFilter(until: -1)).isEmpty)
        #expect(try store.all(EventFilter(after: 10)).count == 3)
        #expect(try store.log(EventFilter(kinds: [.rating])).ratings.count == 1)
    }

    @Test func aReadingCanBeEnded() throws {
        struct Enough: Error {}
        let folder = try StoreFolder()
        let store = try FeedbackStore(path: folder.file())
        try store.append(StoreSamples.everyKind)
        var seen = 0
        #expect(throws: Enough.self) {
            try store.events { _ in
                seen += 1
                if seen == 3 { throw Enough() }
            }
        }
        #expect(seen == 3)
        #expect(try store.all().count == StoreSamples.everyKind.count)
    }

    @Test func eventsAreNamedByIdOrPlace() throws {
        let folder = try StoreFolder()
        let store = try FeedbackStore(path: folder.file())
        var event = StoreSamples.everyKind[4]
        event.id = "mine"
        try store.importLines("\n\(StoreSamples.everyKind[4].jsonLine())\n\(event.jsonLine())\n")
        var keys: [String] = []
        try store.events { keys.append($0.key) }
        #expect(keys == ["2:2", "mine"])
    }
}
