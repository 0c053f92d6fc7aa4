import Signals
import Testing

@testable import Serving

// Events that came without a time.
extension StoreConformance {
    static func stamps(_ store: any ServiceStore) throws {
        func send(_ events: [FeedbackEvent], at stamp: Double?) throws -> [AppendResult.Outcome] {
            try store.append([Submission(space: "s", events: events, stamp: stamp)])[0].outcomes
        }
        let batch = [thumb("a", judge: "ann"), thumb("b", time: 5), thumb(nil), thumb("c")]
        #expect(try send(batch, at: 100) == [.kept, .kept, .kept, .kept])
        #expect(try store.all().map(\.event.time) == [100, 5, 100, 100])
        #expect(try store.ids("s", EventFilter(from: 100, until: 101)) == ["a", "", "c"])
        // The receiver's time is no part of what was sent, whenever it is sent again.
        let named = batch.filter { $0.id != nil }
        for stamp in [100, 250.25, 1e9] {
            #expect(try send(named, at: stamp) == [.duplicate, .duplicate, .duplicate])
        }
        // What differs in anything else is something else.
        let others = [
            thumb("a", "coffee", judge: "ann"), thumb("a", judge: "bob"), thumb("a"),
            FeedbackEvent(.thumb(Thumb("tea", up: false)), id: "a", judge: "ann"),
        ]
        #expect(try send(others, at: 100) == Array(repeating: .conflict, count: 4))
        #expect(try send(others, at: 300) == Array(repeating: .conflict, count: 4))
        // A time that the sender names is part of what it says.
        #expect(
            try send([thumb("b", time: 6), thumb("a", judge: "ann", time: 101)], at: 5) == [
                .conflict, .conflict,
            ])
        #expect(
            try send([thumb("b", time: 5), thumb("a", judge: "ann", time: 100)], at: 7) == [
                .duplicate, .duplicate,
            ])
        // A sender that leaves out a time it named before says the same.
        #expect(try send([thumb("b")], at: 300) == [.duplicate])
        // Without a stamp nothing is filled in, and no time is a time of its own.
        #expect(try send([thumb("b"), thumb("d"), thumb("d")], at: nil) == [.conflict, .kept, .duplicate])
        #expect(try send([thumb("d"), thumb("d", time: 1)], at: 300) == [.duplicate, .conflict])
        // Twice in one transaction, in submissions that arrived at different times.
        let together = try store.append([
            Submission(space: "s", events: [thumb("e"), thumb("e")], stamp: 400),
            Submission(space: "s", events: [thumb("e"), thumb("e", time: 401)], stamp: 401),
            Submission(space: "t", events: [thumb("e")], stamp: 402),
        ])
        #expect(together.map(\.outcomes) == [[.kept, .duplicate], [.duplicate, .conflict], [.kept]])
        #expect(try store.all().map(\.event.time) == [100, 5, 100, 100, nil, 400])
        #expect(try store.all("t").map(\.event.time) == [402])
        // The refused say when they came, as far as their text is kept.
        #expect(try store.refusals("s", limit: 1).map(\.text) == [thumb("e", time: 401).jsonLine()])
        let duplicates = 9 + 2 + 1 + 1 + 1 + 2
        #expect(try store.ledger("s") == ledger(kept: 6, duplicate: duplicates, conflict: 8 + 2 + 1 + 1 + 1))
        // A stamp that is no time is refused with the event.
        guard case .malformed(let flaw) = try send([thumb("f")], at: .nan)[0] else {
            Issue.record("an event was stamped with no number")
            return
        }
        #expect(flaw.field == "time")
    }

    static func stampedDecisions(_ store: any ServiceStore) throws {
        func send(_ events: [FeedbackEvent], at stamp: Double) throws -> [AppendResult.Outcome] {
            try store.append([Submission(space: "s", events: events, stamp: stamp)])[0].outcomes
        }
        let batch = [
            reward("d", id: "r"), reward("never", id: "w"), decision("d", event: "e"), decision("f"),
        ]
        #expect(try send(batch, at: 10) == [.pending, .pending, .kept, .kept])
        #expect(try send(batch, at: 20) == Array(repeating: .duplicate, count: 4))
        #expect(try store.decision("s", "d")?.event.time == 10)
        // A decision is known by its own id, whatever the event is called.
        #expect(
            try send([decision("d", event: "other"), decision("f", judge: "ann")], at: 10) == [
                .conflict, .conflict,
            ])
        #expect(try store.ledger("s") == ledger(kept: 3, pending: 1, duplicate: 4, conflict: 2))
    }
}
