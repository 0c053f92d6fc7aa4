import Kernels
import Testing

@testable import Bandits

@Suite struct GFUCBTests {
    private static func context(_ round: Int, tasks: Int = 2, features: Int = 3) -> [BanditContext] {
        var random = CounterRandom(seed: 31).split(UInt64(round))
        return (0..<tasks).map { _ in
            BanditContext(
                armFeatures: (0..<4).map { _ in FeatureVector((0..<features).map { _ in random.normal() }) },
                available: round % 3 == 1 ? [1, 3] : nil)
        }
    }

    @Test func conforms() throws {
        let outcome: (Int, [Int]) -> [Double] = { round, arms in
            arms.map { Double(($0 * 5 + round) % 7) / 6 }
        }
        let tilted = Representation(rows: [[1, 0, 1], [0, 1, -1]], bias: [0.1, 0], activation: .tanh)
        for policy in [
            GFUCB(tasks: 2, representations: [.identity(3), tilted]),
            GFUCB(tasks: 2, features: 3, rank: 1, confidence: .joint, seed: 5),
            GFUCB(tasks: 2, representations: [tilted], confidence: .joint),
        ] {
            try PolicyConformance.check(policy, context: { Self.context($0) }, outcome: outcome)
        }
    }

    @Test func identityIsLinUCBInEveryTask() {
        var together = GFUCB(tasks: 2, representations: [.identity(3)], exploration: 0.7)
        var alone = [LinUCB(armFeatures: 3, exploration: 0.7), LinUCB(armFeatures: 3, exploration: 0.7)]
        for round in 0..<60 {
            let contexts = Self.context(round)
            let decision = together.choose(contexts)
            var rewards: [Double] = []
            for task in 0..<2 {
                let own = alone[task].choose(contexts[task])
                #expect(own.action == decision.action[task])
                rewards.append(contexts[task].armFeatures[own.action].values[task])
                alone[task].learn(own, rewards[task])
            }
            together.learn(decision, rewards)
        }
    }

    @Test func jointEllipsoidIsAttained() {
        // The maximiser d = V⁻¹φ·√(β/Σφᵀ V⁻¹φ) lies on the ellipsoid and has the value √(β·Σ φᵀV⁻¹φ).
        var belief = LinearBelief(models: 2, features: 3, lambda: 0.5)
        var random = CounterRandom(seed: 3)
        for step in 0..<30 {
            belief.learn(FeatureVector((0..<3).map { _ in random.normal() }), 1, model: step % 2)
        }
        let phi = (0..<2).map { _ in (0..<3).map { _ in random.normal() } }
        let total = (0..<2).reduce(0) { $0 + belief.variance(FeatureVector(phi[$1]), model: $1) }
        let beta = 0.8
        var value = 0.0, size = 0.0
        for task in 0..<2 {
            let d = belief.inverseMatrix(task).multiply(phi[task]).map { $0 * (beta / total).squareRoot() }
            value += VectorMath.dot(d, phi[task])
            size += VectorMath.dot(d, belief.precisionMatrix(task).multiply(d))
        }
        #expect(abs(size - beta) < 1e-12 && abs(value - (beta * total).squareRoot()) < 1e-12)
    }

    @Test func jointChoiceClimbsToTheMaximum() {
        // Small enough to try all pairs.
        var random = CounterRandom(seed: 14)
        for _ in 0..<50 {
            let means = (0..<2).map { _ in (0..<3).map { _ in random.normal() } }
            let variances = (0..<2).map { _ in (0..<3).map { _ in random.uniform() } }
            let context = [BanditContext](
                repeating: BanditContext(armFeatures: [[1], [2], [3]]), count: 2)
            var choice = OptimisticChoice(context: context, radius: 1.3, random: &random) {
                (means[$0][$1], variances[$0][$1])
            }
            let alone = choice.value
            choice.climb()
            var best = -Double.infinity
            for a in 0..<3 {
                for b in 0..<3 {
                    best = max(
                        best,
                        means[0][a] + means[1][b] + 1.3 * (variances[0][a] + variances[1][b]).squareRoot())
                }
            }
            #expect(
                choice.value <= best + 1e-12 && choice.value > best - 0.1 && choice.value <= alone + 1e-12)
        }
    }

    @Test func theTrueRepresentationStays() {
        // Noise-free rewards on the second representation; its residual is at most λΣ|w|².
        let truth = Representation(rows: [[1, 1, 0]]), other = Representation(rows: [[0, 0, 1]])
        let lambda = 1e-9
        var policy = GFUCB(tasks: 2, representations: [other, truth], exploration: 0.1, lambda: lambda)
        let heads = [0.7, -1.2]
        for round in 0..<30 {
            let decision = policy.choose(Self.context(round))
            let rewards = (0..<2).map { task in
                heads[task] * truth(decision.context[task].armFeatures[decision.action[task]]).values[0]
            }
            policy.learn(decision, rewards)
        }
        #expect(abs(policy.excess[1]) < 1e-8 && policy.excess[0] > 1)
        // Only the true one is left: the choice is the best arm by its heads.
        let contexts = Self.context(99)
        let decision = policy.choose(contexts)
        for task in 0..<2 {
            let values = contexts[task].armFeatures.map { heads[task] * truth($0).values[0] }
            #expect(values[decision.action[task]] > values.max()! - 0.2)
        }
    }

    @Test func anInvertibleMapChangesNothing() {
        let phi = Representation(rows: [[1, 0, 1], [0, 1, -1]])
        let turned = Representation(rows: [[2, 1, 1], [1, -3, 4]])  // R·φ with R = [[2, 1], [1, −3]]
        var a = GFUCB(tasks: 2, representations: [phi], lambda: 1e-10)
        var b = GFUCB(tasks: 2, representations: [turned], lambda: 1e-10)
        var random = CounterRandom(seed: 4)
        for round in 0..<40 {
            let context = Self.context(round)
            let action = [1, 3]
            let rewards = [random.normal(), random.normal()]
            a.update(PolicyDecision(context: context, action: action), rewards)
            b.update(PolicyDecision(context: context, action: action), rewards)
        }
        for x in [FeatureVector([1, 2, 3]), [0, 1, -1]] {
            #expect(abs(a.heads[0].mean(phi(x)) - b.heads[0].mean(turned(x))) < 1e-7)
            #expect(abs(a.heads[0].variance(phi(x)) - b.heads[0].variance(turned(x))) < 1e-7)
        }
    }

    @Test func alternatingRidgeFindsAPlantedSubspace() {
        var random = CounterRandom(seed: 21)
        let planted = SharedSubspace.orthonormal((0..<2).map { _ in (0..<8).map { _ in random.normal() } })
        var grams: [Matrix] = [], responses: [[Double]] = []
        for _ in 0..<6 {
            let w = [random.normal(), random.normal()]
            let theta = (0..<8).map { w[0] * planted[0][$0] + w[1] * planted[1][$0] }
            var gram = Matrix(rows: 8, columns: 8)
            for _ in 0..<15 {
                let x = (0..<8).map { _ in random.normal() }
                for i in 0..<8 { for j in 0..<8 { gram[i, j] += x[i] * x[j] } }
            }
            responses.append(gram.multiply(theta))
            grams.append(gram)
        }
        let found = SharedSubspace.fit(grams: grams, responses: responses, rank: 2, lambda: 1e-8, sweeps: 20)
        for direction in planted {
            var left = direction
            for other in found {
                let along = VectorMath.dot(direction, other)
                for i in 0..<8 { left[i] -= along * other[i] }
            }
            #expect(VectorMath.dot(left, left).squareRoot() < 1e-6)
        }
    }
}
