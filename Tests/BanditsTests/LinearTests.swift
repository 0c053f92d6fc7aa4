import Kernels
import Testing

@testable import Bandits

/// Contexts of tests: five features of the occasion, three of each of four arms, now and then sparse.
enum LinearContexts {
    static func occasion(_ round: Int, features: Int = 5) -> BanditContext {
        var random = CounterRandom(seed: 77).split(UInt64(round))
        if round % 4 == 3 {
            return BanditContext(features: FeatureVector(indices: [4, 0], values: [random.normal(), 1]))
        }
        return BanditContext(features: FeatureVector([1] + (1..<features).map { _ in random.normal() }))
    }

    static func arms(_ round: Int) -> BanditContext {
        var random = CounterRandom(seed: 78).split(UInt64(round))
        return BanditContext(
            armFeatures: (0..<4).map { arm in
                arm == 2
                    ? FeatureVector(indices: [2], values: [random.normal()])
                    : FeatureVector((0..<3).map { _ in random.normal() })
            })
    }
}

@Suite struct LinearBeliefTests {
    private func quadratic(_ x: [Double], _ a: Matrix) -> Double {
        zip(x, a.multiply(x)).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test(arguments: [1, 3, 4, 9]) func equalsTheNormalEquations(_ d: Int) throws {
        var belief = LinearBelief(models: 2, features: d, lambda: 0.7)
        var random = CounterRandom(seed: 4)
        var v = Matrix.identity(d)
        v.values = v.values.map { 0.7 * $0 }
        var b = [Double](repeating: 0, count: d)
        for step in 0..<700 {
            let sparse = step % 3 == 0
            let x =
                sparse
                ? FeatureVector(indices: [Int32(step % d)], values: [random.normal()])
                : FeatureVector((0..<max(1, d - step % 2)).map { _ in random.normal() })
            let y = random.normal(), weight = step % 5 == 0 ? 0.3 : 1
            belief.learn(x, y, model: 1, weight: weight)
            belief.learn([1], 5, model: 0)
            let dense = x.dense(d)
            for i in 0..<d {
                b[i] += weight * dense[i] * y
                for j in 0..<d { v[i, j] += weight * dense[i] * dense[j] }
            }
        }
        let factor = try #require(Cholesky(v))
        let inverse = factor.inverse(), theta = factor.solve(b)
        for i in 0..<d {
            #expect(abs(belief.weights(1)[i] - theta[i]) < 1e-12)
            #expect(abs(belief.responses(1)[i] - b[i]) < 1e-10)
            for j in 0..<d {
                #expect(abs(belief.inverseMatrix(1)[i, j] - inverse[i, j]) < 1e-13)
                #expect(abs(belief.precisionMatrix(1)[i, j] - v[i, j]) < 1e-9)
            }
        }
        #expect(belief.counts == [700, 700])
        for x in [
            FeatureVector((0..<d).map { Double($0) - 1.5 }), FeatureVector(indices: [0], values: [2]), [0.5],
        ] {
            let dense = x.dense(d)
            #expect(abs(belief.variance(x, model: 1) - quadratic(dense, inverse)) < 1e-13)
            let mean = zip(dense, theta).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(belief.mean(x, model: 1) - mean) < 1e-12)
        }
    }

    @Test func staysRightOverAMillionOutcomes() throws {
        // Nearly collinear features of very different sizes.
        var belief = LinearBelief(features: 4, lambda: 0.01)
        var random = CounterRandom(seed: 9)
        for step in 0..<1_000_000 {
            let a = random.uniform() - 0.5, small = 1e-4 * (random.uniform() - 0.5)
            let x: FeatureVector = [1, a, a + small, 100 * Double(step & 3)]
            belief.learn(x, 2 - 3 * a + small)
        }
        let factor = try #require(Cholesky(belief.precisionMatrix()))
        let exact = factor.inverse(), theta = factor.solve(belief.responses())
        for i in 0..<4 {
            #expect(abs(belief.weights()[i] - theta[i]) < 1e-6 * (1 + abs(theta[i])))
            for j in 0..<4 {
                let scale = (exact[i, i] * exact[j, j]).squareRoot()
                #expect(abs(belief.inverseMatrix()[i, j] - exact[i, j]) < 1e-6 * scale)
            }
        }
    }

