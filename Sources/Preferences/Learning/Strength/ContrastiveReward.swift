import Kernels
import Tensors

/// Scores things by a network that also learns to know each comparison again when parts of it are left out, so that what it
/// sees in an answer does not hang on a few cues.
///
/// Source: Wang et al., "Secrets of RLHF in Large Language Models Part II: Reward Modeling" (2024), with the contrastive term of
/// Gao, Yao and Chen, "SimCSE: Simple Contrastive Learning of Sentence Embeddings" (2021). With h(x) the last hidden layer,
/// r(x) = v·h(x), and two views hᵢ, hᵢ′ of h(aᵢ) − h(bᵢ) under different dropout,
///
///     L = mean ℓ(r(aᵢ) − r(bᵢ), yᵢ) + β · mean −log [ exp(cos(hᵢ, hᵢ′)/T) / Σⱼ exp(cos(hᵢ, hⱼ′)/T) ]
///
/// over a batch. Comparisons of the same two things in one batch count as different, which blurs the term where there are few
/// things. It needs dropout: without, both views are the same and only the crowding of different comparisons is punished.
///
/// What the data cannot say: the term knows no labels; a representation that keeps comparisons apart need not keep good
/// from bad.
///
/// - Complexity: O(steps · batch · (3 parameters + batch · width)).
///
/// ```swift
/// let model = try ContrastiveReward(beta: 0.3).fit(data, seed: 1)
/// ```
public struct ContrastiveReward<Loss: PairLoss>: PreferenceLearner {
    public static var id: String { "preference-strength-contrastive" }

    /// ℓ.
    public var loss: Loss
    /// β, the weight of the contrastive term; 0 is a plain network.
    public var beta: Double
    /// T, the temperature of the similarities.
    public var temperature: Double
    /// The widths of the hidden layers.
    public var hidden: [Int]
    /// The share of hidden units that a view leaves out.
    public var dropout: Double
    /// How it is trained.
    public var trainer: PairTrainer

    /// Creates the learner.
    public init(
        loss: Loss, beta: Double = 0.3, temperature: Double = 0.1, hidden: [Int] = [64],
        dropout: Double = 0.1,
        trainer: PairTrainer = PairTrainer()
    ) {
        precondition(beta >= 0 && temperature > 0, "β is not negative, T above 0")
        precondition(!hidden.isEmpty && hidden.allSatisfy { $0 > 0 }, "a hidden layer with at least one unit")
        self.loss = loss
        self.beta = beta
        self.temperature = temperature
        self.hidden = hidden
        self.dropout = dropout
        self.trainer = trainer
    }

    public func lacks(_ data: ComparisonSet) -> String? { NeuralReward().lacks(data) }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> NeuralRewardModel {
        try require(data)
        try trainer.requireTorch(Self.id)
        let standardization = Standardization(data.items.features)
        let rows = standardization(data.items.features)
        let features = Tensor(rows.values.map { Float($0) }, shape: [rows.rows, rows.columns])
        var random = CounterRandom(seed: seed)
        let network = MLP([rows.columns] + hidden + [1], dropout: dropout, using: &random)
        let head = network.layers[network.layers.count - 1]
        let noise = RandomSource(seed: seed &+ 0xc0)
        func view(_ places: [Int], _ phase: Phase) -> Tensor {
            let ends = places.map { data.left[$0] } + places.map { data.right[$0] }
            var h = features.selecting(Tensor(ends))
            for layer in network.layers.dropLast() {
                h = network.dropout(network.activation(layer(h)), phase: phase)
            }
            h = h.reshaped(to: [2, places.count, hidden[hidden.count - 1]])
            return h[0] - h[1]
        }
        let certificate = try trainer.fit(
            Self.id, network, on: data, loss: loss, seed: seed, watch: watch,
            penalty: beta == 0
                ? nil
                : { places in
                    let term = Self.contrast(
                        view(places, .training(noise)), view(places, .training(noise)),
                        temperature: temperature)
                    return beta * term
                }
        ) { places, phase in
            // The bias of the head cancels.
            view(places, phase).matmul(head.weight.value.transposed()).reshaped(to: [places.count])
        }
        return NeuralRewardModel(
            network: DenseNetwork(network), standardization: standardization, certificate: certificate)
    }

    /// The mean over rows of −log softmaxⱼ(cos(hᵢ, hⱼ′)/T) at j = i.
    static func contrast(_ h: Tensor, _ other: Tensor, temperature: Double) -> Tensor {
        func unit(_ x: Tensor) -> Tensor {
            x / (x.squared().sum(over: -1, keepingDimensions: true) + 1e-12).squareRoot()
        }
        let similarity = unit(h).matmul(unit(other).transposed()) / temperature
        return (similarity.logSumExp(over: -1) - similarity.diagonal()).mean(over: 0)
    }
}

extension ContrastiveReward where Loss == LogisticLoss {
    /// Creates the learner with the Bradley–Terry loss.
    public init(
        beta: Double = 0.3, temperature: Double = 0.1, hidden: [Int] = [64], dropout: Double = 0.1,
        trainer: PairTrainer = PairTrainer()
    ) {
        self.init(
            loss: LogisticLoss(), beta: beta, temperature: temperature, hidden: hidden, dropout: dropout,
            trainer: trainer)
    }
}
