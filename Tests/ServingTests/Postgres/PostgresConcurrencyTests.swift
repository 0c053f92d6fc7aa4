import Foundation
import Postgres
import Signals
import TestPostgres
import Testing

@testable import Serving

/// Runs something on so many threads at once, however few cores there are.
private func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for index in 0..<count {
        group.enter()
        Thread.detachNewThread {
            body(index)
            group.leave()
        }
    }
    group.wait()
}

extension PostgresStoreTests {
    @Test("Two servers add the same events at once: each is kept once, and a follower misses none")
    func severalStores() throws {
        let url = try PostgresServer.shared().database()
        let stores = [try PostgresServiceStore(url: url), try PostgresServiceStore(url: url)]
        let failures = Locked<[String]>([])
        let followed = Locked<[Int64]>([])
        let finished = Locked(0)
        let kept = Locked(0)
        inThreads(5) { thread in
            do {
                if thread == 4 {
                    // Reads on after the last number it saw, until the writers are done and nothing is left.
                    var last: Int64 = 0
                    var isOver = false
                    while !isOver {
                        isOver = finished.withLock { $0 } == 4
                        try stores[0].events("s", EventFilter(after: last), limit: 7) { event in
                            last = event.sequence
                            isOver = false
                            followed.withLock { $0.append(event.sequence) }
                        }
                    }
                    return
                }
                defer { finished.withLock { $0 += 1 } }
                for batch in 0..<40 {
                    let events = (0..<10).map { index in
                        FeedbackEvent(
                            .thumb(Thumb("tea", up: true)), id: "e\(batch * 10 + (index + thread * 3) % 10)")
                    }
                    // The spaces in another order each time: writers must not wait for each other in a ring.
                    let both = [
                        Submission(space: "s", events: events), Submission(space: "t", events: events),
                    ]
                    let isForward = (batch + thread) % 2 == 0
                    let results = try stores[thread % 2].append(isForward ? both : both.reversed())
                    kept.withLock { $0 += results[isForward ? 0 : 1].counts.kept }
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
                finished.withLock { $0 += 1 }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(kept.withLock { $0 } == 400)
        let all = try stores[1].all()
        #expect(all.map(\.sequence) == Array(1...400))
        #expect(followed.withLock { $0 } == Array(1...400))
        #expect(Set(all.map(\.event.id)).count == 400)
        #expect(try stores[0].ledger("s").received == 1600)
        #expect(try stores[0].verify() == [])
    }

    @Test("The server crashes again and again under load: everything acknowledged is there, once")
    func crashes() throws {
        let server = try PostgresServer.own()
        let url = try server.database()
        let store = try PostgresServiceStore(url: url, connections: 4, patience: 30)
        let failures = Locked<[String]>([])
        let acknowledged = Locked<[String]>([])
        let anonymous = Locked(0)
        let crashes = 6
        let isOver = Locked(false)
        inThreads(5) { thread in
            do {
                if thread == 4 {
                    defer { isOver.withLock { $0 = true } }
                    for _ in 0..<crashes {
                        let before = acknowledged.withLock { $0.count }
                        let limit = Date(timeIntervalSinceNow: 20)
                        // So that there is something to lose.
                        while acknowledged.withLock({ $0.count }) < before + 100, Date() < limit {
                            usleep(1000)
                        }
                        try server.crash()
                    }
                    return
                }
                var number = 0
                while !isOver.withLock({ $0 }) {
                    let ids = (0..<10).map { "w\(thread)-\(number)-\($0)" }
                    number += 1
                    // Events without an id too: they would show a commit that is made twice.
                    let events =
                        ids.map { FeedbackEvent(.thumb(Thumb("tea", up: true)), id: $0) }
                        + [FeedbackEvent(.thumb(Thumb("anonymous", up: true)))]
                    let result = try store.append([Submission(space: "s\(thread % 2)", events: events)])[0]
                    guard result.counts.kept == 11 else {
                        failures.withLock { $0.append("\(result.counts)") }
                        continue
                    }
                    acknowledged.withLock { $0 += ids }
                    anonymous.withLock { $0 += 1 }
                    _ = try store.ledger("s0")
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        let ids = try ["s0", "s1"].flatMap { try store.ids($0) }
        let named = ids.filter { !$0.isEmpty }
        #expect(named.sorted() == acknowledged.withLock { $0 }.sorted())
        #expect(ids.count - named.count == anonymous.withLock { $0 })
        #expect(acknowledged.withLock { $0.count } >= 100 * crashes)
        #expect(try store.verify() == [])
    }
}

extension PostgresStoreTests {
    @Test("A connection that is lost at its commit: the changes are made once, and the answer is right")
    func lostCommits() throws {
        let server = try PostgresServer.shared()
        let direct = try server.database()
        let proxy = try CuttingProxy(to: server.port)
        defer { proxy.close() }
        let url = direct.replacingOccurrences(of: ":\(server.port)/", with: ":\(proxy.port)/")
        let store = try PostgresServiceStore(url: url)
        var version: Int64 = 0
        for (round, cut) in (0..<4).flatMap({ _ in CuttingProxy.Cut.allCases }).enumerated() {
            // Events without an id, which nothing but the mark keeps from being added twice.
            let events = (0..<3).map { _ in FeedbackEvent(.thumb(Thumb("tea", up: true))) }
            let named = [FeedbackEvent(.thumb(Thumb("tea", up: true)), id: "e\(round)")]
            proxy.cut(cut)
            let result = try store.append([
                Submission(space: "s", events: events), Submission(space: "t", events: named),
            ])
            #expect(
                result.map(\.counts) == [StoreConformance.ledger(kept: 3), StoreConformance.ledger(kept: 1)])
            #expect(proxy.cuts == 3 * round + 1)
            proxy.cut(cut)
            let change = RecordChange(kind: "k", id: "r", body: Data("\(round)".utf8), expected: version)
            #expect(try store.write([change]))
            version += 1
            #expect(proxy.cuts == 3 * round + 2)
            proxy.cut(cut)
            #expect(try store.remove("t", ids: ["e\(round)"]).events == 1)
            #expect(proxy.cuts == 3 * round + 3)
        }
        #expect(try store.all().count == 36)
        #expect(try store.ledger("s") == StoreConformance.ledger(kept: 36))
        #expect(try store.ledger("t") == StoreConformance.ledger(kept: 0, removed: 12))
        #expect(try store.record("k", "r")?.version == version)
        #expect(try store.verify() == [])
    }
}
