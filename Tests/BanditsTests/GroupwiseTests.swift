import Foundation
import Kernels
import Testing

@testable import Bandits

/// An example and its label, both a function of the round.
private func example(_ round: Int, groups: [Int]) -> (GroupExample, Double) {
    let x = [sin(Double(round)), cos(Double(2 * round))]
    return (GroupExample(features: x, groups: groups), 0.5 + 0.4 * x[0] * Double(groups.count % 2))
}

@Suite struct GroupwiseTests {
    @Test func conforms() throws {
        for includesEveryone in [true, false] {
            try PolicyConformance.check(
                GroupwiseRegret(groups: 3, features: 2, includesEveryone: includesEveryone),
                context: { example($0, groups: $0 % 4 == 3 ? [] : [$0 % 4]).0 },
                outcome: { round, prediction in 0.5 * prediction + 0.25 * Double(round % 2) })
        }
    }

    @Test func everyoneAloneIsTheLearner() {
        var policy = GroupwiseRegret(groups: 0, features: 2)
        var learner = RidgeForecaster(features: 2)
        for round in 0..<100 {
            let (person, label) = example(round, groups: [])
            let decision = policy.choose(person)
            #expect(decision.action == min(1, max(0, learner.predict(person.features))))
            policy.learn(decision, label)
            learner.learn(person.features, label)
        }
        #expect(policy.hedge.regrets == [0] && policy.report(of: 0).loss == policy.report(of: 0).learnerLoss)
    }

    @Test func disjointGroupsLearnApart() {
        var policy = GroupwiseRegret(groups: 2, features: 2, includesEveryone: false)
        var learners = [RidgeForecaster](repeating: RidgeForecaster(features: 2), count: 2)
        for round in 0..<100 {
            let group = round % 3 == 0 ? 1 : 0
            let (person, label) = example(round, groups: [group])
            let decision = policy.choose(person)
            #expect(decision.action == min(1, max(0, learners[group].predict(person.features))))
            policy.learn(decision, label)
            learners[group].learn(person.features, label)
        }
        #expect(policy.learners == learners)
        #expect(policy.choose(GroupExample(features: [0, 0])).action == 0.5)
    }

    @Test func sleepersStayAsTheyAre() {
        var policy = GroupwiseRegret(groups: 2, features: 2)
        for round in 0..<60 {
            let (person, label) = example(round, groups: round % 2 == 0 ? [0] : [0, 1])
            let before = policy
            let weights = policy.weights(person)
            #expect(abs(weights.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
            if round == 0 { #expect(weights.allSatisfy { $0.weight == 0.5 }) }
            policy.learn(policy.choose(person), label)
            // Σ q r = 0 over those who spoke.
            let balance = weights.reduce(0) {
                $0 + $1.weight * (policy.hedge.regrets[$1.learner] - before.hedge.regrets[$1.learner])
            }
            #expect(abs(balance) < 1e-12)
            if round % 2 == 0 {
                #expect(policy.hedge.regrets[1] == before.hedge.regrets[1])
                #expect(policy.hedge.spreads[1] == before.hedge.spreads[1])
                #expect(policy.learners[1] == before.learners[1])
                #expect(policy.report(of: 1) == before.report(of: 1))
            }
        }
        #expect(policy.report(of: 0).count == 60 && policy.report(of: 1).count == 30)
    }

    @Test func regretToEveryExpertIsSmall() {
        var random = CounterRandom(seed: 6)
        var hedge = AdaNormalHedge(experts: 20)
        var counts = [Double](repeating: 0, count: 20)
        for round in 0..<3000 {
            let awake = (0..<20).filter { _ in random.bernoulli(0.3) }
            guard !awake.isEmpty else { continue }
            let losses = awake.map { $0 == round / 500 ? 0.1 : random.uniform() }
            hedge.learn(awake, weights: hedge.weights(awake), losses: losses)
            for expert in awake { counts[expert] += 1 }
        }
        for expert in 0..<20 {
            #expect(hedge.regrets[expert] <= (3 * counts[expert] * (log(20) + log(log(3000)))).squareRoot())
        }
    }

    @Test func weightsAreTheFormula() {
        func phi(_ r: Double, _ c: Double) -> Double { exp(max(r, 0) * max(r, 0) / (3 * c)) }
        #expect(abs(exp(AdaNormalHedge.logWeight(0, 0)) - 0.197806) < 1e-6)
        for (r, c) in [(0.0, 0.0), (0.3, 0.5), (-0.4, 2), (5, 9), (12, 20)] {
            let direct = 0.5 * (phi(r + 1, c + 1) - phi(r - 1, c + 1))
            #expect(abs(exp(AdaNormalHedge.logWeight(r, c)) / direct - 1) < 1e-12)
        }
        #expect(AdaNormalHedge.logWeight(-1, 3) == -.infinity)
        #expect(AdaNormalHedge.logWeight(1e5, 1e5).isFinite)
        var losers = AdaNormalHedge(experts: 2)
        for _ in 0..<5 { losers.learn([0], weights: [0], losses: [1]) }
        #expect(losers.weights([0]) == [1] && losers.weights([0, 1]) == [0, 1])
    }

    @Test func forecastsAreRidgeEstimates() {
        var learner = RidgeForecaster(features: 2, lambda: 0.7)
        var gram = Matrix(rows: 3, columns: 3) { $0 == $1 ? 0.7 : 0 }
        var moment = [0.0, 0, 0]
        for round in 0..<40 {
            let (person, label) = example(round, groups: [0])
            let x = person.features + [1]
            learner.learn(person.features, label)
            for i in 0..<3 {
                moment[i] += x[i] * label
                for j in 0..<3 { gram[i, j] += x[i] * x[j] }
            }
        }
        let factor = Cholesky(gram)
        #expect(VectorMath.distance(learner.coefficients, factor?.solve(moment) ?? []) < 1e-12)
        let width = VectorMath.dot([0.2, 0.3, 1], factor?.solve([0.2, 0.3, 1]) ?? []).squareRoot()
        #expect(abs(learner.width([0.2, 0.3]) - width) < 1e-12)
        #expect(learner.count == 40)
    }
}
