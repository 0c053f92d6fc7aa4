import Foundation
import Kernels
import Testing

@testable import Bandits

/// A policy over arms that has learnt from these rewards of each arm.
func taught<P: ArmPolicy>(_ policy: P, _ rewards: [[Double]]) -> P {
    var policy = policy
    for (arm, list) in rewards.enumerated() {
        for reward in list { policy.learn(PolicyDecision(context: BanditContext(), action: arm), reward) }
    }
    return policy
}

@Suite struct UCB1Tests {
    @Test func conforms() throws {
        try ArmConformance.check(UCB1(arms: 4, seed: 3))
        try ArmConformance.check(UCB1(arms: 1))
        try ArmConformance.check(UCB1(arms: 3, exploration: 0))
    }

    @Test func boundsAreTheFormula() {
        let policy = taught(UCB1(arms: 3), [[1, 0], [0.5], []])
        #expect(policy.means == [0.5, 0.5, 0])
        #expect(abs(policy.upperBounds[0] - (0.5 + (2 * log(3.0) / 2).squareRoot())) < 1e-15)
        #expect(abs(policy.upperBounds[1] - (0.5 + (2 * log(3.0)).squareRoot())) < 1e-15)
        #expect(policy.upperBounds[2] == .infinity)
        #expect(policy.propensities(BanditContext()) == [0, 0, 1])
        #expect(policy.propensities(BanditContext(available: [0, 1])) == [0, 1, 0])
        // Untried arms and equal bounds share evenly.
        #expect(UCB1(arms: 4).propensities(BanditContext()) == [0.25, 0.25, 0.25, 0.25])
        #expect(taught(UCB1(arms: 2), [[1], [1]]).propensities(BanditContext()) == [0.5, 0.5])
    }
}

@Suite struct KLUCBTests {
    @Test func conforms() throws {
        try ArmConformance.check(KLUCB(arms: 4, seed: 3))
        try ArmConformance.check(KLUCB(arms: 2, c: 3))
    }

    @Test func boundsSolveTheEquation() {
        // Against values from another root finder.
        for (p, d, q) in [
            (0.3, 0.1, 0.5210276120682475), (0.01, 0.5, 0.4247605714215547), (0.5, 1e-6, 0.5007071064276272),
        ] { #expect(abs(KLUCB.upperBound(mean: p, divergence: d) - q) < 1e-13) }
        var random = CounterRandom(seed: 4)
        for _ in 0..<3000 {
            let p = random.uniform(), d = exp(8 * random.uniform() - 6)
            let q = KLUCB.upperBound(mean: p, divergence: d)
            #expect(q >= p && q <= 1)
            if q < 1 - 1e-5 { #expect(abs(KLUCB.divergence(p, q) - d) < 1e-9 * max(1, d)) }
            // Pinsker: never above UCB1's form of the bound.
            #expect(q <= p + (d / 2).squareRoot() + 1e-12)
        }
        #expect(KLUCB.upperBound(mean: 1, divergence: 2) == 1)
        #expect(abs(KLUCB.upperBound(mean: 0, divergence: 0.7) - (1 - exp(-0.7))) < 1e-15)
        #expect(KLUCB.upperBound(mean: 0.4, divergence: 0) == 0.4)
        #expect(KLUCB.upperBound(mean: 0.4, divergence: 1e6) == 1)
    }

    @Test func budgetGrowsWithC() {
        let rewards = [[0.2, 0.4], [0.5, 0.1, 0.9]]
        let plain = taught(KLUCB(arms: 2), rewards), more = taught(KLUCB(arms: 2, c: 3), rewards)
        let expected = KLUCB.upperBound(mean: 0.3, divergence: (log(5.0) + 3 * log(log(5.0))) / 2)
        #expect(abs(more.upperBounds[0] - expected) < 1e-12)
        #expect(zip(plain.upperBounds, more.upperBounds).allSatisfy { $0 < $1 })
    }
}

@Suite struct SuccessiveEliminationTests {
    @Test func conforms() throws {
        try ArmConformance.check(SuccessiveElimination(arms: 4, seed: 3))
        try ArmConformance.check(SuccessiveElimination(arms: 1))
        // Arms that are soon told apart, so that most of the rounds are after the certificate.
        try ArmConformance.check(
            SuccessiveElimination(arms: 3, delta: 0.5), reward: { _, arm in arm == 2 ? 1 : 0 })
    }

    @Test func certificateComesWhenTheIntervalsPart() throws {
        var policy = SuccessiveElimination(arms: 2, delta: 0.1)
        var n = 0
        while policy.certificate == nil {
            let decision = policy.choose(BanditContext())
            policy.learn(decision, decision.action == 1 ? 1 : 0)
            n += 1
            try #require(n < 1000)
        }
        // Averages 0 and 1 part at the first n with α(n₀) + α(n₁) < 1.
        func radius(_ n: Double) -> Double { (log(.pi * .pi * 2 * n * n / 0.3) / (2 * n)).squareRoot() }
        #expect(policy.certificate == .init(arm: 1, confidence: 0.9, outcomes: n))
        #expect(radius(policy.counts[0]) + radius(policy.counts[1]) < 1)
        let half = Double((n - 1) / 2)
        #expect(radius(half) + radius(Double(n - 1) - half) >= 1)
        #expect(policy.propensities(BanditContext()) == [0, 1])
        #expect(policy.propensities(BanditContext(available: [0])) == [1, 0])
    }

    /// The radii cover: the chance that any of the averages ever leaves its interval is below δ.
    @Test func bestArmIsKept() {
        let wrong = Parallel.map(200) { run in
            var random = CounterRandom(seed: 8).split(UInt64(run))
            var policy = SuccessiveElimination(arms: 3, delta: 0.2, seed: UInt64(run))
            for _ in 0..<400 {
                let decision = policy.choose(BanditContext())
                policy.learn(decision, random.bernoulli([0.7, 0.5, 0.2][decision.action]) ? 1 : 0)
            }
            return policy.isCandidate[0] ? 0 : 1
        }.reduce(0, +)
        #expect(wrong <= 20)
    }
}
