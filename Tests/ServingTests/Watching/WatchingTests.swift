import Foundation
import HeedAPI
import Kernels
import Signals
import Testing

@testable import Serving

@Suite("Pictures")
struct WatchingTests {
    private func vote(_ judge: String, _ random: inout CounterRandom, at time: Double, distance: Double = 0.6)
        -> FeedbackEvent
    {
        let a = random.below(6)
        let b = (a + 1 + random.below(5)) % 6
        let left = random.bernoulli(Special.logistic(distance * Double(a - b)))
        return FeedbackEvent(
            .comparison(Comparison(left: "item\(a)", right: "item\(b)", outcome: left ? .left : .right)),
            judge: judge, time: time)
    }

    /// Honest judges, and a bot that floods for the worst item.
    private func flooded() -> [FeedbackEvent] {
        var events: [FeedbackEvent] = []
        for judge in 0..<8 {
            var random = CounterRandom(seed: 4, stream: UInt64(judge))
            var time = 1_799_000_000 + 500 * Double(judge)
            for _ in 0..<40 {
                time += 4 + 8 * random.uniform()
                events.append(vote("honest\(judge)", &random, at: time))
            }
        }
        for number in 0..<200 {
            events.append(
                FeedbackEvent(
                    .comparison(Comparison(left: "item0", right: "item\(1 + number % 5)", outcome: .left)),
                    judge: "bot", time: 1_799_002_000 + 0.2 * Double(number)))
        }
        return events
    }

    private func send(_ events: [FeedbackEvent], _ town: Town) async throws {
        _ = try await town.service.ingest("s", events.map { .event($0) })
    }

    @Test(
        "Flagged votes wait aside with the reason; counted again they make exactly the ranking that they made"
    )
    func setAside() async throws {
        let town = try await Town(SpaceSettings())
        let service = town.service
        try await send(flooded(), town)
        try await service.refresh("s")
        let clean = try #require(try await service.ranking("s"))
        let judges = try await service.judges("s")
        #expect(judges[0].judge == "bot" && judges[0].setAside && !judges[0].byHand)
        #expect(judges[0].reasons.contains { $0.rule == "burst" })
        #expect(judges.dropFirst().allSatisfy { $0.reasons.isEmpty && !$0.setAside })
        #expect(clean.votes == 320 && clean.setAside == 200)
        #expect(clean.items.last?.item == "item0" || clean.items[4].item == "item0")
        #expect(try service.watching.setAside("s") == ["bot"])
        // By hand wins over the rules.
        let counted = try await service.setAside("s", judge: "bot", false)
        #expect(!counted.setAside && counted.byHand && !counted.reasons.isEmpty)
        try await service.refresh("s")
        let all = try #require(try await service.ranking("s"))
        #expect(all.votes == 520 && all.setAside == 0)
        #expect(all.items[0].item == "item0")
        #expect(try service.watching.setAside("s").isEmpty)
        // An honest judge set aside by hand, and counted again.
        _ = try await service.setAside("s", judge: "honest3", true)
        try await service.refresh("s")
        #expect(try await service.ranking("s")?.votes == 480)
        _ = try await service.setAside("s", judge: "honest3", nil)
        try await service.refresh("s")
        #expect(try await service.ranking("s")?.items == all.items)
        _ = try await service.setAside("s", judge: "bot", nil)
        try await service.refresh("s")
        #expect(try await service.ranking("s")?.items == clean.items)
        #expect(try town.store.ledger("s").kept == 520)
        // Another process on the same store decides the same.
        let other = try await Town(SpaceSettings(), store: town.store, clock: town.clock)
        #expect(try other.service.watching.setAside("s") == ["bot"])
        #expect(try await other.service.ranking("s")?.items == clean.items)
    }

    @Test("Where the settings say so, flagged votes count, and the reason is shown all the same")
    func suspectsCount() async throws {
        var settings = SpaceSettings()
        settings.suspects = .count
        let town = try await Town(settings)
        try await send(flooded(), town)
        try await town.service.refresh("s")
        #expect(try await town.service.ranking("s")?.votes == 520)
        let bot = try #require(try await town.service.judges("s").first)
        #expect(bot.judge == "bot" && !bot.reasons.isEmpty && !bot.setAside)
    }

    /// Decisions, rewards before and after them, several for one, and votes in between.
    private func mixture() -> [FeedbackEvent] {
        var events: [FeedbackEvent] = []
        var random = CounterRandom(seed: 11)
        for number in 0..<300 {
            let id = "d\(number)"
            let decision = FeedbackEvent(
                .decision(
                    Decision(
                        id: id, action: "a\(number % 3)", among: ["a0", "a1", "a2"],
                        propensities: [0.25, 0.25, 0.5], policy: number < 100 ? nil : "p\(number / 150)")),
                time: 1_799_000_000 + 600 * Double(number))
            let reward = FeedbackEvent(.reward(Reward(value: Double(number % 4))), decision: id)
            switch number % 5 {
            case 0: events += [reward, decision]
            case 1: events += [decision, reward, FeedbackEvent(.reward(Reward(value: 0.5)), decision: id)]
            case 2: events += [decision]
            default: events += [decision, reward]
            }
            events.append(vote("j\(number % 7)", &random, at: 1_799_000_000 + 17 * Double(number)))
        }
        events.append(FeedbackEvent(.reward(Reward(value: 1)), decision: "never"))
        events.append(FeedbackEvent(.reward(Reward(value: 8)), decision: "d7"))
        return events
    }

