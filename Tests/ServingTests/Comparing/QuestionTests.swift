import HeedAPI
import Kernels
import Preferences
import Signals
import Testing

@testable import Serving

@Suite("What is asked")
struct QuestionTests {
    @Test("Questions chosen by information find the true order with fewer answers than random ones")
    func informative() async throws {
        let items = 24
        let votes = 200
        var chosen = 0.0
        var random = 0.0
        for seed in 1...3 {
            let town = try await Town(Town.settings(items: items), seed: UInt64(seed))
            var answers = CounterRandom(seed: UInt64(seed), stream: 1)
            for number in 0..<votes {
                let judge = "j\(number % 10)"
                let task = try await town.task(judge)
                try await town.answer(task, judge, Town.preferred(task, &answers))
                town.clock.move(5)
            }
            chosen += try Self.agreement(try town.events(), items)
            var other: [FeedbackEvent] = []
            for _ in 0..<votes {
                let a = answers.below(items)
                let b = (a + 1 + answers.below(items - 1)) % items
                let left = answers.bernoulli(Special.logistic(0.6 * Double(a - b)))
                other.append(
                    FeedbackEvent(
                        .comparison(
                            Comparison(left: "item\(a)", right: "item\(b)", outcome: left ? .left : .right))))
            }
            random += try Self.agreement(other, items)
        }
        #expect(chosen > random + 0.06, "chosen \(chosen / 3), random \(random / 3)")
    }

    private static func agreement(_ events: [FeedbackEvent], _ items: Int) throws -> Double {
        let scheduler = try ComparisonScheduler(
            log: FeedbackLog(events), items: (0..<items).map { "item\($0)" })
        let scores = scheduler.ranking.map { (Double(Int($0.item.dropFirst(4)) ?? 0), $0.score) }
        return Statistics.kendallTauB(scores.map(\.0), scores.map(\.1))
    }

    @Test("A judge is asked every pair once before any comes again")
    func noRepeats() async throws {
        for items in [2, 3, 6] {
            let town = try await Town(Town.settings(items: items))
            let pairs = items * (items - 1) / 2
            var seen = Set<String>()
            for number in 0..<pairs {
                let task = try await town.task("ann")
                #expect(seen.insert(JudgeMemory.key(task.items.map(\.id))).inserted)
                #expect(task.answered == number)
                #expect(task.bits > 0)
                try await town.answer(task, "ann", number % 5 == 4 ? .tie : .left)
            }
            _ = try await town.task("ann")
        }
    }

    @Test("Two people are not asked the same at the same moment, until the lease is over")
    func leases() async throws {
        let town = try await Town(Town.settings(items: 3))
        var keys: [String] = []
        for judge in ["a", "b", "c"] {
            keys.append(JudgeMemory.key(try await town.task(judge).items.map(\.id)))
        }
        #expect(Set(keys).count == 3)
        // Who asks again without answering gets the same again; a fourth person gets something all the same.
        #expect(JudgeMemory.key(try await town.task("a").items.map(\.id)) == keys[0])
        _ = try await town.task("d")
        town.clock.move(61)
        #expect(JudgeMemory.key(try await town.task("e").items.map(\.id)) == keys[0])
    }

    @Test("Sides are even, and a matter of the seed and the question alone")
    func sides() {
        var left = 0
        for number in 0..<2_000 {
            let shown = TaskClaims.shuffled(["b", "a"], seed: 1, nonce: "n\(number)")
            #expect(shown == TaskClaims.shuffled(["a", "b"], seed: 1, nonce: "n\(number)"))
            if shown[0] == "a" { left += 1 }
        }
        #expect(abs(left - 1_000) < 150)
        #expect((0..<64).contains { TaskClaims.shuffled(["a", "b"], seed: 2, nonce: "n\($0)")[0] == "b" })
    }

    @Test("A space without two things asks nothing; things seen in votes are asked about too")
    func fewThings() async throws {
        let town = try await Town(Town.settings(items: 1))
        #expect(try await town.service.nextTask("s", judge: "a") == nil)
        let vote = FeedbackEvent(.comparison(Comparison(left: "x", right: "y", outcome: .left)), judge: "z")
        _ = try await town.service.ingest("s", [.event(vote)])
        var named = Set<String>()
        for _ in 0..<3 {
            let task = try await town.task("a")
            named.formUnion(task.items.map(\.id))
            try await town.answer(task, "a", .left)
        }
        #expect(named == ["item0", "x", "y"])
    }

    @Test("Many things are asked about too, and no pair twice")
    func manyThings() async throws {
        let town = try await Town(Town.settings(items: 150))
        var seen = Set<String>()
        var random = CounterRandom(seed: 3)
        for _ in 0..<60 {
            let task = try await town.task("ann")
            #expect(seen.insert(JudgeMemory.key(task.items.map(\.id))).inserted)
            try await town.answer(task, "ann", Town.preferred(task, &random, distance: 0.1))
        }
    }

    @Test("Once nothing is open the task says so, and goes on")
    func settled() async throws {
        var settings = Town.settings(items: 2)
        settings.goal = .best
        let town = try await Town(settings)
        #expect(!(try await town.task("first")).settled)
        let votes = (0..<400).map { number in
            FeedbackEvent(
                .comparison(
                    Comparison(left: "item1", right: "item0", outcome: number % 4 == 0 ? .right : .left)),
                judge: "z")
        }
        _ = try await town.service.ingest("s", votes.map { .event($0) })
        let task = try await town.task("second")
        #expect(task.settled && !task.advice.isEmpty && task.items.count == 2)
    }
}
