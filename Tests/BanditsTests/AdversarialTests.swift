import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct EXP3Tests {
    @Test func conforms() throws {
        try ArmConformance.check(EXP3(arms: 4, seed: 3))
        try ArmConformance.check(EXP3(arms: 3, horizon: 300))
        try ArmConformance.check(EXP3(arms: 1))
        try ArmConformance.check(EXP3(arms: 1, horizon: 10))
        try ArmConformance.check(EXP3(arms: 3, gamma: 0.1, eta: 0.1))
    }

    @Test func weightsAreTheFormula() {
        var policy = EXP3(arms: 2, estimate: .reward, gamma: 0.2)
        policy.learn(PolicyDecision(context: BanditContext(), action: 1, propensity: 0.25), 0.5)
        #expect(policy.losses == [0, -2])
        let w = exp(0.1 * 2)
        let p = policy.propensities(BanditContext())
        #expect(abs(p[1] - (0.8 * w / (1 + w) + 0.1)) < 1e-15)
        var loss = EXP3(arms: 2)
        #expect(abs(loss.currentEta - (log(2.0) / 2).squareRoot()) < 1e-15)
        loss.learn(PolicyDecision(context: BanditContext(), action: 1, propensity: 0.25), 0.5)
        #expect(loss.losses == [0, 2])
        let v = exp(-(log(2.0) / 4).squareRoot() * 2)
        #expect(abs(loss.propensities(BanditContext())[1] - v / (1 + v)) < 1e-15)
    }

    @Test func boundsAreTheTheorems() {
        let t = 1000.0, k = 4.0
        #expect(abs(EXP3(arms: 4).regretBound(rounds: 1000) - 2 * (t * k * log(k)).squareRoot()) < 1e-9)
        let tuned = (2 * log(k) / (t * k)).squareRoot()
        let fixed = EXP3(arms: 4, eta: tuned).regretBound(rounds: 1000)
        #expect(abs(fixed - (2 * t * k * log(k)).squareRoot()) < 1e-9)
        // Auer et al., corollary 3.2.
        let mixed = EXP3(arms: 4, horizon: 1000).regretBound(rounds: 1000)
        #expect(abs(mixed - 2 * (M_E - 1).squareRoot() * (t * k * log(k)).squareRoot()) < 1e-9)
    }
}

@Suite struct LogBarrierTests {
    @Test func solutionHasTheRightShape() {
        #expect(LogBarrier.distribution([0, 0, 0], eta: 0.3).allSatisfy { abs($0 - 1.0 / 3) < 1e-15 })
        // A hopeless arm keeps 1/(η·C), nearly.
        for (cost, expected) in [(1e2, 0.936), (1e4, 0.9993)] {
            let p = LogBarrier.distribution([cost, 0, 0], eta: 0.3)
            #expect(abs(p[0] * 0.3 * cost - expected) < 6e-4)
            #expect(abs(p.reduce(0, +) - 1) < 1e-15)
        }
        // 1/p differs between arms by η·(difference of losses).
        let p = LogBarrier.distribution([3, -1000, 40, 0.5], eta: 0.7)
        #expect(abs((1 / p[0] - 1 / p[3]) - 0.7 * 2.5) < 1e-9)
        #expect(abs((1 / p[2] - 1 / p[1]) - 0.7 * 1040) < 1e-9)
    }

    @Test func boundHoldsForLossesOfAnySign() {
        var random = CounterRandom(seed: 2)
        for eta in [0.05, 0.5, 2] {
            let arms = 5, rounds = 400
            var sum = [Double](repeating: 0, count: arms), paid = 0.0, squares = 0.0
            for _ in 0..<rounds {
                let p = LogBarrier.distribution(sum, eta: eta)
                for arm in 0..<arms {
                    let cost = random.bernoulli(0.05) ? -1000 * random.uniform() : random.normal()
                    paid += p[arm] * cost
                    squares += p[arm] * cost * cost
                    sum[arm] += cost
                }
            }
            let t = Double(rounds), k = Double(arms)
            let comparator = (1 - 1 / t) * sum.min()! + sum.reduce(0, +) / k / t
            #expect(paid - comparator <= k * log(k * t) / eta + eta * squares)
        }
    }
}

