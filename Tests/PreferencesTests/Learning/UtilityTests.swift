import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite("Elicited utilities")
struct UtilityTests {
    private static func names(_ n: Int) -> [String] { (0..<n).map { "outcome \($0 + 1)" } }

    /// An agent with normal utilities, and its answers about random pairs.
    private static func world(
        _ n: Int, pairs: Int, seed: UInt64, answers: Int = 5
    ) throws -> (agent: SimulatedAgent, preferences: SoftPreferences) {
        var random = CounterRandom(seed: seed)
        let agent = SimulatedAgent(
            outcomes: names(n), means: (0..<n).map { _ in random.normal() },
            deviations: (0..<n).map { _ in 0.2 + 0.6 * random.uniform() })
        var preferences = try SoftPreferences(outcomes: names(n))
        let elicitation = Elicitation(answersPerOrder: answers)
        try elicitation.ask(ActivePairs.circle(n, using: &random), of: agent, into: &preferences, seed: seed)
        try elicitation.ask(
            ActivePairs.random(pairs - n, notIn: preferences, using: &random), of: agent, into: &preferences,
            seed: seed)
        return (agent, preferences)
    }

    @Test("Equal variances of a half are Thurstone's case V, and shift and scale change nothing")
    func invariance() {
        let means = [0.3, -0.7, 1.1]
        let model = UtilityModel(
            Self.names(3), means: means, deviations: [Double](repeating: 0.5.squareRoot(), count: 3))
        #expect(abs(model.probability(0, over: 1) - Special.normalCDF(1)) < 1e-12)
        #expect(abs(Statistics.mean(model.means)) < 1e-12)
        #expect(abs(Statistics.variance(model.means, degreesRemoved: 0) - 1) < 1e-12)
        let other = UtilityModel(
            Self.names(3), means: means.map { 5 + 3 * $0 },
            deviations: [Double](repeating: 3 * 0.5.squareRoot(), count: 3))
        for a in 0..<3 {
            for b in 0..<3 {
                #expect(abs(model.probability(a, over: b) - other.probability(a, over: b)) < 1e-12)
            }
        }
    }

    @Test("The gradient is that of the loss")
    func gradient() throws {
        let (_, preferences) = try Self.world(6, pairs: 12, seed: 3)
        let learner = RandomUtility()
        var random = CounterRandom(seed: 9)
        for count in [6, 12] {
            let x = (0..<count).map { _ in 0.5 * random.normal() }
            var gradient = x
            _ = learner.loss(x, preferences.answered, 6, into: &gradient)
            for place in x.indices {
                var scratch = x
                var (up, down) = (x, x)
                up[place] += 1e-5
                down[place] -= 1e-5
                let slope =
                    (learner.loss(up, preferences.answered, 6, into: &scratch)
                        - learner.loss(down, preferences.answered, 6, into: &scratch)) / 2e-5
                #expect(abs(slope - gradient[place]) < 1e-7)
            }
        }
    }

    @Test("Cycles of three")
    func cycles() {
        #expect(CoherenceReport.cycleProbability(1, 1, 1) == 1)
        #expect(CoherenceReport.cycleProbability(0, 0, 0) == 1)
        #expect(CoherenceReport.cycleProbability(0.5, 0.5, 0.5) == 0.25)
        #expect(CoherenceReport.cycleProbability(1, 1, 0) == 0)
    }

    @Test("An agent that always says what comes first is indifferent")
    func orderOnly() throws {
        var preferences = try SoftPreferences(outcomes: Self.names(5))
        let pairs = (0..<5).flatMap { a in (a + 1..<5).map { OutcomePair(a, $0) } }
        try Elicitation(answersPerOrder: 3).ask(
            pairs, of: FunctionAgent { _, _ in .first }, into: &preferences)
        #expect(preferences.pairs.allSatisfy { $0.share == 0.5 && $0.shownFirst == 1 && $0.answers == 6 })
        let model = try RandomUtility().fit(preferences)
        #expect(model.means.allSatisfy { abs($0) < 1e-9 })
        #expect(abs(model.certificate.loss - log(2)) < 1e-9)
        #expect(model.errors?.allSatisfy(\.isFinite) == true)
        let report = try CoherenceReport(preferences)
        #expect(report.orderEffect == 0.5 && report.completeness.value == 0.5)
        #expect(abs((report.transitivity?.value ?? 0) - 0.75) < 1e-12)
        #expect(report.triads == 10)
    }

