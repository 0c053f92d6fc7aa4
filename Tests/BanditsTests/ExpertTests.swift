import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct HedgeTests {
    @Test func conforms() throws {
        for policy in [Hedge(experts: 3), Hedge(experts: 1), Hedge(experts: 4, eta: 0.3)] {
            try PolicyConformance.check(
                policy, context: { _ in NoContext() },
                outcome: { round, p in p.indices.map { Double((round * 7 + $0 * 3) % 5) / 4 } })
        }
    }

    @Test func weightsAreTheFormula() {
        var hedge = Hedge(experts: 2, eta: 0.5)
        let decision = hedge.choose()
        #expect(decision.action == [0.5, 0.5])
        hedge.learn(decision, [1, 0])
        #expect(abs(hedge.weights[0] - exp(-0.5) / (1 + exp(-0.5))) < 1e-15)
        #expect(hedge.loss == 0.5 && hedge.regret == 0.5)
    }

    /// The bound is for every sequence: random ones, hard ones and lopsided ones.
    @Test func regretStaysBelowTheBound() {
        var random = CounterRandom(seed: 3)
        let streams = [
            LossStream.uniform(rounds: 500, dimension: 5, random: &random),
            LossStream.sine(rounds: 500, dimension: 5, random: &random),
            LossStream.linearDrift(rounds: 500, dimension: 5, random: &random),
            LossStream.againstLeader(rounds: 500, dimension: 5, variation: 100),
            LossStream.alternating(rounds: 500, dimension: 5, on: .simplex),
            (0..<500).map { _ in (0..<5).map { _ in random.bernoulli(0.5) ? 1 : 0 } },
        ]
        for losses in streams {
            for hedge in [Hedge(experts: 5), Hedge(experts: 5, eta: 0.2), Hedge(experts: 5, eta: 2)] {
                let audit = RegretAudit.play(losses, on: .simplex, hedge)
                for (t, regret) in audit.regrets.enumerated() {
                    #expect(regret <= hedge.regretBound(rounds: t + 1))
                }
            }
        }
    }
}

@Suite struct EXP4Tests {
    private func advice(_ round: Int) -> ExpertAdvice {
        ExpertAdvice([[0.5, 0.5, 0], [0, 0, 1], round % 2 == 0 ? [1, 0, 0] : [0, 0.25, 0.75]])
    }

    @Test func conforms() throws {
        for policy in [EXP4(arms: 3, experts: 3), EXP4(arms: 3, experts: 3, gamma: 0.1, eta: 0.2, seed: 4)] {
            try PolicyConformance.check(
                policy, context: advice, outcome: { round, arm in Double((round * 7 + arm * 3) % 5) / 4 })
        }
    }

    @Test func probabilitiesAndEstimatesAreTheFormula() {
        var policy = EXP4(arms: 3, experts: 3, gamma: 0.3, eta: 0.4)
        let first = policy.propensities(advice(0))
        #expect(zip(first, [0.45, 0.7 / 6 + 0.1, 0.7 / 3 + 0.1]).allSatisfy { abs($0 - $1) < 1e-12 })
        policy.learn(PolicyDecision(context: advice(0), action: 0, propensity: 0.45), 0.1)
        #expect(zip(policy.losses, [0.5 * 0.9 / 0.45, 0, 0.9 / 0.45]).allSatisfy { abs($0 - $1) < 1e-12 })
        let w = policy.losses.map { exp(-0.4 * $0) }, total = w.reduce(0, +)
        #expect(zip(policy.weights, w).allSatisfy { abs($0 - $1 / total) < 1e-15 })
        #expect(ExpertAdvice(arms: 3, named: [2]).advice == [[0, 0, 1]])
    }

    /// With one expert for each arm it is EXP3.
    @Test func oneExpertForEachArmIsEXP3() {
        var four = EXP4(arms: 3, experts: 3, seed: 5), three = EXP3(arms: 3, seed: 5)
        let advice = ExpertAdvice(arms: 3, named: [0, 1, 2])
        for round in 0..<200 {
            let a = four.choose(advice), b = three.choose(BanditContext())
            #expect(a.action == b.action && abs(a.propensity - b.propensity) < 1e-12)
            let reward = Double((round * 7 + a.action * 3) % 5) / 4
            four.learn(a, reward)
            three.learn(b, reward)
        }
    }
}