    @Test func drawsHaveThePosteriorsMoments() {
        var belief = LinearBelief(features: 2)
        for step in 0..<10 { belief.learn([1, Double(step % 3)], Double(step % 2)) }
        var random = CounterRandom(seed: 2)
        let draws = (0..<20_000).map { _ in belief.sample(scale: 2, random: &random) }
        let theta = belief.weights(), inverse = belief.inverseMatrix()
        for i in 0..<2 {
            #expect(abs(Statistics.mean(draws.map { $0[i] }) - theta[i]) < 0.04)
            for j in 0..<2 {
                let moment = Statistics.mean(draws.map { ($0[i] - theta[i]) * ($0[j] - theta[j]) })
                #expect(abs(moment - 4 * inverse[i, j]) < 0.05)
            }
        }
    }
}

@Suite struct LinUCBTests {
    @Test func conforms() throws {
        try ArmConformance.check(
            LinUCB(arms: 4, features: 5, seed: 3), context: { LinearContexts.occasion($0) })
        try ArmConformance.check(LinUCB(armFeatures: 3, exploration: 0.4), context: LinearContexts.arms)
    }

    @Test func scoresAreTheFormula() {
        var policy = LinUCB(arms: 3, features: 2, exploration: 0.5, lambda: 2)
        for (arm, reward) in [(0, 1.0), (1, 0.5), (1, 0.25)] {
            policy.update(PolicyDecision(context: BanditContext(features: [1, 1]), action: arm), reward)
        }
        // V = 2I + n·11ᵀ has 1ᵀV⁻¹1 = 2/(2 + 2n) and θ̂ = Σr/(2 + 2n)·1.
        let found = policy.estimates(BanditContext(features: [1, 1]))
        let expected = [(0.5, 0.5), (0.25, 1.0 / 3), (0, 1)]
        for (estimate, (mean, variance)) in zip(found, expected) {
            #expect(abs(estimate.mean - mean) < 1e-15)
            #expect(abs(estimate.width - variance.squareRoot()) < 1e-15)
        }
        #expect(policy.propensities(BanditContext(features: [1, 1])) == [1, 0, 0])
        // Where every feature is zero all arms tie.
        let even = [Double](repeating: 1.0 / 3, count: 3)
        #expect(policy.propensities(BanditContext(features: [0, 0])) == even)
    }

    @Test func sharedWeightsOnBlocksAreSeparateWeights() {
        var separate = LinUCB(arms: 3, features: 2, exploration: 0.7)
        var shared = LinUCB(armFeatures: 6, exploration: 0.7)
        var random = CounterRandom(seed: 8)
        for _ in 0..<60 {
            let x = [random.normal(), random.normal()]
            let occasion = BanditContext(features: FeatureVector(x))
            let blocks = BanditContext(
                armFeatures: (0..<3).map {
                    FeatureVector(indices: [Int32(2 * $0), Int32(2 * $0 + 1)], values: x)
                })
            let a = separate.choose(occasion), b = shared.choose(blocks)
            #expect(a.action == b.action)
            let reward = x[0] * Double(a.action) + random.normal()
            separate.learn(a, reward)
            shared.learn(b, reward)
        }
    }
}

@Suite struct NormalBestArmTests {
    @Test func twoVariablesAreAClosedForm() {
        for (m, a, b) in [
            (0.3, 1.0, 2.0), (-1, 0.5, 0.001), (0, 1, 1), (3, 0.1, 1e-7), (0.002, 1e-3, 1), (-2, 1, 0),
        ] {
            let p = BestArm.normal(means: [5 + m, 5], deviations: [a, b])
            let exact = Special.normalCDF(m / (a * a + b * b).squareRoot())
            #expect(abs(p[0] - exact) < 2e-9, "\(m) \(a) \(b): \(p[0]) \(exact)")
            #expect(abs(p[0] + p[1] - 1) < 1e-12)
        }
    }

    @Test func manyVariables() {
        let even = BestArm.normal(
            means: [Double](repeating: 2, count: 200), deviations: [Double](repeating: 0.3, count: 200))
        #expect(even.allSatisfy { abs($0 - 1.0 / 200) < 1e-12 })
        #expect(BestArm.normal(means: [1, 3, 3], deviations: [0, 0, 0]) == [0, 0.5, 0.5])
        #expect(BestArm.normal(means: [-40, 0], deviations: [1, 1]) == [0, 1])
        // Far from zero only differences matter.
        #expect(abs(BestArm.normal(means: [3e18, 3e18], deviations: [1, 2])[0] - 0.5) < 1e-12)
        // Against draws.
        let means = [0.0, 0.5, -1, 0.2], deviations = [1, 0.1, 3, 0.5]
        let p = BestArm.normal(means: means, deviations: deviations)
        var random = CounterRandom(seed: 6)
        var counts = [0.0, 0, 0, 0]
        for _ in 0..<100_000 {
            let draws = (0..<4).map { means[$0] + deviations[$0] * random.normal() }
            counts[draws.indices.max { draws[$0] < draws[$1] }!] += 1
        }
        for arm in 0..<4 { #expect(abs(counts[arm] / 100_000 - p[arm]) < 0.007) }
    }
}

@Suite struct LinearThompsonTests {
    @Test func conforms() throws {
        try ArmConformance.check(
            LinearThompson(arms: 4, features: 5, seed: 3), context: { LinearContexts.occasion($0) })
        try ArmConformance.check(
            LinearThompson(armFeatures: 3, draws: 20), context: LinearContexts.arms)
    }

