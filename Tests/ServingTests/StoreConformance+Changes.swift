import Foundation
import Signals
import Testing

@testable import Serving

// Removing.
extension StoreConformance {
    static func removing(_ store: any ServiceStore) throws {
        try store.add((0..<6).map { thumb("a\($0)") })
        let numbers = try store.all().map(\.sequence)
        let removal = try store.remove("s", ids: ["a1", "a4", "nothing", "a1"])
        #expect(removal == Removal(space: "s", events: 2, range: numbers[1]...numbers[4]))
        #expect(try store.remove("s", ids: ["a1"]) == Removal(space: "s"))
        #expect(try store.remove("s", ids: []) == Removal(space: "s"))
        #expect(try store.ids() == ["a0", "a2", "a3", "a5"])
        #expect(try store.ledger("s") == ledger(kept: 4, removed: 2))
        #expect(try store.counts("s") == [.thumb: 4])
        // What was removed may be sent again, and is new; no number comes back.
        #expect(try store.remove("s", ids: ["a5"]).events == 1)
        #expect(try store.add([thumb("a1", "coffee"), thumb("a0")]).outcomes == [.kept, .duplicate])
        #expect(try store.ids() == ["a0", "a2", "a3", "a1"])
        #expect(try store.last("s") > numbers[5])
        #expect(try store.ledger("s") == ledger(kept: 4, duplicate: 1, removed: 3))
    }

    static func cascades(_ store: any ServiceStore) throws {
        try store.add([
            decision("a", event: "e-a"), decision("b", event: "e-b", answers: "a"), reward("b", id: "r-b"),
            decision("c", event: "e-c"), reward("c", id: "r-c"), reward("x", id: "r-x"),
        ])
        try store.add([reward("b", id: "other")], to: "other")
        #expect(try store.remove("s", ids: ["e-a"]).events == 3)
        #expect(try store.ids() == ["e-c", "r-c"])
        #expect(try store.ledger("s") == ledger(kept: 2, pending: 1, removed: 3))
        #expect(try store.counts("s") == [.decision: 1, .reward: 1])
        #expect(try store.decision("s", "b") == nil)
        #expect(try store.answers("s", decision: "b") == [])
        #expect(try store.ledger("other") == ledger(kept: 0, pending: 1))
        // A reward that comes late waits again; the decision may come again too.
        #expect(try store.add([reward("a", id: "late")]).outcomes == [.pending])
        #expect(try store.add([decision("a", event: "e-a")]).counts.kept == 2)
        #expect(try store.remove("s", ids: ["r-x"]).events == 1)
        #expect(try store.ledger("s") == ledger(kept: 4, removed: 4))
    }