@Suite struct MagnitudeReducedFTRLTests {
    private func features(_ arms: Int, _ d: Int, seed: UInt64) -> [[Double]] {
        var random = CounterRandom(seed: seed)
        return (0..<arms).map { _ in
            let x = (0..<d).map { _ in random.normal() }
            let length = VectorMath.length(x)
            return x.map { $0 / length * (0.3 + 0.7 * 0.5) }
        }
    }

    @Test func conforms() throws {
        let arms = features(5, 3, seed: 1)
        try ArmConformance.check(MagnitudeReducedFTRL(actions: arms, seed: 3))
        try ArmConformance.check(
            MagnitudeReducedFTRL(
                actions: arms, estimator: .naive, regularizer: .logBarrier, exploration: 0.1))
    }

    @Test func estimatorsHaveOneMeanAndTheReducedOneIsBounded() {
        let arms = features(6, 3, seed: 5), p = [0.4, 0.25, 0.2, 0.1, 0.04, 0.01]
        let losses = [0.2, 0.9, 0.5, 0.1, 1, 0.3]
        for gamma in [0.0, 1e-3, 0.1] {
            let reduced = MagnitudeReducedFTRL(actions: arms, gamma: gamma, eta: 0.1)
            let naive = MagnitudeReducedFTRL(actions: arms, estimator: .naive, gamma: gamma, eta: 0.1)
            var means = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 2)
            for played in 0..<6 {
                let q = reduced.estimates(arm: played, loss: losses[played], propensities: p).losses
                let raw = naive.estimates(arm: played, loss: losses[played], propensities: p).losses
                // With loss 0 and X ≥ 0 only m is left: the estimate is never below it.
                for a in 0..<6 {
                    means[0][a] += p[played] * q[a]
                    means[1][a] += p[played] * raw[a]
                    if gamma > 0 { #expect(q[a] >= -1 / gamma.squareRoot()) }
                }
            }
            for a in 0..<6 { #expect(abs(means[0][a] - means[1][a]) < 1e-12) }
        }
    }

    /// Without a ridge and with losses that are linear, the estimate is unbiased.
    @Test func linearLossesAreEstimatedWithoutBias() {
        let arms = features(6, 3, seed: 9), p = [0.3, 0.25, 0.2, 0.1, 0.1, 0.05], theta = [0.3, -0.5, 0.9]
        let losses = arms.map { 0.5 + zip($0, theta).reduce(0) { $0 + $1.0 * $1.1 } / 2 }
        // A constant is linear in features that hold a constant.
        let padded = arms.map { $0.map { $0 / 2.0.squareRoot() } + [0.5] }
        let policy = MagnitudeReducedFTRL(actions: padded, gamma: 0, eta: 0.1)
        var mean = [Double](repeating: 0, count: 6)
        for played in 0..<6 {
            let q = policy.estimates(arm: played, loss: losses[played], propensities: p).losses
            for a in 0..<6 { mean[a] += p[played] * q[a] }
        }
        for a in 0..<6 { #expect(abs(mean[a] - losses[a]) < 1e-10) }
    }

    @Test func oneHotFeaturesAreEXP3() {
        let oneHot = (0..<4).map { i in (0..<4).map { $0 == i ? 1.0 : 0 } }
        var linear = MagnitudeReducedFTRL(actions: oneHot, gamma: 0, eta: 0.07, seed: 3)
        var exp3 = EXP3(arms: 4, eta: 0.07, seed: 3)
        for round in 0..<300 {
            let a = linear.choose(BanditContext()), b = exp3.choose(BanditContext())
            #expect(a.action == b.action && abs(a.propensity - b.propensity) < 1e-9)
            let reward = Double((round * 7 + a.action * 3) % 5) / 4
            linear.learn(a, reward)
            exp3.learn(b, reward)
        }
        for (a, b) in zip(linear.losses, exp3.losses) { #expect(abs(a - b) < 1e-6 * max(1, b)) }
        #expect(linear.smallestEstimate > -1e-9)
    }

    @Test func bonusIsTheFormula() {
        let policy = MagnitudeReducedFTRL(actions: [[1, 0], [0, 0.5]], exploration: 1, gamma: 0.1)
        let bonus = policy.estimates(arm: 0, loss: 1, propensities: [0.5, 0.5]).bonus
        let norms = [1 / 0.6, 0.25 / (0.1 + 0.125)]
        for a in 0..<2 { #expect(abs(bonus[a] - norms[a] - (norms[0] + norms[1]) / 2) < 1e-12) }
    }
}
