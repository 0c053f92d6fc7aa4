import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct StrategyEnsembleTests {
    private static let rules: [EnsembleRule] = [
        .universal(particles: 50), .exponentiatedGradient(), .bestCombination(every: 3),
        .accelerated(discount: 0.8, every: 2),
    ]

    @Test func conforms() throws {
        for rule in Self.rules {
            for isSafe in [false, true] {
                try PolicyConformance.check(
                    StrategyEnsemble(strategies: 3, rule: rule, isSafe: isSafe, seed: 5),
                    context: { _ in NoContext() },
                    outcome: { round, _ in (0..<3).map { 1 + 0.3 * sin(Double(round * ($0 + 2))) } })
            }
        }
    }

    /// Pay-offs of `count` strategies that differ.
    private func market(_ count: Int, periods: Int, seed: UInt64) -> [[Double]] {
        var random = CounterRandom(seed: seed)
        return (0..<periods).map { _ in (0..<count).map { exp(0.1 * random.normal() + 0.001 * Double($0)) } }
    }

    private func run(_ policy: StrategyEnsemble, _ rows: [[Double]]) -> StrategyEnsemble {
        var policy = policy
        for row in rows {
            let decision = policy.choose()
            #expect(abs(decision.action.reduce(0, +) - 1) < 1e-9 && decision.action.allSatisfy { $0 >= 0 })
            policy.learn(decision, row)
        }
        return policy
    }

    @Test func aVolatilePairGrowsFasterThanItsMembers() {
        let rows = (0..<2000).map { [$0 % 2 == 0 ? 2 : 0.5, 1.0] }
        for (rule, expected) in [(EnsembleRule.bestCombination(), 0.0589), (.universal(), 0.0585)] {
            let half = run(StrategyEnsemble(strategies: 2, rule: rule), Array(rows.prefix(1000)))
            let whole = run(half, Array(rows.suffix(1000)))
            let growth = (whole.wealth.logWealth - half.wealth.logWealth) / 1000
            #expect(abs(growth - expected) < 2e-4, "\(rule): \(growth)")
            #expect(whole.strategyGrowth.allSatisfy { abs($0) < 1e-12 } && whole.advantage > 0.05)
        }
        let best = BestCombination(payoffs: rows.flatMap { $0 }, strategies: 2)
        #expect(abs(best.growth - log(1.125) / 2) < 1e-9 && abs(best.weights[0] - 0.5) < 1e-4)
    }

    @Test func oneStrategyOrEqualOnesLeaveNothingToChoose() {
        let rows = market(1, periods: 60, seed: 1)
        for rule in Self.rules {
            let single = run(StrategyEnsemble(strategies: 1, rule: rule), rows)
            #expect(abs(single.wealth.logWealth - single.strategyLogWealth[0]) < 1e-12)
            let twins = run(StrategyEnsemble(strategies: 3, rule: rule), rows.map { [$0[0], $0[0], $0[0]] })
            #expect(abs(twins.advantage) < 1e-12)
        }
    }

    @Test func theUniversalRuleEarnsItsParticlesAverage() {
        let policy = run(
            StrategyEnsemble(strategies: 4, rule: .universal(particles: 200)),
            market(4, periods: 400, seed: 2))
        let particles = policy.particleLogWealth
        #expect(particles.count == 205)
        let average = Special.logSumExp(particles) - log(205)
        #expect(abs(policy.wealth.logWealth - average) < 1e-10)
        // The first particles are the strategies alone.
        for a in 0..<4 { #expect(abs(particles[a] - policy.strategyLogWealth[a]) < 1e-10) }
        #expect(policy.wealth.logWealth >= (particles.max() ?? 0) - log(205))
    }

    @Test func theSafeRuleLosesLittleAgainstEither() {
        for seed in 1...5 {
            let rows = market(3, periods: 300, seed: UInt64(seed))
            let bold = run(StrategyEnsemble(strategies: 3, rule: .accelerated()), rows).wealth.logWealth
            let sure = run(StrategyEnsemble(strategies: 3), rows).wealth.logWealth
            let safe = run(StrategyEnsemble(strategies: 3, rule: .accelerated(), isSafe: true), rows).wealth
                .logWealth
            #expect(safe >= max(bold, sure) - log(2) - 1e-9)
            #expect(abs(safe - log(0.5 * exp(bold) + 0.5 * exp(sure))) < 1e-9)
        }
    }

    @Test func combinationsAreTheBest() {
        for seed in 1...5 {
            let rows = market(2, periods: 50, seed: UInt64(seed))
            for discount in [1, 0.9] {
                let found = BestCombination(payoffs: rows.flatMap { $0 }, strategies: 2, discount: discount)
                let brute = Minimize.brent(lower: 0, upper: 1) { share in
                    var loss = 0.0, total = 0.0
                    for (age, row) in rows.reversed().enumerated() {
                        let weight = pow(discount, Double(age))
                        loss -= weight * log(share * row[0] + (1 - share) * row[1])
                        total += weight
                    }
                    return loss / total
                }
                #expect(found.growth >= -brute.value - 1e-7 && found.gap <= 1e-7)
                #expect(abs(found.growth + brute.value) < 1e-7)
            }
        }
        let many = BestCombination(payoffs: market(8, periods: 300, seed: 9).flatMap { $0 }, strategies: 8)
        #expect(many.gap <= 1e-7 && abs(many.weights.reduce(0, +) - 1) < 1e-9)
    }

    @Test func theMeterKeepsGrowthAndDrawdown() {
        var meter = WealthMeter()
        #expect(meter.growth == 0 && meter.sharpeRatio == 0 && meter.maxDrawdown == 0)
        for payoff in [2, 0.5, 0.5, 4] { meter.add(payoff) }
        #expect(abs(meter.logWealth - log(2)) < 1e-15 && abs(meter.maxDrawdown - 0.75) < 1e-12)
        let gains = [2, 0.5, 0.5, 4].map { log($0) }
        let deviation = Statistics.variance(gains).squareRoot()
        #expect(abs(meter.sharpeRatio - Statistics.mean(gains) / deviation) < 1e-12)
    }

    @Test func oldPeriodsAreForgotten() throws {
        var policy = StrategyEnsemble(strategies: 2, rule: .accelerated(discount: 0.5, every: 1))
        for _ in 0..<1000 { policy.learn(policy.choose(), [1.1, 0.9]) }
        #expect(try PolicyConformance.state(policy).count < 2000)
        #expect(policy.weights[0] > 0.999)
    }
}
