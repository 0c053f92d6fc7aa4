import Foundation
import Kernels
import Tensors
import Testing

@testable import Preferences

@Suite("The strength of preferences")
struct StrengthTests {
    private func noisy(_ rate: Double, count: Int = 3000, seed: UInt64 = 1) throws -> (
        ComparisonSet, Set<Int>
    ) {
        let weights = [1.5, -1.5, 1, 0.5, -1]
        let data = try LearningWorld.linear(weights, items: 400, count: count, seed: seed)
        var random = CounterRandom(seed: seed + 50)
        let flipped = (0..<count).filter { _ in random.bernoulli(rate) }
        return (data.flipping(flipped), Set(flipped))
    }

    @Test("A treated learner keeps the rules that all keep")
    func conformance() throws {
        let (data, _) = try noisy(0.2, count: 400)
        try LearnerConformance.check(Treated(PreferenceStrength(), LinearReward()), on: data)
        try LearnerConformance.check(
            Treated(
                PreferenceStrength(
                    folds: 3, repeats: 1, recipe: .shares(flip: 0.1, soften: 0.3, softness: nil), widens: true
                ),
                LinearReward()),
            on: data)
    }

    @Test("Without strength nothing changes")
    func nothing() throws {
        let (data, _) = try noisy(0, count: 100)
        let zero = [Double](repeating: 0, count: 100)
        let strengths = PairStrengths(means: zero, deviations: zero)
        for recipe: PreferenceStrength<LinearReward<LogisticLoss>>.Recipe in [
            .none, .doubt, .shares(flip: 0.2, soften: 0.3, softness: 0),
        ] {
            #expect(PreferenceStrength(recipe: recipe, widens: true).treat(data, by: strengths) == data)
        }
    }

    @Test("A soft label of 1 − p is best met at σ(d) = 1 − p")
    func soft() throws {
        let items = try ItemSet(features: FeatureMatrix([[1], [0]]))
        let data = try ComparisonSet(items: items, left: [0], right: [1], labels: [1])
        let strengths = PairStrengths(means: [0.5], deviations: [0])
        let treated = PreferenceStrength(recipe: .shares(flip: 0, soften: 1, softness: 0.2)).treat(
            data, by: strengths)
        #expect(abs(treated.labels[0] - 0.8) < 1e-15)
        let model = try LinearReward(ridge: 0, tolerance: 1e-10).fit(treated)
        #expect(abs(model.weights[0] - log(4)) < 1e-6)
    }

    @Test("The weakest are flipped, the next softened, the others widened by no more than 2")
    func recipe() throws {
        let (data, _) = try noisy(0, count: 10)
        let strengths = PairStrengths(
            means: [5, -1, 0.4, -3, 0.2, 0.1, 0.9, 1.5, 2.5, 0.6],
            deviations: [Double](repeating: 0, count: 10),
            noise: 0.2, steepness: 2)
        var treatment = PreferenceStrength(
            recipe: .shares(flip: 0.1, soften: 0.2, softness: nil), widens: true)
        var result = treatment.treat(data, by: strengths)
        #expect(result.labels[3] == 1 - data.labels[3] && result.margins[3] == 0)
        // σ(1) for μ = −1 would be a flip; a softened label stays on its side.
        #expect(result.labels[1] == 0.5)
        #expect(abs(abs(result.labels[5] - data.labels[5]) - Special.logistic(-0.1)) < 1e-12)
        #expect(result.margins[0] == 2 && result.margins[6] == 0.9 && result.margins[5] == 0)
        #expect(result.labels[0] == data.labels[0])
        // Only what the models are against is flipped, whatever the share.
        treatment = PreferenceStrength(recipe: .shares(flip: 1, soften: 0, softness: nil))
        #expect(treatment.choice(data, by: strengths).flipped == [3, 1])
        // By default a label is weighed with the probability that it is wrong.
        result = PreferenceStrength().treat(data, by: strengths)
        for place in 0..<10 {
            let seen = Special.logistic(2 * strengths.means[place])
            let doubt = 0.2 * (1 - seen) / (0.8 * seen + 0.2 * (1 - seen))
            #expect(abs(abs(result.labels[place] - data.labels[place]) - doubt) < 1e-12)
        }
        #expect(PreferenceStrength().choice(data, by: strengths).flipped == [3, 1])
        result = data.flipping([1, 4]).flipping([1, 4])
        #expect(result == data)
    }

