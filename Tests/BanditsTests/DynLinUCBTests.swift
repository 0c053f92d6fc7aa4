import Kernels
import Testing

@testable import Bandits

@Suite struct DynLinUCBTests {
    private static let actions: [[Double]] = [[1, 0], [0, 1], [0.5, 0.5], [0.2, -0.6]]

    @Test func conforms() throws {
        for rho in [0, 0.6] {
            try ArmConformance.check(
                DynLinUCB(actions: Self.actions, bounds: .init(rho: rho), horizon: 500, exploration: 0.1))
        }
    }

    @Test func blocksGrowWithTheLogarithm() {
        let policy = DynLinUCB(actions: [[1]], bounds: .init(rho: 0.9), horizon: 10)
        #expect([1, 2, 3].map(policy.blockLength) == [1, 7, 11])
        let halves = DynLinUCB(actions: [[1]], bounds: .init(rho: 0.5), horizon: 10)
        #expect([1, 2, 4, 8, 16].map(halves.blockLength) == [1, 2, 3, 4, 5])
        let none = DynLinUCB(actions: [[1]], bounds: .init(rho: 0), horizon: 10)
        #expect([1, 100].map(none.blockLength) == [1, 1])
    }

    @Test func onlyTheLastRewardOfABlockCounts() {
        var policy = DynLinUCB(
            actions: Self.actions, bounds: .init(rho: 0.9), horizon: 100, exploration: 0.1)
        var arms: [Int] = []
        for round in 0..<19 {
            let decision = policy.choose(BanditContext())
            arms.append(decision.action)
            #expect((decision.mark == 1) == [0, 7, 18].contains(round))
            policy.learn(decision, round == 7 ? 3 : 100)
        }
        #expect(policy.epochs == 3 && policy.belief.counts == [3])
        #expect(Set(arms[1...7]).count == 1 && Set(arms[8...18]).count == 1)
    }

    @Test func withoutMemoryItIsLinUCB() {
        // ρ = 0 and ω = 0: every block is one round, and the scores are those of a linear UCB with α = s·β_t.
        var policy = DynLinUCB(
            actions: Self.actions, bounds: .init(rho: 0, omega: 0), horizon: 300, exploration: 0.3, seed: 4)
        var belief = LinearBelief(features: 2)
        var random = CounterRandom(seed: 5)
        for round in 0..<300 {
            let alpha = 0.3 * policy.width(after: round)
            let scores = Self.actions.map {
                belief.mean(FeatureVector($0)) + alpha * belief.variance(FeatureVector($0)).squareRoot()
            }
            let decision = policy.choose(BanditContext())
            #expect(scores[decision.action] == scores.max())
            let u = Self.actions[decision.action]
            let reward = 0.4 * u[0] + 0.7 * u[1] + 0.1 * random.normal()
            policy.learn(decision, reward)
            belief.learn(FeatureVector(u), reward)
        }
        #expect(policy.belief == belief)
    }

    @Test func widthIsTheFormula() {
        let policy = DynLinUCB(
            actions: [[2, 0], [0, 1]],
            bounds: .init(rho: 0.5, theta: 0.3, omega: 0.7, input: 1.1, growth: 1.2, noise: 0.2),
            horizon: 100, lambda: 4)
        // c₁ = 0.3 + 0.7·1.1·1.2/0.5, c₂ = 2·0.7·1.2·(2·1.1/0.5 + 2/0.5), σ̄² = 0.04·(1 + 0.7²·1.2²/0.75).
        let c1 = 2.148, c2 = 14.112, variance = 0.04 * 1.9408
        let logs = 4.605170185988092 + 2.5649493574615367  // log 100 + d/2·log(1 + 24·4/(2·4))
        let expected = c1 * 2 + c2 / 2 * (1 + 3.2188758248682006) + (2 * variance * logs).squareRoot()
        #expect(abs(policy.width(after: 24) - expected) < 1e-12)
    }

    @Test func dynamicsAreTheClosedForm() {
        var system = LinearDynamics(
            transition: Matrix(rows: 1, columns: 1, values: [0.5]),
            input: Matrix(rows: 1, columns: 1, values: [1]), omega: [1], theta: [0.2])
        var share = 1.0
        for _ in 0..<40 {
            #expect(abs(system.step([1]) - (2.2 - 2 * share)) < 1e-12)
            share *= 0.5
        }
        let three = LinearDynamics(
            transition: Matrix(rows: 3, columns: 3, values: [0.9, 0, 0, 0, 0, 0, 0, 0, 0.3]),
            input: Matrix(rows: 3, columns: 3, values: [0.12, 0, 0, 0, 0, 0, 0, 0, 0.1]),
            omega: [1, 0, 0.5], theta: [0, 0.7, 0.2])
        let sum = three.markovParameters(400).reduce([0.0, 0, 0]) { a, b in zip(a, b).map { $0 + $1 } }
        for (found, exact) in zip(sum, [1.2, 0.7, 0.2 + 0.05 / 0.7]) { #expect(abs(found - exact) < 1e-12) }
    }
}
