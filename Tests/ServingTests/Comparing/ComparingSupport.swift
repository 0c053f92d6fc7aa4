import Foundation
import HeedAPI
import Kernels
import Signals

@testable import Serving

/// A clock that stands still until it is moved.
final class TestClock: Sendable {
    private let time = Locked(1_800_000_000.0)
    var now: Double { time.withLock { $0 } }
    func move(_ seconds: Double) { time.withLock { $0 += seconds } }
}

/// A service on a store in memory with one space.
struct Town {
    let store: MemoryStore
    let clock: TestClock
    let service: HeedService

    init(
        _ settings: SpaceSettings, seed: UInt64 = 1, store: MemoryStore = MemoryStore(),
        clock: TestClock = TestClock()
    ) async throws {
        self.store = store
        self.clock = clock
        var options = ServiceOptions()
        options.seed = seed
        service = try HeedService(store: store, options: options) { clock.now }
        if (try? service.spaces.space("s")) == nil {
            _ = try await service.spaces.create("s", settings, now: clock.now)
        }
    }

    static func settings(items: Int, shown: Int = 2) -> SpaceSettings {
        var settings = SpaceSettings()
        settings.items = (0..<items).map { Item("item\($0)", text: "thing \($0)") }
        settings.shown = shown
        return settings
    }

    func task(_ judge: String) async throws -> ComparisonTask {
        guard let task = try await service.nextTask("s", judge: judge) else {
            throw ServiceError.notReady("there was no task")
        }
        return task
    }

    @discardableResult
    func answer(
        _ task: ComparisonTask, _ judge: String, _ answer: ComparisonAnswer.Answer, why: String? = nil
    ) async throws -> String {
        try await service.answer(
            "s", judge: judge, ComparisonAnswer(token: task.token, answer: answer, why: why))
    }

    func events() throws -> [FeedbackEvent] {
        var events: [FeedbackEvent] = []
        try store.events("s", EventFilter(), limit: nil) { events.append($0.event) }
        return events
    }

    /// A judge who follows the items' numbers, the higher the better, with chance.
    static func preferred(_ task: ComparisonTask, _ random: inout CounterRandom, distance: Double = 0.6)
        -> ComparisonAnswer.Answer
    {
        let numbers = task.items.map { Double(Int($0.id.dropFirst(4)) ?? 0) }
        return random.bernoulli(Special.logistic(distance * (numbers[0] - numbers[1]))) ? .left : .right
    }
}
