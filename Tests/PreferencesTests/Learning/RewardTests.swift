import Kernels
import Tensors
import Testing

@testable import Preferences

@Suite("Linear and neural rewards")
struct RewardTests {
    @Test("The learners keep the rules that all keep")
    func conformance() throws {
        let data = try LearningWorld.linear([1, -1, 0.5], judges: 4)
        try LearnerConformance.check(LinearReward(), on: data)
        try LearnerConformance.check(LinearReward(loss: FlippedLoss(0.1)), on: data)
        guard Torch.isAvailable else { return }
        try LearnerConformance.check(NeuralReward(hidden: [8], trainer: PairTrainer(steps: 60)), on: data)
    }
}

@Suite("The search for a ridge")
struct RidgeSearchTests {
    @Test("It keeps the rules that all keep")
    func conformance() throws {
        try LearnerConformance.check(RidgeSearch(), on: LearningWorld.linear([1, -1, 0.5], judges: 4))
    }

    @Test(
        "Many features and few comparisons get a strong ridge, few features and many comparisons a weak one")
    func choice() throws {
        var random = CounterRandom(seed: 6)
        let wide = try LearningWorld.linear((0..<60).map { _ in 0.15 * random.normal() }, count: 120)
        let narrow = try LearningWorld.linear([1, -1], items: 300, count: 3000)
        let strong = try RidgeSearch().best(wide, seed: 1).ridge
        let weak = try RidgeSearch().best(narrow, seed: 1).ridge
        #expect(strong >= 0.03 && weak <= 0.01, "\(strong) and \(weak)")
    }

    @Test("Features whose differences overflow, and no features, are refused")
    func overflow() throws {
        let large = try ComparisonSet(
            items: ItemSet(features: FeatureMatrix([[1.5e308], [-1.5e308]])), left: [0], right: [1],
            labels: [1])
        #expect(throws: LearningError.self) { try LinearReward().fit(large) }
        let none = try ComparisonSet(
            items: ItemSet(features: FeatureMatrix(rows: 2, columns: 0, values: [])), left: [0], right: [1],
            labels: [1])
        #expect(throws: LearningError.self) { try LinearReward().fit(none) }
    }

    @Test("A column that never changes is only centred, however large it is")
    func constant() throws {
        let rows = (0..<1000).map { [1e9 + 0.1, Double($0 % 2) * 1e-9] }
        let standardization = Standardization(try FeatureMatrix(rows))
        #expect(standardization.scales[0] == 1 && abs(standardization.scales[1] - 5e-10) < 1e-20)
    }
}
