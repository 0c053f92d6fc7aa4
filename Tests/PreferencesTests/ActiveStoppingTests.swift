import Kernels
import Signals
import Testing

@testable import Preferences

@Suite struct ActiveStoppingTests {
    @Test func equalItemsAreNotToldApartByLookingOften() throws {
        let streams = 200
        func falseStops(_ rule: StoppingRule) throws -> Int {
            try Parallel.map(streams) { stream throws -> Bool in
                var random = CounterRandom(seed: 31, stream: UInt64(stream))
                var scheduler = try ComparisonScheduler(items: ["a", "b"])
                for vote in 1...400 {
                    try scheduler.tell(left: "a", right: "b", outcome: random.bernoulli(0.5) ? .left : .right)
                    if vote % 20 == 0 { try scheduler.refit() }
                    if rule.assess(scheduler).separated > 0 { return true }
                }
                return false
            }.count { $0 }
        }
        var rule = StoppingRule()
        rule.margin = nil
        // 5% of 200 is 10, with a standard error of 3.
        #expect(try falseStops(rule) <= 17)
        rule.anytime = false
        #expect(try falseStops(rule) > 30)
    }

    @Test func fiveEqualItemsUnderTheSchedule() throws {
        var strict = StoppingRule()
        strict.margin = nil
        let rule = strict
        let wrong = try Parallel.map(60) { stream throws -> Bool in
            var random = CounterRandom(seed: 32, stream: UInt64(stream))
            var scheduler = try ComparisonScheduler(items: ["a", "b", "c", "d", "e"])
            for _ in 0..<80 {
                for proposal in try scheduler.ask(count: 5) {
                    try scheduler.tell(proposal, random.bernoulli(0.5) ? .left : .right)
                }
                if rule.assess(scheduler).separated > 0 { return true }
            }
            return false
        }.count { $0 }
        #expect(wrong <= 8)
    }

    @Test func clearDifferencesAndPracticalTiesSettle() throws {
        var scheduler = try ComparisonScheduler(items: ["a", "b", "c"])
        let rule = StoppingRule()
        #expect(!rule.assess(scheduler).shouldStop)
        try scheduler.tell(left: "a", right: "b", outcome: .left, weight: 900)
        try scheduler.tell(left: "a", right: "b", outcome: .right, weight: 100)
        try scheduler.tell(left: "b", right: "c", outcome: .left, weight: 2000)
        try scheduler.tell(left: "b", right: "c", outcome: .right, weight: 2000)
        try scheduler.refit()
        let advice = rule.assess(scheduler)
        #expect(advice.separated == 1 && advice.tied == 1 && advice.shouldStop && advice.votesLeft == 0)
        #expect(advice.sentence == "all 2 neighbours are settled (1 as practical ties); stop here")
    }

    @Test func theNumberOfVotesLeftIsAboutRight() throws {
        var scheduler = try ComparisonScheduler(items: ["a", "b"])
        try scheduler.tell(left: "a", right: "b", outcome: .left, weight: 12)
        try scheduler.tell(left: "a", right: "b", outcome: .right, weight: 8)
        try scheduler.refit()
        var rule = StoppingRule()
        rule.margin = nil
        let left = try #require(rule.assess(scheduler).votesLeft)
        // Votes that go on as they did settle it after about that many.
        try scheduler.tell(left: "a", right: "b", outcome: .left, weight: 0.6 * left * 1.2)
        try scheduler.tell(left: "a", right: "b", outcome: .right, weight: 0.4 * left * 1.2)
        try scheduler.refit()
        #expect(rule.assess(scheduler).shouldStop)
        #expect(left > 100 && left < 1000)
        var equal = try ComparisonScheduler(items: ["a", "b"])
        try equal.tell(left: "a", right: "b", outcome: .tie)
        try equal.refit()
        #expect(rule.assess(equal).votesLeft == nil || rule.assess(equal).votesLeft! > 1e9)
        rule.minimumGain = 10
        #expect(rule.assess(equal).shouldStop)
    }

    @Test func theScheduleSavesVotes() throws {
        let scheduler = try ComparisonScheduler(items: (0..<16).map { "i\($0)" })
        var settings = ScheduleSavings.Settings()
        settings.repetitions = 40
        let savings = try ScheduleSavings.simulate(scheduler, settings: settings)
        #expect(savings.saved >= 0.25)
        #expect(savings.items == 16 && savings.repetitions == 40)
        #expect(savings.sentence.contains("% saved"))
        let again = try Parallel.withThreads(1) {
            try ScheduleSavings.simulate(scheduler, settings: settings)
        }
        #expect(again == savings)
    }

    @Test func savingsByOtherCriteria() throws {
        let log = try simulatedLog(items: 60, votes: 1500, seed: 14, ties: 0.1)
        let scheduler = try ComparisonScheduler(log: log)
        var settings = ScheduleSavings.Settings()
        settings.repetitions = 3
        settings.maxItems = 8
        var rule = StoppingRule()
        rule.anytime = false
        rule.simultaneous = false
        for criterion in [ScheduleSavings.Criterion.settled(0.6, by: rule), .entropy(0.6)] {
            settings.criterion = criterion
            let savings = try ScheduleSavings.simulate(scheduler, settings: settings)
            #expect(savings.items == 8)
            #expect(savings.active.range.contains(savings.active.median))
            #expect(savings.active.range.upperBound <= 1600)
        }
        settings.maxVotes = 4
        settings.criterion = .agreement(1)
        #expect(try ScheduleSavings.simulate(scheduler, settings: settings).sentence.hasPrefix("no figure"))
        settings.repetitions = 0
        #expect(throws: PreferenceError.self) { try ScheduleSavings.simulate(scheduler, settings: settings) }
        let one = try ComparisonScheduler(items: ["a"])
        #expect(throws: PreferenceError.self) { try ScheduleSavings.simulate(one) }
    }
}
