import Foundation
import Signals
import Testing

@testable import Serving

@Suite("Group commit")
struct CommitQueueTests {
    /// Refuses some events, and counts how often it was asked; waits while it is shut.
    private final class PickyStore: Sendable {
        let inner = MemoryStore()
        let calls = Locked(0)
        let gate = DispatchSemaphore(value: 0)
        let problem: StoreError.Problem
        init(_ problem: StoreError.Problem) { self.problem = problem }

        func append(_ submissions: [Submission]) throws -> [AppendResult] {
            if calls.withLock({
                $0 += 1
                return $0 == 1
            }) {
                gate.wait()
            }
            for case .event(let event) in submissions.flatMap(\.entries)
            where event.id?.hasPrefix("poison") ?? false {
                throw StoreError(problem, path: "x", what: "no", advice: "no")
            }
            return try inner.append(submissions)
        }
    }

    private func submit(_ ids: [String], _ picky: PickyStore) async throws -> (kept: Set<String>, calls: Int)
    {
        let queue = CommitQueue(limit: 1_000, group: 100, append: { try picky.append($0) })
        let kept = Locked<Set<String>>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in ["first"] + ids {
                group.addTask {
                    do {
                        _ = try await queue.submit(
                            Submission(space: "s", events: [StoreConformance.thumb(id)]))
                        kept.withLock { _ = $0.insert(id) }
                    } catch ServiceError.store {}
                }
                // The first one is being written while the others gather.
                if id == "first" {
                    while picky.calls.withLock({ $0 }) == 0 { try await Task.sleep(for: .milliseconds(1)) }
                }
            }
            while queue.count < ids.count + 1 { try await Task.sleep(for: .milliseconds(1)) }
            picky.gate.signal()
            try await group.waitForAll()
        }
        await queue.settle()
        #expect(queue.count == 0)
        await queue.close()
        #expect(try Set(picky.inner.ids("s")) == kept.withLock { $0 })
        return (kept.withLock { $0 }, picky.calls.withLock { $0 })
    }

    @Test("A request that cannot be stored fails alone")
    func poison() async throws {
        let good = Set((0..<30).map { "good-\($0)" })
        let (kept, calls) = try await submit(good.sorted() + ["poison-1", "poison-2"], PickyStore(.failed))
        #expect(kept == good.union(["first"]))
        #expect(calls <= 25)
    }

    @Test("A store that takes nothing is asked once for a group, or a bounded number of times")
    func broken() async throws {
        let bad = (0..<90).map { "poison-\($0)" }
        let full = try await submit(bad, PickyStore(.full))
        #expect(full.kept == ["first"] && full.calls == 2)
        let failed = try await submit(bad, PickyStore(.failed))
        #expect(failed.kept == ["first"] && failed.calls <= 1 + 64 + 90)
        #expect(failed.calls < 181)
    }
}

@Suite("Lanes and what is read again")
struct LaneTests {
    @Test("Who is cancelled waits no longer, and what waits is bounded")
    func cancelled() async throws {
        let lane = BlockingLane("test", threads: 1, limit: 2)
        let gate = DispatchSemaphore(value: 0)
        let begun = Locked(0)
        let work: @Sendable () -> Void = {
            begun.withLock { $0 += 1 }
            gate.wait()
        }
        let first = Task { try await lane.runUnlessCancelled(work) }
        while begun.withLock({ $0 }) == 0 { try await Task.sleep(for: .milliseconds(1)) }
        let second = Task { try await lane.runUnlessCancelled(work) }
        // Until the second one waits, a third one may too; it is cancelled at once then.
        while true {
            let third = Task { try await lane.runUnlessCancelled { () } }
            third.cancel()
            if case .failure(let error) = await third.result, error is ServiceError { break }
        }
        second.cancel()
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        await #expect(throws: CancellationError.self) { try await second.value }
        gate.signal()
        try await lane.run { () }
        #expect(begun.withLock { $0 } == 1)
    }

    @Test("A slow reader brings nothing back that was changed since it began")
    func slowReader() throws {
        let known = Reread(0)
        try known.read {
            try known.read { 2 }
            return 1
        }
        #expect(known.value == 2)
        known.read { 3 }
        #expect(known.value == 3)
    }

    @Test("A clock that was set back, or stands at 1970, ends nothing")
    func clock() {
        let traffic = Traffic()
        let submission = Submission(space: "s", events: [])
        var result = AppendResult()
        result.counts.received = 7
        for time in [0, 90_000.0, 6_000, -1e300, .nan, 6_000] {
            traffic.note([submission], [result], at: time)
            #expect(traffic.perMinute("s", at: time).last == 7 || !(time >= 0))
            #expect(traffic.perMinute("s", at: time).count == 60)
        }
        #expect(traffic.perMinute("other", at: 0) == [Int](repeating: 0, count: 60))
        traffic.forget(except: [])
        #expect(traffic.perMinute("s", at: 6_000).allSatisfy { $0 == 0 })
    }
}
