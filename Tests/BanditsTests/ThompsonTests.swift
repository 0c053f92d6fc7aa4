import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct BestArmTests {
    /// P(B > A) for beta unknowns where B's first shape is a whole number.
    private func beats(_ b: (Double, Double), _ a: (Double, Double)) -> Double {
        (0..<Int(b.0)).reduce(0) { sum, i in
            let i = Double(i)
            return sum
                + exp(
                    Special.logBeta(a.0 + i, b.1 + a.1) - log(b.1 + i) - Special.logBeta(1 + i, b.1)
                        - Special.logBeta(a.0, a.1))
        }
    }

    private func betas(_ shapes: [(Double, Double)]) -> [Double] {
        BestArm.probabilities(shapes.map { BetaPosterior(a: $0.0, b: $0.1) })
    }

    private func normals(_ parameters: [(Double, Double)]) -> [Double] {
        BestArm.probabilities(parameters.map { NormalPosterior(mean: $0.0, deviation: $0.1) })
    }

    @Test func twoBetasAreTheExactSum() {
        let pairs: [((Double, Double), (Double, Double))] = [
            ((1, 1), (1, 1)), ((3, 2), (5, 9)), ((2, 8), (0.5, 0.5)), ((30, 70), (45, 55)),
            ((3, 2), (60000, 40000)),
            ((400, 1600), (430, 1570)), ((1, 1), (0.01, 0.01)), ((3, 1e4), (2, 2e4)), ((40, 1), (1, 1)),
        ]
        for (b, a) in pairs {
            let exact = beats(b, a)
            let p = betas([a, b])
            #expect(abs(p[1] - exact) < 1e-10, "\(a) \(b): \(p[1]) \(exact)")
            #expect(abs(p[0] + p[1] - 1) < 1e-15)
        }
    }

    @Test func twoNormalsAreTheDistributionFunction() {
        for (a, b) in [
            ((0.0, 1.0), (0.0, 1.0)), ((0, 1), (3, 0.5)), ((1e3, 1e-3), (1e3 + 2e-3, 2)),
            ((-4, 3), (0, 0.01)),
        ] {
            let exact = Special.normalCDF((b.0 - a.0) / (a.1 * a.1 + b.1 * b.1).squareRoot())
            #expect(abs(normals([a, b])[1] - exact) < 1e-10)
        }
    }

    /// Against adaptive quadrature elsewhere, good to 1e-11.
    @Test func fourArmsAgreeWithOtherQuadrature() {
        let beta = betas([(2, 3), (10, 8), (300, 250), (0.5, 1.5)])
        let normal = normals([(0, 1), (0.5, 0.2), (0.6, 0.01), (-1, 2)])
        for (found, expected) in zip(
            beta + normal,
            [
                0.174793104837395, 0.41284513569237363, 0.29485619307378275, 0.11750556639544857,
                0.2256616156434805, 0.19057910606454856, 0.39544749061715945, 0.1883117876738123,
            ])
        { #expect(abs(found - expected) < 1e-10) }
    }

    @Test func equalArmsShareEvenly() {
        for p in betas((0..<300).map { _ in (3, 5) }) { #expect(abs(p * 300 - 1) < 1e-9) }
        for p in normals((0..<7).map { _ in (2, 0.1) }) { #expect(abs(p * 7 - 1) < 1e-9) }
    }

    /// One precise arm among vague ones, and arms that cannot be the best any more.
    @Test func scalesMayDiffer() {
        let precise = 5e6
        let p = betas([(precise * 0.5, precise * 0.5), (1, 1), (2, 2e6), (1, 1)])
        // The precise arm is 1/2; the vague ones are above it independently with probability 1/2.
        #expect(abs(p[0] - 0.25) < 1e-6 && abs(p[1] - 0.375) < 1e-6 && p[2] == 0 && abs(p[1] - p[3]) < 1e-12)
        let q = normals([(0, 1e-9), (0, 1), (-50, 1)])
        #expect(abs(q[0] - 0.5) < 1e-8 && q[2] == 0)
        #expect(betas([(0.001, 0.001), (0.001, 0.001)]).allSatisfy { abs($0 - 0.5) < 1e-9 })
    }

    @Test func agreesWithMonteCarlo() {
        let shapes = [(4.0, 6.0), (1.5, 1.0), (40, 45), (0.7, 2), (12, 10)]
        var random = CounterRandom(seed: 6), wins = [Double](repeating: 0, count: 5)
        let draws = 100_000
        for _ in 0..<draws {
            let theta = shapes.map { shape in
                let x = random.gamma(shape: shape.0)
                return x / (x + random.gamma(shape: shape.1))
            }
            wins[theta.indices.max { theta[$0] < theta[$1] }!] += 1
        }
        for (p, won) in zip(betas(shapes), wins) {
            #expect(abs(won / Double(draws) - p) < 5 * (p * (1 - p) / Double(draws)).squareRoot())
        }
    }
}

@Suite struct ThompsonTests {
    @Test func conforms() throws {
        try ArmConformance.check(BetaThompson(arms: 4, seed: 3))
        try ArmConformance.check(BetaThompson(arms: 1, priorSuccesses: 0.5, priorFailures: 0.5))
        try ArmConformance.check(GaussianThompson(arms: 4, seed: 3))
        try ArmConformance.check(GaussianThompson(arms: 3, deviation: 3, deviationOutcomes: 2))
        try ArmConformance.check(GaussianThompson(arms: 3, priorMean: 0.4, priorDeviation: 0.3))
    }

    @Test func betaPosteriorCountsFractions() {
        let policy = taught(BetaThompson(arms: 2, priorSuccesses: 2), [[1, 0.25], []])
        #expect(policy.successes == [1.25, 0] && policy.failures == [0.75, 0])
        #expect(abs(policy.means[0] - 3.25 / 5) < 1e-15 && abs(policy.means[1] - 2.0 / 3) < 1e-15)
        let interval = policy.interval(0, confidence: 0.9)
        #expect(abs(Special.regularizedBeta(interval.lowerBound, 3.25, 1.75) - 0.05) < 1e-12)
        #expect(abs(Special.regularizedBeta(interval.upperBound, 3.25, 1.75) - 0.95) < 1e-12)
    }

    @Test func normalPosteriorIsConjugate() {
        let policy = taught(
            GaussianThompson(arms: 2, deviation: 2, priorMean: 1, priorDeviation: 3), [[4, 6], []])
        let precision = 2.0 / 4 + 1.0 / 9
        #expect(abs(policy.means[0] - (2.0 / 4 * 5 + 1.0 / 9) / precision) < 1e-14)
        #expect(abs(policy.deviations[0] - 1 / precision.squareRoot()) < 1e-15)
        #expect(policy.means[1] == 1 && abs(policy.deviations[1] - 3) < 1e-15)
        // Without a prior untried arms come first.
        let flat = taught(GaussianThompson(arms: 3), [[4, 6], [], []])
        #expect(flat.propensities(BanditContext()) == [0, 0.5, 0.5])
        #expect(flat.deviations[1] == .infinity)
        #expect(flat.propensities(BanditContext(available: [0])) == [1, 0, 0])
    }

    @Test func varianceIsPooled() {
        let policy = taught(
            GaussianThompson(arms: 3, deviation: 2, deviationOutcomes: 3), [[1, 3], [5, 5, 8], [7]])
        // Scatter 2 about the first average and 6 about the second, 1 + 2 free.
        #expect(abs(policy.rewardDeviation - ((3 * 4 + 2 + 6) / 6.0).squareRoot()) < 1e-14)
    }
}