    @Test("An order without error is complete and transitive, and its utilities are finite")
    func perfectOrder() throws {
        var preferences = try SoftPreferences(outcomes: Self.names(8))
        let agent = SimulatedAgent(
            outcomes: Self.names(8), means: (0..<8).map { Double($0) },
            deviations: [Double](repeating: 0, count: 8))
        let pairs = (0..<8).flatMap { a in (a + 1..<8).map { OutcomePair(a, $0) } }
        try Elicitation(answersPerOrder: 2).ask(pairs, of: agent, into: &preferences)
        let model = try RandomUtility().fit(preferences)
        #expect(model.certificate.converged)
        #expect(model.ranking == Self.names(8).reversed())
        let report = try CoherenceReport(preferences)
        #expect(report.completeness.value == 1 && report.transitivity?.value == 1)
        #expect(model.choiceUse([(options: [0, 3], chosen: 3), (options: [1, 2, 4], chosen: 2)]) == 0.5)
    }

    @Test("Utilities come back, with standard errors that cover, and the same bits on one thread")
    func recovery() throws {
        var (covered, all) = (0, 0)
        for seed in UInt64(1)...6 {
            let (agent, preferences) = try Self.world(30, pairs: 250, seed: seed)
            let model = try RandomUtility().fit(preferences)
            let truth = UtilityModel(Self.names(30), means: agent.means, deviations: agent.deviations)
            #expect(model.certificate.converged)
            #expect(Statistics.pearson(model.means, truth.means) > 0.97)
            for a in 0..<30 {
                for b in 0..<a {
                    let found = model.difference(a, b)
                    let error = abs(found.value - truth.means[a] + truth.means[b])
                    all += 1
                    if error <= 1.96 * (found.deviation ?? 0) { covered += 1 }
                }
            }
            if seed == 1 {
                let again = try Parallel.withThreads(1) {
                    try Self.world(30, pairs: 250, seed: seed).preferences
                }
                #expect(again == preferences)
                #expect(try RandomUtility().fit(again) == model)
                #expect(try UtilityModel(model.state) == model)
            }
        }
        let share = Double(covered) / Double(all)
        #expect(share > 0.87 && share < 0.99, "covered \(share)")
    }

    @Test("What the data cannot say is said")
    func limits() throws {
        var preferences = try SoftPreferences(outcomes: Self.names(4))
        try preferences.add(0, 1, forward: ChoiceTally(first: 3, second: 1))
        try preferences.add(2, 3, forward: ChoiceTally(first: 1, second: 3))
        #expect(try RandomUtility().fit(preferences).certificate.limits.contains { $0.contains("2 parts") })
        try preferences.add(1, 2, forward: ChoiceTally(first: 1, second: 3))
        #expect(try RandomUtility().fit(preferences).certificate.limits.count == 1)
    }