    static func erasing(_ store: any ServiceStore) throws {
        for space in ["one", "two"] {
            try store.add(
                [
                    thumb("a", judge: "ann"), thumb("b", judge: "bo"), decision("d", judge: "ann"),
                    reward("d", judge: "bo"), reward("none", judge: "ann"), thumb("c", judge: "Ann"),
                    thumb("e"),
                ], to: space)
        }
        try store.add([thumb("b", "hers", judge: "ann"), thumb("b", "his", judge: "bo")], to: "one")
        let one = try store.erase(judge: "ann", from: ["one"])
        #expect(one.map(\.space) == ["one"] && one.map(\.events) == [4])
        #expect(try store.ids("one") == ["b", "c", "e"])
        #expect(try store.all("two").count == 6)
        #expect(try store.ledger("one") == ledger(kept: 3, conflict: 2, removed: 4))
        // Of what was refused only the fact remains.
        #expect(
            try store.refusals("one", limit: 9).map(\.text) == [
                thumb("b", "his", judge: "bo").jsonLine(), nil,
            ])
        let rest = try store.erase(judge: "ann", from: nil).filter { $0.events > 0 }
        #expect(rest.map(\.space) == ["two"] && rest.map(\.events) == [4])
        #expect(try store.erase(judge: "ann", from: nil).allSatisfy { $0.events == 0 })
        #expect(try store.add([thumb("a", judge: "ann")], to: "one").outcomes == [.kept])
    }

    static func pruning(_ store: any ServiceStore) throws {
        // The time that counts is that of arrival, not the one that an event names.
        try store.add([thumb("old", time: 9e9), decision("d")], arrived: 1000)
        try store.add([thumb("new", time: 1), reward("d"), reward("none")], arrived: 2000.5)
        try store.add([thumb("old")], to: "other", arrived: 1000)
        #expect(try store.all().map(\.arrived) == [1000, 1000, 2000.5, 2000.5])
        #expect(try store.prune("s", before: 1000).events == 0)
        #expect(try store.prune("s", before: 2000.5).events == 3)
        #expect(try store.ids() == ["new"])
        #expect(try store.ledger("s") == ledger(kept: 1, pending: 1, removed: 3))
        try store.add([thumb("now")])
        #expect(try store.prune("s", before: 3000).events == 2)
        #expect(try store.ids() == ["now"])
        #expect(try store.ids("other") == ["old"])
        #expect(abs(try store.all()[0].arrived - Date().timeIntervalSince1970) < 600)
    }

    /// More than one transaction's worth, kept ones among them, and a chain of decisions that answer each other.
    static func removingMany(_ store: any ServiceStore) throws {
        let old = (0..<12_000).map { thumb("old\($0)") }
        try store.add(Array(old[..<7000]), arrived: 1000)
        try store.add([thumb("kept")], arrived: 2000)
        try store.add(Array(old[7000...]), arrived: 1000)
        let chain = (0..<3000).map { decision("d\($0)", answers: $0 == 0 ? nil : "d\($0 - 1)") }
        try store.add(chain, arrived: 3000)
        #expect(try store.prune("s", before: 1500) == Removal(space: "s", events: 12_000, range: 1...12_001))
        #expect(try store.ledger("s") == ledger(kept: 3001, removed: 12_000))
        #expect(try store.prune("s", before: 1500) == Removal(space: "s"))
        try store.add(
            [decision("e", event: "e"), decision("f", answers: "e")]
                + (0..<2000).map {
                    decision("g\($0)", answers: $0 == 0 ? "f" : "g\($0 - 1)")
                }, arrived: 4000)
        #expect(try store.remove("s", ids: ["e"]).events == 2002)
        #expect(try store.ledger("s") == ledger(kept: 3001, removed: 14_002))
        #expect(try store.counts("s") == [.thumb: 1, .decision: 3000])
    }

    static func dropping(_ store: any ServiceStore) throws {
        for space in ["one", "two", "default"] {
            try store.add(
                [thumb("a"), thumb("a"), thumb("a", "b"), decision("d"), reward("d"), reward("e")], to: space)
        }
        try store.drop("one")
        try store.drop("nothing")
        #expect(try Set(store.spaces()) == ["two", "default"])
        #expect(try store.ledger("one") == Ledger())
        #expect(try store.all("one").isEmpty && store.last("one") == 0 && store.counts("one") == [:])
        #expect(try store.refusals("one", limit: 9) == [])
        #expect(try store.all("two").count == 3)
        #expect(try store.add([thumb("a"), reward("d")], to: "one").outcomes == [.kept, .pending])
        try store.drop("default")
        #expect(try store.add([thumb("a")], to: "default").outcomes == [.kept])
        #expect(try store.ledger("default") == ledger(kept: 1))
    }
}

