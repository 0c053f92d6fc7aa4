import Testing

@testable import Signals

@Suite struct StoreImportTests {
    let folder: StoreFolder
    let store: FeedbackStore

    init() throws {
        folder = try StoreFolder()
        store = try FeedbackStore(path: folder.file())
    }

    @Test func theSameSourceTwiceChangesNothing() throws {
        let text = StoreSamples.mixed(60, seed: 1)
        let first = try store.importLines(text, name: "a.jsonl")
        #expect(first.relation == .new)
        #expect(first.records == 60 && first.acknowledged == 60)
        let before = try store.dump()
        for name in ["a.jsonl", "copy-of-a.jsonl"] {
            let again = try store.importLines(text, name: name)
            #expect(again.relation == .known)
            #expect(again.source == first.source)
            #expect(again.counts == Ledger())
        }
        #expect(try store.dump() == before)
        #expect(try store.verify() == [])
    }

    @Test func aGrownSourceAddsOnlyItsNewLines() throws {
        for end in [10, 11, 25, 40] {
            let report = try store.importLines(StoreSamples.comparisons(0..<end), name: "log")
            #expect(report.relation == (end == 10 ? .new : .grown))
            #expect(try store.ledger() == Ledger(kept: end))
        }
        let older = try store.importLines(StoreSamples.comparisons(0..<25))
        #expect(older.relation == .known)
        #expect(try store.sources().map(\.records) == [0, 40])
        #expect(try store.verify() == [])
    }

    @Test func differentSourcesWithTheSameLinesBothCount() throws {
        try store.importLines(StoreSamples.comparisons(0..<10))
        try store.importLines(StoreSamples.comparisons(5..<15))
        #expect(try store.ledger() == Ledger(kept: 20))
        #expect(try store.sources().count == 3)
    }

    @Test func twoContinuationsOfOneBeginningShareIt() throws {
        let stem = StoreSamples.comparisons(0..<10)
        for unterminated in [false, true] {
            let folder = try StoreFolder()
            let store = try FeedbackStore(path: folder.file())
            let begin = unterminated ? String(stem.dropLast()) : stem
            let between = unterminated ? "\n" : ""
            try store.importLines(begin)
            let one = try store.importLines(begin + between + StoreSamples.comparisons(20..<25))
            let two = try store.importLines(begin + between + StoreSamples.comparisons(30..<33))
            let three = try store.importLines(begin + between + StoreSamples.comparisons(30..<36))
            #expect(one.counts == Ledger(kept: 5))
            #expect(two.counts == Ledger(kept: 3) && two.source != one.source && two.relation == .grown)
            #expect(three.counts == Ledger(kept: 3) && three.source == two.source)
            #expect(try store.ledger() == Ledger(kept: 21))
            #expect(try store.verify() == [])
        }
    }

    @Test func aTornLastLineIsReadAgain() throws {
        let whole = StoreSamples.comparisons(0..<3)
        try store.importLines(String(whole.dropLast(10)))
        #expect(try store.ledger() == Ledger(kept: 2, malformed: 1))
        try store.importLines(whole)
        #expect(try store.ledger() == Ledger(kept: 3, malformed: 1))
        try store.importLines(whole + "nonsense")
        try store.importLines(whole + "nonsense\n")
        #expect(try store.ledger() == Ledger(kept: 3, malformed: 2))
        try store.importLines(whole + "nonsense\n" + StoreSamples.comparisons(3..<4))
        #expect(try store.ledger() == Ledger(kept: 4, malformed: 2))
        #expect(try store.verify() == [])
    }

    @Test func aLineThatSaysSomethingElseWhenItIsLongerIsAConflict() throws {
        func lines(_ weight: String) -> String {
            "{\"kind\":\"thumb\",\"item\":\"a\",\"up\":true,\"weight\":\(weight)}"
        }
        let events = [1.0, 2.0].map { FeedbackEvent(.thumb(Thumb("a", up: true)), weight: $0) }
        // The reader decides what a line says; here the torn one says something usable.
        func bring(_ text: String, _ event: FeedbackEvent) throws -> ImportReport {
            var hasher = try store.fingerprinting()
            hasher.update(text.utf8)
            return try store.importing(hasher.finish(), name: "t") { try $0.receive(event, line: 1) }
        }
        #expect(try bring("a,1", events[0]).counts == Ledger(kept: 1))
        #expect(try bring("a,12", events[1]).counts == Ledger(kept: 0, conflict: 1))
        #expect(try store.all() == [events[0]])
        var refusals: [Refusal] = []
        try store.refusals { refusals.append($0) }
        #expect(refusals.map(\.reason) == [.conflict])
        #expect(refusals[0].text == events[1].jsonLine())
        #expect(try store.verify() == [])
    }

