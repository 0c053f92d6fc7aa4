import Foundation
import Signals
import Testing

@testable import Serving

/// What every `ServiceStore` must do, whatever is behind it. Each check makes a store of its own, which must be empty.
enum StoreConformance {
    static func check(make: () throws -> any ServiceStore) throws {
        for check in checks {
            let store = try make()
            try check(store)
            #expect(try store.verify() == [])
            for space in try store.spaces() { #expect(try store.ledger(space).addsUp) }
            try store.close()
        }
    }

    private static let checks: [@Sendable (any ServiceStore) throws -> Void] = [
        empty, exactlyOnce, stamps, stampedDecisions, malformed, pending, spaces, oddNames, reading, refusals,
        removing, cascades,
        erasing,
        pruning, removingMany, dropping, records, recordNames, concurrency,
    ]

    static func thumb(
        _ id: String?, _ item: String = "tea", judge: String? = nil, time: Double? = nil
    ) -> FeedbackEvent {
        FeedbackEvent(.thumb(Thumb(item, up: true)), id: id, judge: judge, time: time)
    }

    static func decision(
        _ id: String, event: String? = nil, judge: String? = nil, answers: String? = nil
    ) -> FeedbackEvent {
        FeedbackEvent(
            .decision(Decision(id: id, action: "x", among: ["x", "y"], propensities: [0.5, 0.5])), id: event,
            judge: judge, decision: answers)
    }

    static func reward(_ decision: String, id: String? = nil, judge: String? = nil) -> FeedbackEvent {
        FeedbackEvent(.reward(Reward(value: 1)), id: id, judge: judge, decision: decision)
    }

    /// What the checks expect of a ledger; nothing was removed unless said.
    static func ledger(
        kept: Int, pending: Int = 0, malformed: Int = 0, duplicate: Int = 0, conflict: Int = 0,
        removed: Int = 0
    ) -> Ledger {
        var ledger = Ledger()
        ledger.kept = kept
        ledger.pending = pending
        ledger.removed = removed
        for (reason, count) in [
            (Refusal.Reason.malformed, malformed), (.duplicate, duplicate), (.conflict, conflict),
        ] where count > 0 {
            ledger.refused[reason] = count
        }
        ledger.received = kept + pending + removed + ledger.refusedInAll
        return ledger
    }
}

extension ServiceStore {
    /// Appends events to a space.
    @discardableResult
    func add(_ events: [FeedbackEvent], to space: String = "s", arrived: Double? = nil) throws -> AppendResult
    {
        try append([Submission(space: space, events: events, arrived: arrived)])[0]
    }

    /// A space's events in their order.
    func all(_ space: String = "s", _ filter: EventFilter = EventFilter(), limit: Int? = nil) throws
        -> [StoredEvent]
    {
        var all: [StoredEvent] = []
        try events(space, filter, limit: limit) { all.append($0) }
        return all
    }

    /// The ids of a space's events in their order.
    func ids(_ space: String = "s", _ filter: EventFilter = EventFilter(), limit: Int? = nil) throws
        -> [String]
    {
        try all(space, filter, limit: limit).map { $0.event.id ?? "" }
    }
}

// Adding.
extension StoreConformance {
    private static func empty(_ store: any ServiceStore) throws {
        #expect(try store.append([]).isEmpty)
        let nothing = try store.append([
            Submission(space: "s", events: []), Submission(space: "t", events: []),
        ])
        #expect(nothing == [AppendResult(), AppendResult()])
        #expect(try store.spaces() == [])
        #expect(try store.ledger("s") == Ledger())
        #expect(try store.last("s") == 0)
        #expect(try store.counts("s") == [:])
        #expect(try store.all("s").isEmpty)
        #expect(try store.decision("s", "d") == nil)
        #expect(try store.answers("s", decision: "d") == [])
        #expect(try store.refusals("s", limit: 9) == [])
        #expect(try store.remove("s", ids: ["a"]).events == 0)
        #expect(try store.erase(judge: "ann", from: nil).allSatisfy { $0.events == 0 })
        #expect(try store.prune("s", before: 1e12).events == 0)
        try store.drop("s")
        #expect(try store.recordKinds() == [])
    }

    private static func exactlyOnce(_ store: any ServiceStore) throws {
        let first = try store.append([
            Submission(space: "s", events: [thumb("a"), thumb("b"), thumb("a")]),
            Submission(space: "t", events: [thumb("a", "coffee")]),
            Submission(space: "s", events: [thumb("b", "coffee"), thumb(nil), thumb(nil)]),
        ])
        #expect(first.map(\.outcomes) == [[.kept, .kept, .duplicate], [.kept], [.conflict, .kept, .kept]])
        #expect(
            first.map(\.counts) == [
                ledger(kept: 2, duplicate: 1), ledger(kept: 1), ledger(kept: 2, conflict: 1),
            ])
        #expect(try store.add([thumb("a"), thumb("b", "milk")]).outcomes == [.duplicate, .conflict])
        #expect(try store.ledger("s") == ledger(kept: 4, duplicate: 2, conflict: 2))
        #expect(try store.ledger("t") == ledger(kept: 1))
        #expect(try store.ids() == ["a", "b", "", ""])
        #expect(try store.all()[1].event == thumb("b"))
        #expect(try store.counts("s") == [.thumb: 4])
    }

