import Foundation
import Kernels
import Testing

@testable import Bandits

/// What every policy over duels must do.
private func checkDuels<P: DuelPolicy>(_ policy: P, _ context: BanditContext) throws {
    try PolicyConformance.check(
        policy, context: { _ in context },
        outcome: { round, duel in
            duel.first == duel.second ? 0.5 : (duel.first < duel.second) == (round % 5 != 0) ? 1 : 0
        })
    var learner = policy, limited = context
    limited.available = [0, 2]
    for _ in 0..<30 {
        let decision = learner.choose(limited)
        #expect([0, 2].contains(decision.action.first) && [0, 2].contains(decision.action.second))
        learner.learn(decision, 0.7)
    }
}

@Suite struct DoubleThompsonTests {
    @Test func conforms() throws { try checkDuels(DoubleThompson(arms: 4, seed: 3), BanditContext()) }

    @Test func boundsAreTheFormula() {
        var policy = DoubleThompson(arms: 3, exploration: 0.6)
        for outcome in [1.0, 1, 0, 0.5] {
            policy.update(PolicyDecision(context: BanditContext(), action: Duel(0, 1)), outcome)
        }
        policy.update(PolicyDecision(context: BanditContext(), action: Duel(2, 2)), 1)
        #expect(policy.wins == [0, 2.5, 0, 1.5, 0, 0, 0, 0, 0])
        let (lower, upper) = policy.bounds(of: 0, over: 1, round: 9)
        let width = (0.6 * log(9.0) / 4).squareRoot()
        #expect(abs(lower - 0.625 + width) < 1e-12 && abs(upper - 0.625 - width) < 1e-12)
        #expect(policy.bounds(of: 0, over: 2, round: 9) == (0, 1))
        #expect(policy.bounds(of: 2, over: 2, round: 9) == (0.5, 0.5))
        #expect(policy.winner == 0)
    }

    @Test func winnerMeetsItselfAtLast() {
        var policy = DoubleThompson(arms: 4, seed: 5)
        var random = CounterRandom(seed: 6)
        var last: [Duel<Int>] = []
        for round in 0..<3000 {
            let decision = policy.choose(BanditContext())
            let (i, j) = (decision.action.first, decision.action.second)
            policy.learn(decision, random.bernoulli(i == j ? 0.5 : i < j ? 0.8 : 0.2) ? 1 : 0)
            if round >= 2800 { last.append(decision.action) }
        }
        #expect(policy.winner == 0)
        #expect(last.count { $0 == Duel(0, 0) } > 180)
    }
}

@Suite struct NeuralDuelingBanditTests {
    private static func world(_ arms: Int, _ features: Int, seed: UInt64) -> BanditContext {
        var random = CounterRandom(seed: seed)
        return BanditContext(
            armFeatures: (0..<arms).map { _ in FeatureVector((0..<features).map { _ in random.normal() }) })
    }

    @Test(arguments: [NeuralDuelingBandit.Model.linear, .network(width: 4)])
    func conforms(_ model: NeuralDuelingBandit.Model) throws {
        try checkDuels(
            NeuralDuelingBandit(features: 3, model: model, seed: 4), Self.world(5, 3, seed: 1))
    }

    @Test func networkHasTheGradientThatItSays() {
        var random = CounterRandom(seed: 2)
        var network = UtilityNetwork(features: 3, width: 5, random: &random)
        for k in network.parameters.indices { network.parameters[k] += 0.1 * random.normal() }
        let item = [0.3, -1.2, 0.8]
        let gradient = network.gradient(item)
        for k in gradient.indices {
            var up = network, down = network
            up.parameters[k] += 1e-5
            down.parameters[k] -= 1e-5
            #expect(abs((up.value(item) - down.value(item)) / 2e-5 - gradient[k]) < 1e-8)
        }
    }

    @Test func withoutDataTheBonusIsTheDistance() {
        let context = Self.world(6, 3, seed: 3)
        let linear = NeuralDuelingBandit(features: 3, lambda: 4)
        let items = context.armFeatures.map(\.values)
        for (arm, width) in linear.widths(context, against: 2).enumerated() {
            let distance = zip(items[arm], items[2]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                .squareRoot()
            #expect(abs(width - distance / 2) < 1e-12)
        }
        var deep = NeuralDuelingBandit(
            features: 3, model: .network(width: 4), exploration: 0, initialDuels: 0)
        let scores = deep.utilities(context)
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        #expect(deep.choose(context).action == Duel(order[0], order[1]))
        #expect(deep.widths(context, against: 2)[2] == 0)
    }

    @Test func inverseIsTheInverse() {
        var utility = LinearUtility(features: 4, lambda: 0.5)
        var random = CounterRandom(seed: 4)
        var v = Matrix.identity(4)
        for i in 0..<4 { v[i, i] = 0.5 }
        for _ in 0..<30 {
            let d = (0..<4).map { _ in random.normal() }
            utility.add(d)
            for i in 0..<4 { for j in 0..<4 { v[i, j] += d[i] * d[j] } }
        }
        let direct = Cholesky(v)!.inverse()
        for (a, b) in zip(direct.values, utility.precision.inverse) { #expect(abs(a - b) < 1e-10) }
    }

    @Test func newtonEndsWhereTheGradientVanishes() {
        var random = CounterRandom(seed: 5)
        let differences = (0..<40).map { _ in (0..<3).map { _ in random.normal() } }
        let outcomes = differences.map { $0[0] > 0 ? 1.0 : 0 }
        var utility = LinearUtility(features: 3, lambda: 0.3)
        utility.fit(differences, outcomes)
        var gradient = utility.weights.map { 0.6 * $0 }
        for (d, y) in zip(differences, outcomes) {
            let p = Special.logistic(VectorMath.dot(utility.weights, d))
            for k in 0..<3 { gradient[k] += (p - y) * d[k] }
        }
        #expect(gradient.allSatisfy { abs($0) < 1e-9 }, "\(gradient)")
        // Turning duels round with their outcomes gives the same fit.
        var turned = LinearUtility(features: 3, lambda: 0.3)
        turned.fit(differences.map { $0.map { -$0 } }, outcomes.map { 1 - $0 })
        for (a, b) in zip(turned.weights, utility.weights) { #expect(abs(a - b) < 1e-10) }
    }

    @Test func recommendationsWereShown() {
        let context = Self.world(20, 3, seed: 6)
        var policy = NeuralDuelingBandit(features: 3)
        let decision = policy.choose(context)
        policy.learn(decision, 1)
        #expect([decision.action.first, decision.action.second].contains(policy.recommendation(context)))
    }
}

@Suite struct LoggedDuelTests {
    @Test func duelsOfALogAreRounds() {
        // One duel of each pair in a log: too few to rule any arm out, however few decisions were made here.
        var seconds: Set<Int> = []
        for seed in 1...40 {
            var policy = DoubleThompson(arms: 3, seed: UInt64(seed))
            for (i, j) in [(0, 1), (0, 2), (1, 2)] {
                policy.learn(PolicyDecision(context: BanditContext(), action: Duel(i, j)), 1)
            }
            seconds.insert(policy.choose(BanditContext()).action.second)
        }
        #expect(seconds.count > 1)
    }
}