    @Test("Bad input is refused with a reason")
    func refusals() throws {
        #expect(throws: LearningError.self) { try SoftPreferences(outcomes: ["a"]) }
        #expect(throws: LearningError.self) { try SoftPreferences(outcomes: ["a", "b", "a"]) }
        var preferences = try SoftPreferences(outcomes: Self.names(3))
        #expect(throws: LearningError.self) { try preferences.add(0, 0, forward: ChoiceTally(first: 1)) }
        #expect(throws: LearningError.self) { try preferences.add(0, 3, forward: ChoiceTally(first: 1)) }
        #expect(throws: LearningError.self) { try RandomUtility().fit(preferences) }
        try preferences.add(0, 1, forward: ChoiceTally())
        #expect(throws: LearningError.self, "a pair without answers") { try RandomUtility().fit(preferences) }
        #expect(throws: LearningError.self) { try CoherenceReport(preferences) }
        #expect(throws: LearningError.self) { try UtilityModel(ModelState()) }
        #expect(throws: LearningError.self) { try Lottery([0, 1], probabilities: [0.5, 0.4]) }
        struct Offline: Error {}
        let broken = FunctionAgent { _, _ in throw Offline() }
        #expect(throws: Offline.self) {
            try Elicitation().ask([OutcomePair(0, 2)], of: broken, into: &preferences)
        }
    }

    @Test("Votes on record answer for a crowd, order by order")
    func recordedVotes() throws {
        var votes = RecordedVotes()
        for _ in 0..<3 { votes.add(.first, first: "outcome 1", second: "outcome 2") }
        votes.add(.second, first: "outcome 2", second: "outcome 1")
        votes.add(.first, first: "outcome 2", second: "outcome 1")
        votes.add(.none, first: "outcome 2", second: "outcome 1")
        var preferences = try SoftPreferences(outcomes: Self.names(3))
        try Elicitation().ask([OutcomePair(0, 1), OutcomePair(1, 2)], of: votes, into: &preferences)
        #expect(preferences.pairs[0].share == 0.75 && preferences.pairs[0].answers == 5)
        #expect(preferences.answered.count == 1)
    }

    @Test("Pairs are chosen among those not asked, close ones of outcomes seldom asked about")
    func activePairs() throws {
        #expect(ActivePairs.budget(60) == 708)
        #expect(ActivePairs.budget(4) == 6)
        var random = CounterRandom(seed: 4)
        var preferences = try SoftPreferences(outcomes: Self.names(40))
        for pair in ActivePairs.circle(40, using: &random) {
            try preferences.add(pair.first, pair.second, forward: ChoiceTally(first: 1))
        }
        #expect(preferences.degrees.allSatisfy { $0 == 2 })
        let means = (0..<40).map { Double($0) }
        let chosen = ActivePairs().choose(30, means: means, notIn: preferences, using: &random)
        let asked = Set(
            preferences.pairs.map { OutcomePair(min($0.first, $0.second), max($0.first, $0.second)) })
        #expect(Set(chosen).count == 30 && asked.isDisjoint(with: chosen))
        #expect(chosen.allSatisfy { abs(means[$0.first] - means[$0.second]) <= 3 })
        #expect(ActivePairs().choose(10_000, means: means, notIn: preferences, using: &random).count == 740)
    }

    @Test("Active elicitation keeps to its budget")
    func activeElicitation() throws {
        let (agent, _) = try Self.world(20, pairs: 20, seed: 2)
        let found = try ActiveElicitation(elicitation: Elicitation(answersPerOrder: 3), perRound: 40).run(
            Self.names(20), agent: agent, seed: 5)
        #expect(found.preferences.pairs.count == ActivePairs.budget(20))
        #expect(Statistics.pearson(found.utilities.means, agent.means) > 0.95)
        #expect(throws: LearningError.cancelled) {
            try ActiveElicitation().run(
                Self.names(20), agent: agent, watch: FitWatch(shouldStop: { true }))
        }
    }

    @Test("Lotteries valued by expectation have no error")
    func lotteries() throws {
        let lottery = try Lottery([0, 2], probabilities: [0.25, 0.75])
        let other = try Lottery([1], probabilities: [1])
        #expect(lottery.text(["a", "b", "c"]) == "25.0%: a; 75.0%: c")
        let means = [1.0, 2, -1, 0.25 * 1 - 0.75, 2]
        let model = UtilityModel(Self.names(5), means: means, deviations: [1, 1, 1, 1, 1])
        let check = ExpectedUtilityCheck(
            model, lotteries: [(place: 3, lottery: lottery), (place: 4, lottery: other)])
        #expect(check.error < 1e-12 && check.shuffledError > 1)
    }

    @Test("Utilities that are the values of a process pass, others do not")
    func instrumentality() throws {
        // Two starts lead to two ends each with their own odds.
        let next: [[(state: Int, probability: Double)]] = [
            [(2, 0.2), (3, 0.8)], [(2, 0.9), (3, 0.1)], [], [], [(2, 0.5), (3, 0.5)],
        ]
        let ends = [2.0, -1.0]
        let values = [0.2, 0.9, 0, 0, 0.5].map { 0.99 * ($0 * ends[0] + (1 - $0) * ends[1]) }
        let consistent = [values[0], values[1], ends[0], ends[1], values[4]]
        let good = try InstrumentalityCheck(utilities: consistent, next: next, starts: [0, 1, 4])
        #expect(good.loss < 1e-9 && abs(good.explained - 1) < 1e-9)
        let bad = try InstrumentalityCheck(utilities: [2, -2, 2, -1, 0], next: next, starts: [0, 1, 4])
        #expect(bad.loss > 0.1 && bad.explained < 0.9)
        #expect(bad.rewards[0] == 0)
        #expect(throws: LearningError.self) {
            try InstrumentalityCheck(utilities: [0, 0], next: [[(1, 0.5)], []], starts: [0])
        }
    }

    @Test("Rates of exchange: equal slopes and an intercept of 1 make e for one")
    func exchange() throws {
        let amounts = [1.0, 10, 100]
        let means = amounts.map { log($0) + 1 } + amounts.map { log($0) } + [0, 0]
        let covariance = Matrix.identity(8)
        let model = UtilityModel(
            Self.names(8), means: means, deviations: [Double](repeating: 1, count: 8),
            covariance: Matrix(rows: 8, columns: 8, values: covariance.values.map { $0 * 0.01 }))
        let rates = try ExchangeRates(
            model,
            goods: [
                .init("x", amounts: amounts.enumerated().map { ($1, $0) }),
                .init("y", amounts: amounts.enumerated().map { ($1, 3 + $0) }),
                .init("nothing", amounts: [(1, 6), (2, 7)]),
            ])
        let found = try rates.equivalent(of: 7, "x", in: "y")
        #expect(abs(found.amount - 7 * M_E) < 1e-9)
        #expect(found.interval?.contains(found.amount) == true)
        #expect(abs(rates.curves[0].explained - 1) < 1e-12)
        let there = try rates.equivalent(of: found.amount, "y", in: "x")
        #expect(abs(there.amount - 7) < 1e-9)
        #expect(throws: LearningError.self) { try rates.equivalent(of: 1, "x", in: "nothing") }
        #expect(throws: LearningError.self) { try rates.equivalent(of: 1, "x", in: "z") }
        #expect(throws: LearningError.self) {
            try ExchangeRates(model, goods: [.init("x", amounts: [(1, 0)])])
        }
    }

    @Test("Discounting is told from its factors, in any unit of utility")
    func discounting() throws {
        func points(_ factor: (Double) -> Double) -> [(amount: Double, delay: Double, utility: Double)] {
            [10.0, 100, 1000].flatMap { amount in
                [0.0, 1, 3, 10].map { (amount, $0, 3 * log(amount * ($0 == 0 ? 1 : factor($0))) - 5) }
            }
        }
        let exponential = try DiscountCurve(points { pow(0.9, $0) })
        #expect(abs(exponential.exponentialRate - 0.9) < 1e-5 && !exponential.isHyperbolic)
        let hyperbolic = try DiscountCurve(points { 1 / (1 + 0.5 * $0) })
        #expect(abs(hyperbolic.hyperbolicRate - 0.5) < 1e-4 && hyperbolic.isHyperbolic)
        #expect(abs(hyperbolic.factors[0] - 1 / 1.5) < 1e-9)
        #expect(throws: LearningError.self) { try DiscountCurve([(1, 0, 0), (2, 0, 1)]) }
        #expect(throws: LearningError.self) { try DiscountCurve([(1, 0, 0), (2, 0, -1), (1, 1, 0)]) }
    }

    @Test("Alignment does not mind zero and unit")
    func alignment() throws {
        var random = CounterRandom(seed: 1)
        let a = (0..<20).map { _ in random.normal() }
        let found = try ValueAlignment([
            ("a", a), ("b", a.map { 3 + 2 * $0 }), ("c", a.map { -$0 }),
            ("d", (0..<20).map { _ in random.normal() }),
        ])
        #expect(abs(found.correlations[0, 1] - 1) < 1e-12 && abs(found.correlations[0, 2] + 1) < 1e-12)
        #expect(found.lower[0, 3] < found.correlations[0, 3] && found.correlations[0, 3] < found.upper[0, 3])
        #expect(throws: LearningError.self) { try ValueAlignment([("a", [1, 2, 3]), ("b", [1, 2])]) }
    }

    @Test(
        "An assembly has the population's shares, and control follows its votes on outcomes nobody voted on")
    func control() throws {
        let assembly = CitizenAssembly(
            citizens: 400,
            marginals: [.init("age", [("young", 1), ("old", 3)]), .init("vote", [("a", 1), ("b", 1)])])
        let old = assembly.citizens.count { $0.profile[0] == "old" }
        #expect(abs(Double(old) / 400 - 0.75) < 0.07)
        var random = CounterRandom(seed: 8)
        let rows = (0..<30).map { _ in (0..<3).map { _ in random.normal() } }
        let features = try FeatureMatrix(rows)
        let names = Self.names(30)
        let target = [1.0, -1, 0.5]
        func pairs(_ range: Range<Int>, _ count: Int) -> [OutcomePair] {
            (0..<count).map { _ in
                let a = random.below(range.count)
                return OutcomePair(
                    range.lowerBound + a,
                    range.lowerBound + (a + 1 + random.below(range.count - 1)) % range.count)
            }
        }
        let (train, test) = (pairs(0..<20, 80), pairs(20..<30, 40))
        func votes(_ pairs: [OutcomePair]) throws -> SoftPreferences {
            try CitizenAssembly(citizens: 30, marginals: []).vote(
                on: pairs, outcomes: names, statements: { _ in ["for", "against"] }
            ) { _, first, second, statements, random in
                guard statements.count == 2, let a = names.firstIndex(of: first),
                    let b = names.firstIndex(of: second)
                else { return .none }
                let lead = (0..<3).reduce(0) { $0 + target[$1] * (rows[a][$1] - rows[b][$1]) }
                return random.bernoulli(Special.logistic(lead)) ? .first : .second
            }
        }
        let before = LinearRewardModel(weights: [-1, 0, 0])
        let trainVotes = try votes(train)
        #expect(try votes(train) == trainVotes)
        let after = try UtilityControl().steer(before, to: trainVotes, features: features)
        let report = try ControlReport(before: before, after: after, on: votes(test), features: features)
        #expect(report.after.logLoss < report.before.logLoss - 0.2)
        #expect(report.correlationAfter > 0.9 && report.correlationAfter > report.correlationBefore + 0.3)
        #expect(throws: LearningError.self) {
            try UtilityControl().steer(before, to: trainVotes, features: features.selecting([0, 1]))
        }
    }
}