    @Test func propensitiesAreThePosteriorsShares() {
        var policy = LinearThompson(arms: 2, features: 2, exploration: 0.6)
        for step in 0..<12 {
            let context = BanditContext(features: [1, Double(step % 3)])
            policy.update(PolicyDecision(context: context, action: step % 2), Double(step % 4) / 4)
        }
        let context = BanditContext(features: [1, 0.5])
        let estimates = policy.estimates(context)
        let deviation = (estimates[0].width * estimates[0].width + estimates[1].width * estimates[1].width)
            .squareRoot()
        let exact = Special.normalCDF((estimates[0].mean - estimates[1].mean) / deviation)
        #expect(abs(policy.propensities(context)[0] - exact) < 1e-9)
        let blank = LinearThompson(arms: 3, features: 2, exploration: 0)
        #expect(blank.propensities(context) == [Double](repeating: 1.0 / 3, count: 3))
    }

    @Test func sharedDrawsApproachTheIntegral() {
        // Two arms with one weight: the first is the best where θ is positive.
        var policy = LinearThompson(armFeatures: 1, exploration: 1, draws: 20_000)
        let context = BanditContext(armFeatures: [[1], [-1]])
        policy.update(PolicyDecision(context: context, action: 0), 1)
        // V = 2, θ̂ = 1/2: P(θ > 0) = Φ(½·√2).
        #expect(abs(policy.propensities(context)[0] - Special.normalCDF(0.5 * 2.0.squareRoot())) < 0.015)
    }
}

@Suite struct LogisticThompsonTests {
    @Test func conforms() throws {
        try ArmConformance.check(
            LogisticThompson(arms: 4, features: 5, seed: 3), context: { LinearContexts.occasion($0) })
        try ArmConformance.check(
            LogisticThompson(armFeatures: 3, draws: 20), context: LinearContexts.arms)
    }

    @Test func anOutcomeMovesToTheMode() {
        for (mean, variance, y) in [(0.3, 1.0, 1.0), (-4, 50, 1), (30, 1e4, 0), (0, 1e-9, 1), (1, 3, 0.4)] {
            let z = LogisticThompson.mode(mean: mean, variance: variance, y)
            let gradient = (mean - z) / variance + y - Special.logistic(z)
            #expect(abs(gradient) < 1e-9, "\(mean) \(variance) \(y)")
        }
        var policy = LogisticThompson(arms: 1, features: 2, lambda: 2)
        let x = [1.0, -3]
        policy.update(PolicyDecision(context: BanditContext(features: FeatureVector(x)), action: 0), 1)
        // The gradient of the log-posterior, −λθ + x(y − σ(xᵀθ)), is zero, and V is its negative Hessian.
        let theta = policy.belief.weights()
        let chance = Special.logistic(x[0] * theta[0] + x[1] * theta[1])
        let v = policy.belief.precisionMatrix()
        for i in 0..<2 {
            let gradient = x[i] * (1 - chance) - 2 * theta[i]
            #expect(abs(gradient) < 1e-12)
            for j in 0..<2 {
                let hessian = (i == j ? 2.0 : 0.0) + chance * (1 - chance) * x[i] * x[j]
                #expect(abs(v[i, j] - hessian) < 1e-12)
            }
        }
    }

    @Test func learnsTheWeights() {
        var policy = LogisticThompson(arms: 1, features: 3)
        var random = CounterRandom(seed: 12)
        let theta = [-1.0, 0.8, -0.5]
        for _ in 0..<20_000 {
            let x = [1, random.normal(), random.normal()]
            let chance = Special.logistic(zip(x, theta).reduce(0) { $0 + $1.0 * $1.1 })
            let decision = PolicyDecision(context: BanditContext(features: FeatureVector(x)), action: 0)
            policy.update(decision, random.bernoulli(chance) ? 1 : 0)
        }
        for (found, weight) in zip(policy.belief.weights(), theta) { #expect(abs(found - weight) < 0.07) }
    }
}