    private static func malformed(_ store: any ServiceStore) throws {
        let bad = BadLine(
            file: "body", line: 3, column: 7, field: "kind", value: "nonsense", reason: "no such kind",
            text: "{oh no")
        let result = try store.append([
            Submission(
                space: "s",
                entries: [.malformed(bad), .event(thumb("")), .event(thumb("a")), .event(thumb("b", ""))])
        ])[0]
        guard case .malformed(let flaw) = result.outcomes[0] else {
            Issue.record("a malformed entry became \(result.outcomes[0])")
            return
        }
        #expect(flaw.field == "kind" && flaw.value == "nonsense" && flaw.reason == "no such kind")
        let flaws = [thumb("").flaw, thumb("b", "").flaw]
        #expect(result.counts.received == 4 && result.counts.addsUp)
        #expect(result.counts.refused == [.malformed: 1 + flaws.count { $0 != nil }])
        let refusal = try store.refusals("s", limit: 10).last
        #expect(refusal?.reason == .malformed && refusal?.text == "{oh no" && refusal?.value == "nonsense")
        #expect(refusal?.field == "kind" && refusal?.explanation == "no such kind")
    }

    private static func pending(_ store: any ServiceStore) throws {
        let waiting = try store.add([
            reward("c", id: "r1"), reward("c", id: "r2"), decision("o", answers: "o"),
        ])
        #expect(waiting.outcomes == [.pending, .pending, .pending])
        #expect(try store.all().isEmpty)
        #expect(try store.counts("s") == [:])
        #expect(try store.ids("s", EventFilter(pending: true)) == ["r1", "r2", ""])
        // A decision that answers a decision, over several submissions of one call, in the wrong order.
        let chain = try store.append([
            Submission(space: "s", events: [decision("c", event: "e-c", answers: "b")]),
            Submission(space: "t", events: [decision("b", event: "e-b")]),
            Submission(space: "s", events: [decision("b", event: "e-b", answers: "a")]),
        ])
        #expect(chain.map(\.outcomes) == [[.pending], [.kept], [.pending]])
        #expect(try store.ledger("s") == ledger(kept: 0, pending: 5))
        let arrival = try store.append([
            Submission(space: "s", events: [decision("a", event: "e-a")]),
            Submission(space: "s", events: [reward("b", id: "r3")]),
        ])
        #expect(arrival.map(\.outcomes) == [[.kept], [.kept]])
        #expect(arrival[0].counts.kept == 5 && arrival[0].counts.pending == -4 && arrival[0].counts.addsUp)
        #expect(try store.ledger("s") == ledger(kept: 6, pending: 1))
        #expect(try store.ids() == ["r1", "r2", "e-c", "e-b", "e-a", "r3"])
        #expect(try store.counts("s") == [.reward: 3, .decision: 3])
        #expect(try store.answers("s", decision: "c").map(\.event.id) == ["r1", "r2"])
        #expect(try store.answers("t", decision: "c") == [])
        #expect(try store.decision("s", "b")?.event.id == "e-b")
        #expect(try store.decision("s", "o")?.isPending == true)
        #expect(try store.decision("s", "e-b") == nil)
        // A decision is known by the id that rewards refer to.
        let again = try store.add([decision("b", event: "e-b", answers: "a"), decision("b", event: "other")])
        #expect(again.outcomes == [.duplicate, .conflict])
    }

    private static func spaces(_ store: any ServiceStore) throws {
        try store.add([decision("d"), thumb("a")], to: "one")
        #expect(try store.add([reward("d"), thumb("a", "coffee")], to: "two").outcomes == [.pending, .kept])
        #expect(try Set(store.spaces()) == ["one", "two"])
        #expect(try store.ledger("one") == ledger(kept: 2))
        #expect(try store.ledger("two") == ledger(kept: 1, pending: 1))
        #expect(try store.remove("one", ids: ["a"]).events == 1)
        #expect(try store.ids("two") == ["a"])
        let last = try store.last("one")
        try store.add([thumb("b")], to: "two")
        #expect(try store.last("one") == last && store.last("two") > 0)
    }