    @Test func anIdIsKeptOnce() throws {
        func line(_ id: String, _ up: Bool) -> String {
            FeedbackEvent(.thumb(Thumb("a", up: up)), id: id).jsonLine() + "\n"
        }
        try store.importLines(line("x", true) + line("y", true) + line("x", true))
        #expect(try store.ledger() == Ledger(kept: 2, duplicate: 1))
        let second = try store.importLines(line("y", false) + line("x", true) + line("z", true))
        #expect(second.counts == Ledger(kept: 1, duplicate: 1, conflict: 1))
        #expect(try store.all().map(\.id) == ["x", "y", "z"])
        #expect(try store.all().allSatisfy { $0.feedback == .thumb(Thumb("a", up: true)) })
        var refusals: [Refusal] = []
        try store.refusals(source: second.source) { refusals.append($0) }
        #expect(refusals.map(\.reason) == [.conflict, .duplicate])
        #expect(refusals.map(\.value) == ["y", "x"])
        #expect(refusals.map(\.line) == [1, 2])
        #expect(refusals.map(\.existing) == [2, 1])
        #expect(try store.verify() == [])
    }

    @Test(arguments: [1, 7, 20, 33, 59]) func anImportThatWasCutShortGoesOn(_ stop: Int) throws {
        struct Stopped: Error {}
        let text = StoreSamples.mixed(60, seed: 5)
        #expect(throws: Stopped.self) {
            try store.importLines(text, batch: 3) { if $0.acknowledged >= stop { throw Stopped() } }
        }
        #expect(try store.ledger().addsUp)
        #expect(try store.sources()[1].isFinished == false)
        #expect(try store.verify() == [])
        let rest = try store.importLines(text, batch: 4)
        #expect(rest.relation == .resumed)

        let straight = try FeedbackStore(path: folder.file("straight.db"))
        try straight.importLines(text)
        #expect(try store.dump() == straight.dump())
        #expect(try store.verify() == [])
    }

    @Test func anImportThatWasCutShortGoesOnWithTheGrownSource() throws {
        struct Stopped: Error {}
        let text = StoreSamples.comparisons(0..<20)
        #expect(throws: Stopped.self) {
            try store.importLines(text, batch: 6) { _ in throw Stopped() }
        }
        let grown = text + StoreSamples.comparisons(20..<30)
        #expect(throws: Stopped.self) {
            try store.importLines(grown, batch: 6) { _ in throw Stopped() }
        }
        #expect(throws: StoreError.self) { try store.importLines(text + StoreSamples.comparisons(50..<51)) }
        #expect(try store.importLines(text).relation == .resumed)
        #expect(try store.ledger() == Ledger(kept: 20))
        #expect(try store.importLines(grown).relation == .resumed)
        #expect(try store.importLines(text + StoreSamples.comparisons(50..<51)).counts == Ledger(kept: 1))
        #expect(try store.ledger() == Ledger(kept: 31))
        #expect(try store.verify() == [])
    }

    @Test func aCancelledTaskStopsBetweenBatches() async throws {
        let store = store
        let task = Task {
            try store.importLines(StoreSamples.comparisons(0..<50), batch: 10) { report in
                if report.acknowledged == 20 { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try store.ledger() == Ledger(kept: 20))
        #expect(try store.importLines(StoreSamples.comparisons(0..<50)).counts == Ledger(kept: 30))
    }

    @Test func twoImportsOfOneSourceAtOnceDoNotCountItTwice() throws {
        let text = StoreSamples.comparisons(0..<30)
        let other = try FeedbackStore(path: folder.file())
        var error: StoreError?
        do {
            try store.importLines(text, batch: 10) { report in
                if report.acknowledged == 10 { try other.importLines(text) }
            }
        } catch let contested as StoreError { error = contested }
        #expect(error?.problem == .contested)
        #expect(try store.ledger() == Ledger(kept: 30))
        #expect(try store.importLines(text).relation == .known)
        #expect(try store.verify() == [])
    }

    @Test func anEmptySourceIsTheBeginningOfNone() throws {
        #expect(try store.importLines("").relation == .new)
        #expect(try store.importLines("").relation == .known)
        #expect(try store.importLines(StoreSamples.comparisons(0..<2)).relation == .new)
        #expect(try store.verify() == [])
    }

    @Test func theHasherSeesBeginningsAcrossPieces() {
        var whole = SourceHasher(lengths: [0, 3, 3, 7, 10, 99])
        whole.update("ab\ndefghij".utf8)
        var pieces = SourceHasher(lengths: [3, 7, 10])
        for piece in ["a", "b", "\nd", "", "efghi", "j"] { pieces.update(piece.utf8) }
        #expect(whole.finish() == pieces.finish())
        #expect(whole.finish().beginnings.map(\.bytes) == [3, 7, 10])
        #expect(whole.finish().lines == 2)
        var short = SourceHasher(lengths: [])
        short.update("ab\n".utf8)
        #expect(short.finish().digest == whole.finish().beginnings[0].digest)
        #expect(short.finish().lines == 1)
    }
}
