import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct SparseRegressionTests {
    private func example(_ random: inout CounterRandom) -> FeatureVector {
        FeatureVector((0..<6).map { _ in random.normal() })
    }

    @Test func sparseAndDenseLearnTheSame() {
        var random = CounterRandom(seed: 1)
        var dense = SparseRegression(arms: 3), sparse = dense
        for i in 0..<300 {
            var values = (0..<8).map { _ in random.bernoulli(0.4) ? random.normal() : 0 }
            values[7] = 1  // keeps the dimension
            let places = values.indices.filter { values[$0] != 0 }
            let y = random.normal()
            dense.learn(FeatureVector(values), arm: i % 3, y)
            sparse.learn(
                FeatureVector(
                    indices: places.reversed().map { Int32($0) }, values: places.reversed().map { values[$0] }
                ),
                arm: i % 3, y)
        }
        for arm in 0..<3 {
            for feature in 0..<8 {
                #expect(
                    abs(dense.weight(feature: feature, arm: arm) - sparse.weight(feature: feature, arm: arm))
                        < 1e-12)
            }
        }
    }

    @Test func unitsOfFeaturesDoNotMatter() {
        var random = CounterRandom(seed: 2)
        let units = [1e-3, 1, 1e4, 7, 0.3, 1]
        var plain = SparseRegression(arms: 1), scaled = plain
        for _ in 0..<400 {
            let x = example(&random)
            let y = 2 * x.values[0] - x.values[3] + 0.1 * random.normal()
            let z = FeatureVector(zip(x.values, units).map(*))
            plain.learn(x, arm: 0, y)
            scaled.learn(z, arm: 0, y)
            #expect(abs(plain.predict(x, arm: 0) - scaled.predict(z, arm: 0)) < 1e-9)
        }
    }

    @Test func aLargeImportanceNeverStepsPastTheTarget() {
        var random = CounterRandom(seed: 3)
        var regression = SparseRegression(arms: 1, eta: 5)
        for _ in 0..<50 { regression.learn(example(&random), arm: 0, random.normal()) }
        // Within the scales seen so far: a larger value would first shrink its weight.
        let x = FeatureVector(example(&random).values.map { 0.1 * $0 })
        let before = regression.predict(x, arm: 0)
        for importance in [0.01, 1, 100, 1e9] {
            var copy = regression
            copy.learn(x, arm: 0, before + 3, importance: importance)
            let after = copy.predict(x, arm: 0)
            #expect(after >= before && after <= before + 3 + 1e-9)
            if importance == 1e9 { #expect(abs(after - before - 3) < 1e-9) }
        }
        var copy = regression
        copy.learn(x, arm: 0, 5, importance: 0)
        #expect(copy == regression)
    }

    @Test func noiseFreeWeightsAreFound() {
        var random = CounterRandom(seed: 4)
        let truth = [0.5, -1, 0, 2, 0.1, -0.4]
        var regression = SparseRegression(arms: 2, eta: 0.5)
        for _ in 0..<20_000 {
            let x = example(&random)
            regression.learn(x, arm: 1, 0.3 + zip(truth, x.values).reduce(0) { $0 + $1.0 * $1.1 })
        }
        for (feature, weight) in truth.enumerated() {
            #expect(abs(regression.weight(feature: feature, arm: 1) - weight) < 0.01)
        }
        #expect(abs(regression.intercept(arm: 1) - 0.3) < 0.01)
        #expect(regression.weight(feature: 2, arm: 0) == 0)
        #expect(regression.weight(feature: 900, arm: 0) == 0)
    }

    @Test func theFirstStepIsTheFormula() {
        // One example x = 2, y = 1, h = 1: s = 2, G = (y x)² = 4, N = x²/s² + 1 = 2 with the intercept, t = 1.
        var regression = SparseRegression(arms: 1, eta: 0.5)
        regression.learn([2], arm: 0, 1)
        let pace = 0.5 * (1.0 / 2).squareRoot()
        let rates = (weight: pace / (2 * 2), intercept: pace / 1)
        let q = rates.weight * 4 + rates.intercept
        let step = (1 - exp(-q)) / q
        #expect(abs(regression.weight(feature: 0, arm: 0) - step * rates.weight * 2) < 1e-15)
        #expect(abs(regression.intercept(arm: 0) - step * rates.intercept) < 1e-15)
    }
}

@Suite struct SquareCBTests {
    private static func context(_ round: Int) -> BanditContext {
        var random = CounterRandom(seed: 11).split(UInt64(round))
        return BanditContext(
            features: FeatureVector(
                indices: [Int32(random.below(5)), 5 + Int32(random.below(5))], values: [1, random.uniform()]))
    }

    @Test func conforms() throws {
        try ArmConformance.check(SquareCB(arms: 5), context: Self.context)
        try ArmConformance.check(SquareCB(arms: 3, weighted: true), context: Self.context)
        try ArmConformance.check(
            SquareCB(arms: nil),
            context: { round in
                BanditContext(armFeatures: (0..<4).map { [Double((round + $0) % 3), Double($0)] })
            })
    }

    @Test func withoutOutcomesItIsUniform() {
        #expect(SquareCB(arms: 4).propensities(BanditContext()) == [0.25, 0.25, 0.25, 0.25])
    }

    @Test func probabilitiesAreInverseGaps() {
        var policy = SquareCB(arms: 3, gamma: 7, range: -1...3)
        for round in 0..<60 {
            policy.update(
                PolicyDecision(context: Self.context(round), action: round % 3), Double(round % 4) - 1)
        }
        let x = Self.context(100)
        let f = (0..<3).map { (min(max(policy.regression.predict(x.features, arm: $0), -1), 3) + 1) / 4 }
        let best = f.firstIndex(of: f.max()!)!
        let p = policy.propensities(x)
        for arm in 0..<3 where arm != best {
            #expect(abs(p[arm] - 1 / (3 + 7 * 60.0.squareRoot() * (f[best] - f[arm]))) < 1e-12)
        }
    }
}