    private static func oddNames(_ store: any ServiceStore) throws {
        let names = [
            "a\0b", "a\0c", "a", "\0", "🙂", "'; DROP TABLE event; --", "\"", "\\", "\u{E9}", "e\u{301}", "\n",
            "%_",
        ]
        let events = names.flatMap { name in
            [
                thumb("t\(name)", name, judge: name), decision("d\(name)", judge: name),
                reward("d\(name)", judge: name),
            ]
        }
        for space in ["s", "other"] {
            #expect(try store.add(events, to: space).counts == ledger(kept: events.count))
        }
        #expect(try store.all().map { $0.event.jsonLine() } == events.map { $0.jsonLine() })
        for name in names {
            #expect(try store.all("s", EventFilter(judge: name)).count == 3)
            #expect(
                try store.decision("s", "d\(name)")?.event.judge.map { Array($0.utf8) } == Array(name.utf8))
            #expect(try store.answers("s", decision: "d\(name)").count == 1)
        }
        #expect(
            try store.add(names.map { thumb("t\($0)", $0, judge: $0) }).counts.refused == [
                .duplicate: names.count
            ])
        for (gone, name) in names.enumerated() {
            #expect(try store.remove("s", ids: ["t\(name)"]).events == 1)
            let erased = try store.erase(judge: name, from: ["s"])
            #expect(erased.map(\.events) == [2])
            #expect(try store.all().count == events.count - 3 * (gone + 1))
        }
        #expect(try store.all("other").count == events.count)
    }
}

// Reading.
extension StoreConformance {
    private static func reading(_ store: any ServiceStore) throws {
        let events: [FeedbackEvent] = (0..<60).map { (index: Int) -> FeedbackEvent in
            let judge = "j\(index % 4)"
            if index % 3 == 0 { return decision("d\(index)", event: "e\(index)", judge: judge) }
            return thumb("e\(index)", judge: judge, time: index % 5 == 0 ? nil : Double(index))
        }
        for start in stride(from: 0, to: 60, by: 7) {
            try store.add(Array(events[start..<min(60, start + 7)]))
        }
        let all = try store.all()
        #expect(all.map(\.event) == events)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
        #expect(try store.last("s") == all.last?.sequence)
        func ids(_ filter: EventFilter, limit: Int? = nil) throws -> [String] {
            try store.ids("s", filter, limit: limit)
        }
        func expected(_ isIn: (FeedbackEvent) -> Bool) -> [String] { events.filter(isIn).compactMap(\.id) }
        #expect(try ids(EventFilter(kinds: [.thumb])) == expected { $0.feedback.kind == .thumb })
        #expect(try ids(EventFilter(kinds: [.thumb, .decision])).count == 60)
        #expect(try ids(EventFilter(kinds: [])) == [])
        #expect(try ids(EventFilter(judge: "j2")) == expected { $0.judge == "j2" })
        #expect(
            try ids(EventFilter(from: 10, until: 31))
                == expected { $0.time.map { $0 >= 10 && $0 < 31 } ?? false })
        #expect(try ids(EventFilter(after: all[39].sequence)) == events[40...].compactMap(\.id))
        #expect(try ids(EventFilter(after: all[9].sequence), limit: 4) == events[10..<14].compactMap(\.id))
        #expect(try ids(EventFilter(), limit: 0) == [])
        #expect(try ids(EventFilter(), limit: 1000).count == 60)
        let late = expected { event in
            let isAfter = (event.id.flatMap { Int($0.dropFirst()) } ?? 0) > 9
            return isAfter && event.feedback.kind == .thumb && event.judge == "j1" && (event.time ?? -1) >= 5
        }
        let found = try ids(
            EventFilter(kinds: [.thumb], judge: "j1", from: 5, after: all[9].sequence), limit: 2)
        #expect(found == Array(late.prefix(2)))
        var lines: [String] = []
        try store.lines("s", EventFilter(after: all[49].sequence), limit: 5) { lines.append($0) }
        #expect(lines == events[50..<55].map { $0.jsonLine() })
        struct Enough: Error {}
        var seen = 0
        #expect(throws: Enough.self) {
            try store.events("s", EventFilter(), limit: nil) { _ in
                seen += 1
                if seen == 3 { throw Enough() }
            }
        }
        #expect(seen == 3)
        #expect(try store.all().count == 60)
    }

    private static func refusals(_ store: any ServiceStore) throws {
        try store.add((0..<6).map { thumb("a\($0)") })
        for index in 0..<6 { try store.add([thumb("a\(index)", index % 2 == 0 ? "tea" : "coffee")]) }
        try store.add([thumb("a0"), thumb("a0")], to: "other")
        let newest = try store.refusals("s", limit: 4)
        #expect(newest.map(\.value) == ["a5", "a4", "a3", "a2"])
        #expect(newest.map(\.reason) == [.conflict, .duplicate, .conflict, .duplicate])
        #expect(
            newest.map(\.text) == [
                thumb("a5", "coffee").jsonLine(), nil, thumb("a3", "coffee").jsonLine(), nil,
            ])
        #expect(try store.refusals("s", limit: 100).count == 6)
        #expect(try store.refusals("s", limit: 0) == [])
        #expect(try store.refusals("other", limit: 100).count == 1)
    }
}
