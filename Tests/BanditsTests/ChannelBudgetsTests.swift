import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct ChannelBudgetsTests {
    @Test func conforms() throws {
        try PolicyConformance.check(
            ChannelBudgets(channels: 2, maxBudget: 3, levels: 4, budget: 2, returnTarget: 0.5, horizon: 80),
            context: { _ in NoContext() },
            outcome: { _, budgets in
                budgets.map { ChannelResult(value: $0.squareRoot(), spend: min($0, 1.5)) }
            })
    }

    @Test func everyBudgetIsTriedFirst() {
        var policy = ChannelBudgets(channels: 2, maxBudget: 3, levels: 4, budget: 6, horizon: 100)
        for level in 0..<4 {
            let decision = policy.choose()
            #expect(decision.action == [Double(level), Double(level)])
            policy.learn(decision, [ChannelResult(value: 1, spend: 0), ChannelResult(value: 0, spend: 0)])
        }
        #expect(policy.values(of: 0).map(\.mean) == [1, 1, 1, 1] && policy.averageBudgets == [1.5, 1.5])
        #expect(policy.values(of: 1).map(\.count) == [1, 1, 1, 1])
        #expect(ChannelBudgets(channels: 1, maxBudget: 1, budget: 1, horizon: 1000).grid.count == 11)
    }

    @Test func withoutConstraintsItIsUCB() {
        var random = CounterRandom(seed: 5)
        var policy = ChannelBudgets(
            channels: 2, maxBudget: 3, levels: 4, budget: 100, exploration: 0.5, horizon: 2000)
        var counts = [[Double]](repeating: [0, 0, 0, 0], count: 2), means = counts
        for round in 0..<2000 {
            let decision = policy.choose()
            let results = decision.action.map {
                ChannelResult(value: 2 - abs($0 - 2) + 0.2 * random.normal(), spend: $0)
            }
            for channel in 0..<2 {
                let level = Int(decision.action[channel])
                if round >= 4 {
                    let bonus = (0..<4).map {
                        means[channel][$0] + 0.5 * (2 * log(2000) / counts[channel][$0]).squareRoot()
                    }
                    #expect(bonus[level] >= (bonus.max() ?? 0) - 1e-12)
                }
                counts[channel][level] += 1
                means[channel][level] +=
                    (results[channel].value - means[channel][level]) / counts[channel][level]
            }
            policy.learn(decision, results)
            #expect(policy.returnPrice == 0 && policy.budgetPrice == 0)
        }
        #expect(counts.allSatisfy { $0[2] > 1500 })
    }

    @Test func pricesFollowTheConstraints() {
        var policy = ChannelBudgets(
            channels: 1, maxBudget: 2, levels: 3, budget: 1, returnTarget: 2, maxPrice: 0.3, horizon: 100)
        policy.learn(policy.choose(), [ChannelResult(value: 1, spend: 1.5)])
        // η = 0.1, the return misses 2·1.5 by 2 and the spend exceeds 1 by ½.
        #expect(abs(policy.returnPrice - 0.2) < 1e-15 && abs(policy.budgetPrice - 0.05) < 1e-15)
        for _ in 0..<20 { policy.learn(policy.choose(), [ChannelResult(value: 0, spend: 1.5)]) }
        #expect(policy.returnPrice == 0.3 && policy.budgetPrice == 0.3)
        for _ in 0..<20 { policy.learn(policy.choose(), [ChannelResult(value: 9, spend: 0)]) }
        #expect(policy.returnPrice == 0 && policy.budgetPrice == 0)
    }

    @Test func theBudgetIsKeptWhereItBinds() {
        // Values √a and √(2a): the best division of 3 is 1 and 2.
        let horizon = 8000
        var policy = ChannelBudgets(
            channels: 2, maxBudget: 3, levels: 7, budget: 3, exploration: 0.05, horizon: horizon)
        var spend = 0.0
        for _ in 0..<horizon {
            let decision = policy.choose()
            let value = [decision.action[0].squareRoot(), (2 * decision.action[1]).squareRoot()]
            policy.learn(decision, zip(value, decision.action).map { ChannelResult(value: $0, spend: $1) })
            spend += decision.action.reduce(0, +) / Double(horizon)
        }
        #expect(
            spend < 3.06 && abs(policy.averageBudgets[0] - 1) < 0.15
                && abs(policy.averageBudgets[1] - 2) < 0.15)
        #expect(abs(policy.budgetPrice - 0.5) < 0.1 && policy.returnPrice == 0)
    }
}
