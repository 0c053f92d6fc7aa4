import Testing

@testable import Signals

@Suite struct StoreLedgerTests {
    let folder: StoreFolder
    let store: FeedbackStore

    init() throws {
        folder = try StoreFolder()
        store = try FeedbackStore(path: folder.file())
    }

    private func decision(_ id: String, answers: String? = nil) -> FeedbackEvent {
        FeedbackEvent(.decision(Decision(id: id, action: "x")), decision: answers)
    }

    private func reward(_ decision: String, _ value: Double = 1) -> FeedbackEvent {
        FeedbackEvent(.reward(Reward(value: value)), decision: decision)
    }

    @Test func aRewardWaitsForItsDecision() throws {
        #expect(try store.append([reward("d"), reward("d", 2)]).outcomes == [.pending, .pending])
        #expect(try store.ledger() == Ledger(kept: 0, pending: 2))
        #expect(try store.all().isEmpty)
        #expect(try store.all(EventFilter(pending: true)).count == 2)
        let arrival = try store.append([decision("d"), reward("d", 3)])
        #expect(arrival.outcomes == [.kept, .kept])
        #expect(arrival.counts.kept == 4 && arrival.counts.pending == -2 && arrival.counts.addsUp)
        #expect(try store.ledger() == Ledger(kept: 4))
        #expect(try store.all().map(\.feedback.kind) == [.reward, .reward, .decision, .reward])
        #expect(try store.verify() == [])
    }

    @Test func decisionsThatAnswerDecisionsArriveInAChain() throws {
        try store.append([
            reward("c"), decision("c", answers: "b"), decision("b", answers: "a"),
            decision("o", answers: "o"),
        ])
        #expect(try store.ledger() == Ledger(kept: 0, pending: 4))
        try store.append([decision("a")])
        #expect(try store.ledger() == Ledger(kept: 4, pending: 1))
        #expect(try store.verify() == [])
    }

    @Test func aDecisionIsKnownByItsOwnId() throws {
        var other = decision("d")
        other.judge = "someone"
        let result = try store.append([decision("d"), decision("d"), other])
        #expect(result.outcomes == [.kept, .duplicate, .conflict])
        #expect(try store.ledger() == Ledger(kept: 1, duplicate: 1, conflict: 1))
        #expect(try store.verify() == [])
    }

    @Test func namesAreComparedByTheirBytes() throws {
        let ids = ["\u{E9}", "e\u{301}", "a\0b", "a\0c", "a"]
        let events = ids.map { FeedbackEvent(.thumb(Thumb("x", up: true)), id: $0) }
        #expect(try store.append(events).counts == Ledger(kept: 5))
        #expect(try store.append(events).counts == Ledger(kept: 0, duplicate: 5))
    }

    @Test func anUnsoundEventIsRefusedWithItsReason() throws {
        let bad = FeedbackEvent(.thumb(Thumb("", up: true)), id: "bad")
        let result = try store.append([bad, FeedbackEvent(.thumb(Thumb("a", up: true)), id: "good")])
        #expect(result.outcomes == [.malformed(bad.flaw!), .kept])
        var refusals: [Refusal] = []
        try store.refusals { refusals.append($0) }
        #expect(refusals.map(\.explanation) == ["an item needs a name"])
        #expect(refusals[0].text == bad.jsonLine())
        #expect(try store.verify() == [])
    }

    @Test func whatTheLedgerHidesIsFound() throws {
        try store.append(StoreSamples.everyKind)
        let harms = [
            (
                "UPDATE ledger SET count = count + 1 WHERE entry = 'kept'",
                "UPDATE ledger SET count = count - 1 WHERE entry = 'kept'"
            ),
            (
                "UPDATE event SET judge = x'00' WHERE seq = 1",
                "UPDATE event SET judge = CAST('ann' AS BLOB) WHERE seq = 1"
            ),
            ("UPDATE source SET records = records + 1", "UPDATE source SET records = records - 1"),
            ("UPDATE event SET pending = 1 WHERE seq = 8", "UPDATE event SET pending = 0 WHERE seq = 8"),
            (
                "UPDATE event SET payload = payload || ' }' WHERE seq = 2",
                "UPDATE event SET payload = substr(payload, 1, length(payload) - 2) WHERE seq = 2"
            ),
        ]
        for (harm, repair) in harms {
            try store.tamper(harm)
            #expect(try store.verify() != [], "\(harm)")
            try store.tamper(repair)
            #expect(try store.verify() == [], "\(repair)")
        }
    }

    /// Random deliveries on every way in, against a model of what must become of them.
    @Test(arguments: [11, 12, 13] as [UInt64]) func theLedgerAddsUpAfterAnything(_ seed: UInt64) throws {
        struct Stopped: Error {}
        var random = StoreRandom(seed)
        var store = store
        var texts = [StoreSamples.mixed(20, seed: seed)]
        var expected = Ledger()
        for step in 0..<60 {
            let before = try store.ledger()
            switch Int.random(in: 0..<7, using: &random) {
            case 0:
                texts.append(StoreSamples.mixed(Int.random(in: 1...30, using: &random), seed: random.next()))
                expected += try store.importLines(texts.last!).counts
            case 1:
                let grown =
                    texts.randomElement(using: &random)!
                    + StoreSamples.mixed(Int.random(in: 1...9, using: &random), seed: random.next())
                texts.append(grown)
                expected += try store.importLines(grown).counts
            case 2:
                let again = try store.importLines(texts.randomElement(using: &random)!)
                expected += again.counts
            case 3:
                let text = StoreSamples.mixed(25, seed: random.next())
                let stop = Int.random(in: 1...25, using: &random)
                var last = Ledger()
                #expect(throws: Stopped.self) {
                    try store.importLines(text, batch: 4) {
                        last = $0.counts
                        if $0.acknowledged >= stop { throw Stopped() }
                    }
                }
                expected += last
                expected += try store.importLines(text).counts
                texts.append(text)
            case 4:
                store = try FeedbackStore(path: folder.file())
            default:
                let lines = StoreSamples.mixed(Int.random(in: 1...20, using: &random), seed: random.next())
                let events = lines.split(separator: "\n").compactMap {
                    try? FeedbackEvent(jsonLine: String($0))
                }
                let result = try store.append(events)
                expected += result.counts
                #expect(result.outcomes.count == events.count)
                let refused = result.outcomes.filter { $0 == .duplicate || $0 == .conflict }.count
                #expect(result.counts.refusedInAll == refused && result.counts.received == events.count)
            }
            let ledger = try store.ledger()
            #expect(ledger.addsUp && ledger == expected, "step \(step): \(ledger), expected \(expected)")
            #expect(ledger.received >= before.received && ledger.kept >= before.kept)
        }
        #expect(try store.verify() == [])
        #expect(try store.all().count == expected.kept)
        #expect(try store.all(EventFilter(pending: true)).count == expected.pending)
        let ids = try store.all().compactMap(\.id)
        #expect(Set(ids).count == ids.count)
        for text in texts { expected += try store.importLines(text).counts }
        #expect(try store.ledger() == expected)
    }
}
