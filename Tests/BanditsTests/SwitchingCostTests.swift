import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct ShrinkingDartboardTests {
    private func learner(
        _ estimator: SwitchingPlan.Estimator, rounds: Int = 60, batches: Int = 12, seed: UInt64 = 3
    ) -> ShrinkingDartboard {
        ShrinkingDartboard(
            SwitchingPlan(arms: 3, horizon: rounds, estimator: estimator, batches: batches, eta: 0.3),
            seed: seed)
    }

    @Test func conforms() throws {
        for estimator in SwitchingPlan.Estimator.allCases {
            try PolicyConformance.check(
                learner(estimator), context: { _ in NoContext() },
                outcome: { round, pull in pull.observed.map { Double((round * 7 + $0 * 3) % 5) / 4 } })
        }
    }

    /// The law of the kept arm is that of exponential weights, when losses come in time and when they come
    /// late.
    @Test(arguments: [false, true]) func keptArmFollowsTheWeights(late: Bool) {
        let runs = 20_000
        let arms = Parallel.map(runs) { run in
            var learner = learner(.all, rounds: 6, batches: 6, seed: UInt64(run))
            var waiting: [PolicyDecision<NoContext, ObservedPull>] = []
            for _ in 0..<5 {
                waiting.append(learner.choose())
                if late, waiting.count < 2 { continue }
                while let decision = waiting.popLast() { learner.learn(decision, [0.9, 0.2, 1]) }
            }
            while let decision = waiting.popLast() { learner.learn(decision, [0.9, 0.2, 1]) }
            let last = learner.choose()
            return (last.action.arm, last.propensities)
        }
        let law = ExponentialWeights.distribution([4.5, 1, 5], eta: 0.3)
        for arm in 0..<3 {
            let share = Double(arms.filter { $0.0 == arm }.count) / Double(runs)
            #expect(abs(share - law[arm]) < 5 * (law[arm] * (1 - law[arm]) / Double(runs)).squareRoot())
            #expect(abs(arms[0].1[arm] - law[arm]) < 1e-12)
        }
    }

    @Test func everyRoundABatchIsTheOrdinaryDartboard() {
        let rounds = 2000
        let plan = SwitchingPlan(arms: 4, horizon: rounds, estimator: .all, batches: rounds)
        let runs = Parallel.map(20) { run in
            var learner = ShrinkingDartboard(plan, seed: UInt64(run))
            var random = CounterRandom(seed: 5).split(UInt64(run)), total = 0.0
            for _ in 0..<rounds {
                let decision = learner.choose()
                let loss = (0..<4).map { _ in random.bernoulli(0.5) ? 1.0 : 0 }
                total += loss[decision.action.arm]
                learner.learn(decision, loss)
            }
            return (Double(learner.switches), plan.eta * total)
        }
        #expect(runs.map(\.0).reduce(0, +) <= runs.map(\.1).reduce(0, +))
    }

    @Test func oneBatchNeverSwitches() {
        var learner = learner(.all, rounds: 50, batches: 1)
        for _ in 0..<50 {
            let decision = learner.choose()
            learner.learn(decision, decision.action.observed.map { _ in 1 })
        }
        #expect(learner.switches == 0 && learner.observations == 3)
    }

    /// The estimate of a batch is unbiased: every round of it is looked at equally often.
    @Test func observedRoundIsEven() {
        var counts = [Int](repeating: 0, count: 7)
        for seed in 0..<7000 {
            var learner = learner(.all, rounds: 7, batches: 1, seed: UInt64(seed))
            for round in 0..<7 where !learner.choose().action.observed.isEmpty { counts[round] += 1 }
        }
        #expect(counts.allSatisfy { abs(Double($0) - 1000) < 5 * 930.0.squareRoot() })
        #expect(counts.reduce(0, +) == 7000)
    }

    @Test func budgetIsSpentExactly() {
        for (estimator, cost) in [(SwitchingPlan.Estimator.all, 36), (.others, 24), (.played, 12)] {
            var learner = learner(estimator, rounds: 65)
            for _ in 0..<65 {
                let decision = learner.choose()
                learner.learn(decision, decision.action.observed.map { Double($0) / 3 })
            }
            #expect(learner.observations == cost && learner.plan.observations == cost)
        }
    }

    @Test func planFollowsTheBudget() {
        // A small budget goes to the played arm's losses, a large one to all of them.
        let small = SwitchingPlan(arms: 4, horizon: 20_000, budget: .total(12))
        let large = SwitchingPlan(arms: 4, horizon: 20_000, budget: .total(12_800))
        #expect(large.estimator == .all && large.batches == 3200 && large.observations == 12_800)
        #expect(small.observations <= 12)
        #expect(large.predictedRegret < small.predictedRegret)
        // Without extra observations the played arm's losses are free, over T^(2/3) batches.
        let free = SwitchingPlan(arms: 4, horizon: 1_000_000, budget: .extra(0))
        #expect(free.estimator == .played)
        let more = [1, 64].map { SwitchingPlan(arms: 4, horizon: 1_000_000 * $0, budget: .extra(0)).batches }
        #expect(abs(Double(more[1]) / Double(more[0]) - 16) < 0.1)
        let bought = SwitchingPlan(arms: 4, horizon: 1_000_000, budget: .extra(300_000))
        #expect(bought.estimator == .others && bought.batches == 100_000)
    }
}