    @Test("A comparison's own label has no part in its strength")
    func crossFitted() throws {
        let (data, _) = try noisy(0.1, count: 300)
        let treatment = PreferenceStrength()
        let before = try treatment.strengths(of: data, seed: 2)
        let after = try treatment.strengths(of: data.flipping([17]), seed: 2)
        #expect(after.means[17] == -before.means[17])
        #expect(after.deviations[17] == before.deviations[17])
        #expect(before.certificate.converged && !before.certificate.limits.isEmpty)
        var tied = data
        tied.labels[5] = 0.5
        #expect(try treatment.strengths(of: tied, seed: 2).means[5] == 0)
    }

    @Test("Flipped labels are found, and their share")
    func detection() throws {
        let (data, flipped) = try noisy(0.2)
        let strengths = try PreferenceStrength().strengths(of: data, seed: 1)
        #expect(abs(strengths.noise - 0.2) < 0.05, "\(strengths.noise)")
        let chosen = PreferenceStrength(recipe: .shares(flip: 0.1, soften: 0, softness: nil)).choice(
            data, by: strengths
        ).flipped
        #expect(Double(chosen.count { flipped.contains($0) }) / Double(chosen.count) > 0.8)
        let clean = try PreferenceStrength().strengths(of: noisy(0).0, seed: 1)
        #expect(clean.noise < 0.03, "\(clean.noise)")
    }

    @Test("One unit cannot be cross-fitted")
    func oneUnit() throws {
        let items = try ItemSet(features: FeatureMatrix([[1], [0]]))
        let data = try ComparisonSet(items: items, left: [0, 0], right: [1, 1], labels: [1, 0])
        #expect(throws: LearningError.self) { try PreferenceStrength().strengths(of: data) }
    }

    @Test("The spread of answers: its limits, its gradient, and that a step raises it")
    func spread() throws {
        var random = CounterRandom(seed: 4)
        let rows = (0..<20).map { _ in (0..<6).map { _ in random.normal() } }
        let spread = ResponseSpread(features: try FeatureMatrix(rows), prompts: (0..<20).map { $0 / 4 })
        let k = 4.0
        #expect(abs(spread.value([0, 0, 0, 0, 0, 0]) - 0.5 * (k - 1) / k) < 1e-15)
        #expect(spread.gradient([0, 0, 0, 0, 0, 0]) == [0, 0, 0, 0, 0, 0])
        let weights = (0..<6).map { _ in random.normal() }
        #expect(abs(spread.value(weights.map { 1e6 * $0 }) - (k - 1) / k) < 1e-6)
        let gradient = spread.gradient(weights)
        for column in 0..<6 {
            var (up, down) = (weights, weights)
            up[column] += 1e-6
            down[column] -= 1e-6
            #expect(abs((spread.value(up) - spread.value(down)) / 2e-6 - gradient[column]) < 1e-8)
        }
        let raised = zip(weights, gradient).map { $0 + 1e-3 * $1 }
        #expect(spread.value(raised) > spread.value(weights))
        let plain = spread.step(weights, ascent: 0, learningRate: 0.1) { $0.map { 2 * $0 } }
        for (a, b) in zip(plain, weights) { #expect(abs(a - 0.8 * b) < 1e-15) }
        let meta = spread.step(weights, ascent: 1e-3, learningRate: 0.1) { $0.map { 2 * $0 } }
        for column in 0..<6 { #expect(abs(meta[column] - (weights[column] - 0.2 * raised[column])) < 1e-15) }
    }

    @Test("The contrastive term, and a network that is trained with it")
    func contrast() throws {
        guard Torch.isAvailable else { return }
        let (a, b): ([Float], [Float]) = ([1, 0, 0, 2], [1, 1, 0, 3])
        let term = ContrastiveReward<LogisticLoss>.contrast(
            Tensor(a, shape: [2, 2]), Tensor(b, shape: [2, 2]), temperature: 0.5)
        let c = 1 / 2.0.squareRoot()
        let rows = [[c, 0], [c, 1]].map { $0.map { $0 / 0.5 } }
        let direct = (Special.logSumExp(rows[0]) - rows[0][0] + Special.logSumExp(rows[1]) - rows[1][1]) / 2
        #expect(abs(term.scalar - direct) < 1e-5)
        let (data, _) = try noisy(0.1, count: 300)
        let learner = ContrastiveReward(hidden: [8], trainer: PairTrainer(steps: 60))
        try LearnerConformance.check(learner, on: data)
    }
}