// Records.
extension StoreConformance {
    static func records(_ store: any ServiceStore) throws {
        func change(_ id: String, _ body: String?, _ expected: Int64? = nil, kind: String = "k")
            -> RecordChange
        {
            RecordChange(kind: kind, id: id, body: body.map { Data($0.utf8) }, expected: expected)
        }
        let start = try store.revision()
        #expect(try store.record("k", "a") == nil)
        #expect(
            try store.write([change("a", "1", 0), change("b", "1", 0), change("a", "other", 0, kind: "l")]))
        let first = try store.revision()
        #expect(first > start)
        #expect(
            try store.record("k", "a") == ServiceRecord(kind: "k", id: "a", version: 1, body: Data("1".utf8)))
        // One change that expects another version undoes all.
        #expect(try store.write([change("a", "2", 1), change("b", "2", 0)]) == false)
        #expect(try store.write([change("a", "2"), change("c", "2", 1)]) == false)
        #expect(try store.records("k").map(\.version) == [1, 1])
        #expect(try store.revision() == first)
        #expect(try store.write([change("a", "2", 1), change("b", nil, 1), change("c", "", 0)]))
        #expect(try store.revision() > first)
        #expect(try store.records("k").map(\.id) == ["a", "c"])
        #expect(try store.records("k").map(\.version) == [2, 1])
        #expect(try store.records("k").map(\.body) == [Data("2".utf8), Data()])
        #expect(try store.records("l").map(\.body) == [Data("other".utf8)])
        #expect(try store.records("m") == [])
        #expect(try store.recordKinds() == ["k", "l"])
        #expect(try store.write([change("b", "3", 1)]) == false)
        #expect(try store.write([change("b", "3", 0), change("nothing", nil)]))
        #expect(try store.record("k", "b")?.version == 1)
        let bytes = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        #expect(try store.write([RecordChange(kind: "blob", id: "s/p1", body: bytes)]))
        #expect(try store.record("blob", "s/p1")?.body == bytes)
    }

    static func recordNames(_ store: any ServiceStore) throws {
        let names = ["s/\0", "s/", "s/a\0b", "s/🙂", "s/'; --", "s/\u{E9}", "s/e\u{301}", "s/\u{FFFF}", "s/a"]
        #expect(
            try store.write(
                names.map { RecordChange(kind: "judge", id: $0, body: Data($0.utf8), expected: 0) }))
        for name in names { #expect(try store.record("judge", name)?.body == Data(name.utf8)) }
        let sorted = names.sorted { Data($0.utf8).lexicographicallyPrecedes(Data($1.utf8)) }
        #expect(try store.records("judge").map { Data($0.id.utf8) } == sorted.map { Data($0.utf8) })
    }
}

// Many at once.
extension StoreConformance {
    static func concurrency(_ store: any ServiceStore) throws {
        let writers = 4
        let failures = Locked<[String]>([])
        let kept = Locked(0)
        DispatchQueue.concurrentPerform(iterations: writers + 1) { writer in
            do {
                for batch in 0..<15 {
                    if writer == writers {
                        for space in ["s", "t"] where try !store.ledger(space).addsUp {
                            failures.withLock { $0.append("the ledger of \(space) does not add up") }
                        }
                        continue
                    }
                    // Every writer sends the same ids, each in another grouping; one of them also counts by
                    // compare and set.
                    let events = (0..<20).map { thumb("e\(batch * 20 + ($0 + writer * 5) % 20)") }
                    let results = try store.append([
                        Submission(space: "s", events: Array(events[..<(4 + writer)])),
                        Submission(
                            space: "t", events: [decision("d\(batch)"), reward("d\((batch + writer) % 15)")]),
                        Submission(space: "s", events: Array(events[(4 + writer)...])),
                    ])
                    kept.withLock { $0 += results[0].counts.kept + results[2].counts.kept }
                    try increment(store)
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(kept.withLock { $0 } == 300)
        let ids = try store.ids()
        #expect(ids.count == 300 && Set(ids).count == 300)
        #expect(try store.ledger("s") == ledger(kept: 300, duplicate: 300 * (writers - 1)))
        #expect(try store.ledger("t") == ledger(kept: 15 + 15 * writers, duplicate: 15 * (writers - 1)))
        #expect(try store.record("count", "c")?.body == Data("\(15 * writers)".utf8))
        #expect(try store.record("count", "c")?.version == Int64(15 * writers))
    }

    /// Adds one to a number that others add to as well.
    private static func increment(_ store: any ServiceStore) throws {
        while true {
            let old = try store.record("count", "c")
            let value = old.flatMap { Int(String(decoding: $0.body, as: UTF8.self)) } ?? 0
            let change = RecordChange(
                kind: "count", id: "c", body: Data("\(value + 1)".utf8), expected: old?.version ?? 0)
            if try store.write([change]) { return }
        }
    }
}
