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
