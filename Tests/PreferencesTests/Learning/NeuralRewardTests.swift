import Kernels
import Tensors
import Testing

@testable import Preferences

@Suite("Networks over features")
struct NeuralRewardTests {
    @Test("A network answers as its tensors did")
    func network() throws {
        guard Torch.isAvailable else { return }
        var random = CounterRandom(seed: 3)
        for nonlinearity in [DenseNetwork.Nonlinearity.relu, .tanh] {
            let tensors = MLP([5, 7, 2], activation: nonlinearity.activation, using: &random)
            let network = DenseNetwork(tensors, nonlinearity: nonlinearity)
            let x = Matrix(rows: 4, columns: 5) { _, _ in random.normal() }
            let expected = tensors(Tensor(x.values.map { Float($0) }, shape: [4, 5])).doubles
            for (a, b) in zip(network(x).values, expected) { #expect(abs(a - b) < 1e-5) }
            #expect(try DenseNetwork(network.state) == network)
        }
    }

    @Test("It learns what no weighted sum can say")
    func interaction() throws {
        guard Torch.isAvailable else { return }
        var random = CounterRandom(seed: 8)
        let rows = (0..<400).map { _ in [random.normal(), random.normal()] }
        let utility = { (x: [Double]) in 3 * x[0] * x[1] }
        var (left, right, labels): ([Int], [Int], [Double]) = ([], [], [])
        for _ in 0..<3000 {
            let a = random.below(400)
            let b = (a + 1 + random.below(399)) % 400
            left.append(a)
            right.append(b)
            labels.append(random.bernoulli(Special.logistic(utility(rows[a]) - utility(rows[b]))) ? 1 : 0)
        }
        let data = try ComparisonSet(
            items: ItemSet(features: FeatureMatrix(rows)), left: left, right: right, labels: labels)
        let split = HonestSplit(data)
        let linear = try HeldOutReport(LinearReward().fit(split.train), on: split.test)
        let neural = try HeldOutReport(
            NeuralReward(hidden: [32], trainer: PairTrainer(steps: 1500, learningRate: 1e-2)).fit(
                split.train),
            on: split.test)
        #expect(linear.all.accuracy < 0.6)
        #expect(neural.all.accuracy > 0.8, "\(neural.all.accuracy)")
    }

    @Test("A fit can be stopped, and says so")
    func stopping() throws {
        let data = try LearningWorld.linear([1, 1])
        #expect(throws: LearningError.cancelled) {
            try LinearReward().fit(data, seed: 1, watch: FitWatch(shouldStop: { true }))
        }
        guard Torch.isAvailable else { return }
        #expect(throws: LearningError.cancelled) {
            try NeuralReward().fit(data, seed: 1, watch: FitWatch(shouldStop: { true }))
        }
    }
}
