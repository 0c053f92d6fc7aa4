import Foundation
import HeedAPI
import Kernels
import Logging
import Signals

@testable import Serving

/// A service over a store in memory, with a clock of its own, and a world of which the truth is known.
///
/// In the evening (x = 1) action `a` pays off in 70% and `b` in 20%, in the morning (x = −1) the other way round, `c` in 30%
/// always. Chance earns 0.4, the best policy 0.7.
struct LearningWorld {
    let store: any ServiceStore
    let service: HeedService
    let clock = Locked(1_000.0)

    init(_ store: any ServiceStore = MemoryStore(), _ change: (inout ServiceOptions) -> Void = { _ in })
        throws
    {
        self.store = store
        var options = ServiceOptions()
        options.pollInterval = 0.02
        change(&options)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        service = try HeedService(store: store, options: options, logger: logger) { [clock] in
            clock.withLock {
                $0 += 0.001
                return $0
            }
        }
    }

    func space(_ change: (inout SpaceSettings) -> Void = { _ in }) async throws {
        var settings = SpaceSettings()
        settings.actions = ["a", "b", "c"]
        settings.retrainAfter = 0
        settings.retrainPause = 0
        change(&settings)
        _ = try await service.createSpaceForTests("s", settings)
    }

    static func chance(_ action: String, _ x: Double) -> Double {
        switch action {
        case "a": x > 0 ? 0.7 : 0.2
        case "b": x > 0 ? 0.2 : 0.7
        default: 0.3
        }
    }

    /// Adds decisions by chance and what they paid off.
    func log(
        _ count: Int, seed: UInt64 = 1, judge: String? = nil, reward: (String, Double) -> Double = Self.chance
    ) throws {
        var random = CounterRandom(seed: seed)
        var events: [FeedbackEvent] = []
        let actions = ["a", "b", "c"]
        for number in 0..<count {
            let x: Double = random.uniform() < 0.5 ? -1 : 1
            let action = actions[random.below(3)]
            let id = "log-\(seed)-\(number)"
            events.append(
                FeedbackEvent(
                    .decision(
                        Decision(
                            id: id, action: action, among: actions, propensities: [1, 1, 1].map { $0 / 3 },
                            policy: "uniform")), judge: judge, features: ["x": x]))
            let paid = random.uniform() < reward(action, x)
            events.append(
                FeedbackEvent(.reward(Reward(value: paid ? 1 : 0)), id: "r-\(id)", judge: judge, decision: id)
            )
        }
        _ = try store.append([Submission(space: "s", events: events)])
    }

    /// Trains, and returns the ended job.
    func train(_ request: TrainRequest = TrainRequest()) async throws -> JobInfo {
        let job = try await service.train("s", request)
        try await service.learning.step()
        return try await service.job("s", job.id)
    }

    /// What a version earns in this world.
    func truth(_ version: String) throws -> Double {
        let chooser = try service.learning.live.chooser("s", .policy, version)
        var value = 0.0
        for x in [-1.0, 1.0] {
            let p = try chooser.propensities(
                of: ["a", "b", "c"], features: ["x": x], random: CounterRandom(seed: 1))
            for (action, p) in zip(["a", "b", "c"], p) { value += p * Self.chance(action, x) / 2 }
        }
        return value
    }
}

extension HeedService {
    func createSpaceForTests(_ name: String, _ settings: SpaceSettings) async throws -> Space {
        try await spaces.create(name, settings, now: now)
    }
}
