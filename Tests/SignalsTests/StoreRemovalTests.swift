import Foundation
import Testing

@testable import Signals

@Suite struct StoreRemovalTests {
    let folder: StoreFolder
    let store: FeedbackStore

    init() throws {
        folder = try StoreFolder()
        store = try FeedbackStore(path: folder.file())
    }

    @Test func whatWasRemovedDoesNotComeBackWithItsFile() throws {
        struct Stopped: Error {}
        var text = StoreSamples.mixed(60, seed: 5)
        #expect(throws: Stopped.self) {
            try store.importLines(text, batch: 10) { if $0.acknowledged >= 40 { throw Stopped() } }
        }
        let gone = try store.all().filter { $0.judge == "j3" }
        #expect(!gone.isEmpty)
        let report = try store.erase(judge: "j3")
        #expect(report.events >= gone.count)
        #expect(try store.verify() == [])
        func mine() throws -> Int { try store.all().count { $0.judge == "j3" } }
        #expect(try mine() == 0)
        // The import that was cut short goes on without them; so does the file that has grown, in two ways.
        #expect(try store.importLines(text).relation == .resumed)
        let later = try mine()
        #expect(try store.importLines(text).relation == .known)
        let stem = text
        text += StoreSamples.comparisons(100..<103)
        #expect(try store.importLines(text).counts == Ledger(kept: 3))
        #expect(try store.importLines(stem + StoreSamples.comparisons(200..<202)).counts == Ledger(kept: 2))
        #expect(try mine() == later)
        #expect(try store.verify() == [])
        #expect(try store.ledger().removed == report.events)
        #expect(try store.sources().map(\.removed).reduce(0, +) == report.events)
        // Sent by itself it is new.
        let present = try Set(store.all().compactMap(\.id))
        let free = gone.compactMap(\.id).first { !present.contains($0) } ?? "anew"
        let again = FeedbackEvent(.thumb(Thumb("x", up: true)), id: free, judge: "j3")
        #expect(try store.append([again]).outcomes == [.kept])
        #expect(try store.verify() == [])
    }

    @Test func whatIsKeptOfALongConflictIsErased() throws {
        let long = Thumb(String(repeating: "x", count: 70_000), up: true)
        try store.append([
            FeedbackEvent(.thumb(Thumb("tea", up: true)), id: "a", judge: "bo"),
            FeedbackEvent(.thumb(long), id: "a", judge: "ann"),
        ])
        #expect(try store.refusals(newest: 9).map { $0.text?.utf8.count } == [65_536])
        #expect(try store.erase(judge: "ann").refusals == 1)
        #expect(try store.refusals(newest: 9).map(\.text) == [nil])
        #expect(try store.verify() == [])
    }

    @Test func randomRemovalsKeepEveryCount() throws {
        var random = StoreRandom(17)
        for round in 0..<12 {
            let space = store.inSpace(["default", "one"][round % 2])
            try space.importLines(StoreSamples.mixed(120, seed: UInt64(round)), name: "\(round)")
            let ids = try space.all().compactMap(\.id).filter { _ in
                Int.random(in: 0..<4, using: &random) == 0
            }
            try space.remove(ids: ids)
            #expect(try store.verify() == [])
            if round % 3 == 0 { try space.erase(judge: "j\(round % 7)") }
            #expect(try store.verify() == [])
            #expect(try store.spaces().allSatisfy(\.ledger.addsUp))
        }
        try store.inSpace("one").drop()
        #expect(try store.verify() == [])
        try store.prune(before: .infinity)
        #expect(try store.verify() == [])
        #expect(try store.all().isEmpty && store.all(EventFilter(pending: true)).isEmpty)
        #expect(try store.counts().isEmpty)
    }

    @Test func pruningGoesByArrivalInPieces() throws {
        try store.append((0..<25_000).map { FeedbackEvent(.thumb(Thumb("x", up: true)), id: "\($0)") })
        try store.tamper("UPDATE event SET arrived = seq")
        let report = try store.prune(before: 23_001)
        #expect(report.events == 23_000 && report.range == 1...23_000)
        #expect(try store.all().compactMap(\.id) == (23_000..<25_000).map(String.init))
        #expect(try store.prune(before: 23_001) == RemovalReport())
        #expect(try store.verify() == [])
    }

    @Test func nothingOfAnErasedPersonIsReadable() throws {
        let name = "Zebedee Quux 🦓"
        let secret = "sesquipedalian"
        var random = StoreRandom(3)
        func event(_ index: Int, _ judge: String) -> FeedbackEvent {
            let isHers = judge == name
            return FeedbackEvent(
                .critique(Critique("x", text: isHers ? "\(secret) \(index)" : "ordinary \(index)")),
                // Random ids, so that the pages of the index split at every place.
                id: "\(isHers ? secret : "id")-\(UInt64.random(in: 0...UInt64.max, using: &random))",
                judge: judge)
        }
        for batch in 0..<60 {
            try store.append(
                (0..<50).map { index in
                    event(batch * 50 + index, Int.random(in: 0..<5, using: &random) == 0 ? name : "other")
                })
        }
        // Her words in what was refused: a conflict, an id that was sent twice, lines that say nothing usable.
        let first = try #require(try store.all().first { $0.judge == name })
        let others = try #require(try store.all().first { $0.judge == "other" })
        var hers = event(1, name)
        hers.id = others.id
        var his = event(2, "other")
        his.id = first.id
        try store.append([first, hers, his])
        try store.importLines(
            "{\"kind\":\"thumb\",\"judge\":\"\(name)\",\"what\":\"\(secret)\"}\n\(secret),\(name),1\nelse\n")
        try store.append([FeedbackEvent(.thumb(Thumb("", up: true)), id: "\(secret)-x", judge: name)])
        #expect(try readable(secret) && readable(name))
        let refusals = try store.ledger().refusedInAll

        let report = try store.erase(judge: name)
        #expect(report.events > 400 && report.refusals >= 5)
        #expect(try readable(secret) == false)
        #expect(try readable(name) == false)
        #expect(try readable("Zebedee") == false)
        #expect(try store.ledger().refusedInAll == refusals)
        #expect(try store.refusals(newest: 99).contains { $0.text == "else" })
        #expect(try store.verify() == [])
        // What somebody else sent under an id of hers quotes it, and goes too.
        #expect(try store.refusals(newest: 99).contains { $0.text == his.jsonLine() } == false)
        try store.close()
        #expect(try readable(secret) == false)
    }

    @Test func anErasureThatWasCutShortIsCompletedByTheNext() throws {
        let event = FeedbackEvent(.critique(Critique("x", text: "sesquipedalian")), id: "a", judge: "ann")
        try store.append([event, FeedbackEvent(.thumb(Thumb("x", up: true)), id: "b", judge: "bo")])
        try store.tamper("UPDATE counter SET value = 1 WHERE name = 'scrub'")
        // An erasure that was cut short between its two steps left a note; the next one completes it.
        #expect(try store.erase(judge: "nobody").events == 0)
        #expect(try store.all().count == 2)
        #expect(try store.erase(judge: "ann").events == 1)
        #expect(try readable("sesquipedalian") == false)
        #expect(try store.verify() == [])
    }

    /// Whether a text can be read from the store's files, byte by byte.
    private func readable(_ text: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).contains { name in
            let bytes = FileManager.default.contents(atPath: folder.file(name)) ?? Data()
            return bytes.range(of: Data(text.utf8)) != nil
        }
    }
}