    @Test("Pictures made bit by bit are those made at once, and their numbers are the store's")
    func incremental() async throws {
        let town = try await Town(SpaceSettings())
        let events = mixture()
        var start = 0
        while start < events.count {
            let end = min(events.count, start + 61)
            try await send(Array(events[start..<end]), town)
            try await town.service.refresh("s")
            start = end
        }
        let overview = try await town.service.overview("s")
        let fresh = try await Town(SpaceSettings(), store: town.store, clock: town.clock)
        try await fresh.service.refresh("s")
        let again = try await fresh.service.overview("s")
        #expect(overview.ranking == again.ranking)
        #expect(overview.judges == again.judges)
        #expect(overview.findings == again.findings)
        #expect(overview.decisions == again.decisions)
        #expect(overview.kinds == again.kinds && overview.ledger == again.ledger)
        let ledger = try town.store.ledger("s")
        #expect(overview.ledger == LedgerReport(ledger) && ledger.pending == 1)
        #expect(overview.kinds["decision"] == 300 && overview.kinds["comparison"] == 300)
        #expect(overview.ranking?.last == (try town.store.last("s")))
        #expect(overview.perMinute.reduce(0, +) == events.count)
        // Counted by hand: decisions with a reward, and their sums by version.
        let decisions = try #require(overview.decisions)
        var sums: [String: [String: Double]] = [:]
        for event in events {
            guard case .reward(let reward) = event.feedback, let id = event.decision,
                let number = Int(id.dropFirst())
            else { continue }
            sums[number < 100 ? "(none)" : "p\(number / 150)", default: [:]][id, default: 0] += reward.value
        }
        #expect(decisions.decisions == 300)
        #expect(decisions.rewarded == sums.values.reduce(0) { $0 + $1.count })
        #expect(decisions.versions.map(\.version) == ["(none)", "p0", "p1"])
        for version in decisions.versions {
            let values = Array(try #require(sums[version.version]).values)
            #expect(version.count == values.count)
            #expect(abs(version.reward.value - Statistics.mean(values)) < 1e-12)
            let half =
                Special.studentQuantile(0.975, df: Double(values.count - 1))
                * (Statistics.variance(values) / Double(values.count)).squareRoot()
            #expect(abs((version.reward.high ?? 0) - version.reward.value - half) < 1e-9)
        }
        #expect(
            decisions.series.count <= 60 && decisions.series.reduce(0) { $0 + $1.count } == decisions.rewarded
        )
        #expect(decisions.actions.map(\.count).reduce(0, +) == 300)
    }

    @Test("Erasing a judge leaves the pictures of a store that never knew them")
    func erased() async throws {
        let town = try await Town(SpaceSettings())
        let events = mixture()
        try await send(events, town)
        try await town.service.refresh("s")
        _ = try town.store.erase(judge: "j3", from: ["s"])
        try await town.service.refresh("s")
        let without = try await Town(SpaceSettings())
        try await send(events.filter { $0.judge != "j3" }, without)
        try await without.service.refresh("s")
        let (a, b) = (try await town.service.overview("s"), try await without.service.overview("s"))
        #expect(a.ranking?.items == b.ranking?.items)
        #expect(a.judges == b.judges)
        #expect(a.decisions == b.decisions)
        #expect(a.kinds == b.kinds)
        #expect(a.ledger.addsUp && a.ledger.removed > 0)
    }

    @Test("The background makes pictures where feedback arrives, and follows what is set aside elsewhere")
    func background() async throws {
        let clock = TestClock()
        var options = ServiceOptions()
        options.snapshotInterval = 0.02
        options.pollInterval = 0.02
        let store = MemoryStore()
        let service = try HeedService(store: store, options: options) { clock.now }
        _ = try await service.spaces.create("s", SpaceSettings(), now: 0)
        let running = Task { try await service.run() }
        defer { running.cancel() }
        _ = try await service.ingest("s", flooded().map { .event($0) })
        func wait(_ holds: () async throws -> Bool) async throws -> Bool {
            for _ in 0..<1_500 {
                if try await holds() { return true }
                try await Task.sleep(nanoseconds: 10_000_000)
            }
            return false
        }
        #expect(try await wait { try await service.overview("s").ranking?.setAside == 200 })
        let body = try JSONEncoder().encode(HandDecisions.Decision(setAside: false))
        _ = try store.write([RecordChange(kind: HandDecisions.kind, id: "s/bot", body: body)])
        #expect(try await wait { try await service.overview("s").ranking?.setAside == 0 })
    }
}
