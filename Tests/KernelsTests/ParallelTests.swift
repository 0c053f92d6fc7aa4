import Foundation
import Testing

@testable import Kernels

private struct Failure: Error, Equatable { let index: Int }

@Suite struct ParallelTests {
    @Test(arguments: [1, 2, 5]) func forEachVisitsEveryIndexOnce(threads: Int) {
        let lock = NSLock()
        nonisolated(unsafe) var visits = [Int](repeating: 0, count: 501)
        Parallel.withThreads(threads) {
            Parallel.forEach(501) { index in lock.withLock { visits[index] += 1 } }
        }
        #expect(visits.allSatisfy { $0 == 1 })
        Parallel.forEach(0) { _ in Issue.record("no index to visit") }
    }

    @Test(arguments: [1, 3]) func mapKeepsOrder(threads: Int) throws {
        let squares = Parallel.withThreads(threads) { Parallel.map(200) { $0 * $0 } }
        #expect(squares == (0..<200).map { $0 * $0 })
        let words = try Parallel.withThreads(threads) {
            try Parallel.map(50) { index -> String in
                if index < 0 { throw Failure(index: index) }
                return "item \(index)"
            }
        }
        #expect(words == (0..<50).map { "item \($0)" })
        #expect(Parallel.map(0) { $0 }.isEmpty)
    }

    @Test(arguments: [1, 2, 8]) func mapThrowsTheLowestError(threads: Int) {
        for round in 0..<20 {
            #expect(throws: Failure(index: 13)) {
                try Parallel.withThreads(threads) {
                    try Parallel.map(100) { index -> Int in
                        if index == 13 && round % 2 == 0 { usleep(200) }
                        if index >= 13 && index % 2 == 1 { throw Failure(index: index) }
                        return index
                    }
                }
            }
        }
    }

    @Test func threadsCanBeOverriddenAndNestedCallsAreSerial() {
        #expect(Parallel.threads >= 1)
        Parallel.withThreads(6) {
            #expect(Parallel.threads == 6)
            Parallel.withThreads(0) { #expect(Parallel.threads == 1) }
            let inner = Parallel.map(12) { _ in Parallel.threads }
            #expect(inner.allSatisfy { $0 == 1 })
            let sums = Parallel.map(12) { outer in Parallel.map(10) { outer * $0 }.reduce(0, +) }
            #expect(sums == (0..<12).map { $0 * 45 })
            #expect(Parallel.threads == 6)
        }
    }

    @Test func childTasksInheritTheBound() async {
        let seen = await Parallel.withThreads(3) { Task { Parallel.threads } }.value
        #expect(seen == 3)
    }

    @Test func cancellationStopsMap() async {
        let task = Task { () -> Bool in
            while !Task.isCancelled { await Task.yield() }
            do {
                _ = try Parallel.map(10) { index throws -> Int in index }
                return false
            } catch {
                return error is CancellationError
            }
        }
        task.cancel()
        #expect(await task.value)
    }

    @Test func chunksCoverTheRange() {
        #expect(Parallel.chunks(10, size: 4) == [0..<4, 4..<8, 8..<10])
        #expect(Parallel.chunks(8, size: 4) == [0..<4, 4..<8])
        #expect(Parallel.chunks(0, size: 4).isEmpty)
        let one = Parallel.withThreads(1) { Parallel.chunks(1001, size: 7) }
        let many = Parallel.withThreads(9) { Parallel.chunks(1001, size: 7) }
        #expect(one == many)
        #expect(one.flatMap { Array($0) } == Array(0..<1001))
    }
}
