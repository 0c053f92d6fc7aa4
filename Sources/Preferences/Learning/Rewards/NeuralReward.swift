import Kernels
import Tensors

/// Scores things by a network over their features: a reward model that learns what a weighted sum cannot say.
///
/// Source: Christiano, Leike, Brown, Martic, Legg and Amodei, "Deep reinforcement learning from human preferences" (2017),
/// with the answers' features in place of trajectories.
///
///     r(x) = MLP(x),   P(a ≻ b) = σ(r(a) − r(b)),   θ = argmin Σᵢ cᵢ ℓ(r(aᵢ) − r(bᵢ), yᵢ)
///
/// Features are standardised first. A tenth of the prompts is held out, and training ends where they are predicted best. Scores
/// have no standard error; an ensemble gives one.
///
/// What the data cannot say: scores are known up to a constant only, and only for things like those compared.
///
/// - Complexity: O(steps · batch · parameters).
///
/// ```swift
/// let model = try NeuralReward(hidden: [64, 64]).fit(data, seed: 1)
/// ```
public struct NeuralReward<Loss: PairLoss>: PreferenceLearner {
    public static var id: String { "neural" }

    /// ℓ.
    public var loss: Loss
    /// The widths of the hidden layers.
    public var hidden: [Int]
    /// The share of hidden units that are left out in training.
    public var dropout: Double
    /// How it is trained.
    public var trainer: PairTrainer

    /// Creates the learner.
    public init(
        loss: Loss, hidden: [Int] = [64], dropout: Double = 0, trainer: PairTrainer = PairTrainer()
    ) {
        precondition(hidden.allSatisfy { $0 > 0 }, "a layer has at least one unit")
        self.loss = loss
        self.hidden = hidden
        self.dropout = dropout
        self.trainer = trainer
    }

    public func lacks(_ data: ComparisonSet) -> String? {
        if data.count < 10 { return "at least 10 comparisons" }
        return data.items.features.columns > 8192
            ? "at most 8192 features (an encoder, or fewer hash buckets)" : nil
    }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> NeuralRewardModel {
        try require(data)
        try trainer.requireTorch(Self.id)
        let standardization = Standardization(data.items.features)
        let rows = standardization(data.items.features)
        let features = Tensor(rows.values.map { Float($0) }, shape: [rows.rows, rows.columns])
        var random = CounterRandom(seed: seed)
        let network = MLP([rows.columns] + hidden + [1], dropout: dropout, using: &random)
        let certificate = try trainer.fit(
            Self.id, network, on: data, loss: loss, seed: seed, watch: watch
        ) { places, phase in
            let ends = places.map { data.left[$0] } + places.map { data.right[$0] }
            let scores = network(features.selecting(Tensor(ends)), phase: phase).reshaped(to: [
                2, places.count,
            ])
            return scores[0] - scores[1]
        }
        return NeuralRewardModel(
            network: DenseNetwork(network), standardization: standardization, certificate: certificate)
    }
}

extension NeuralReward where Loss == LogisticLoss {
    /// Creates the learner with the Bradley–Terry loss.
    public init(hidden: [Int] = [64], dropout: Double = 0, trainer: PairTrainer = PairTrainer()) {
        self.init(loss: LogisticLoss(), hidden: hidden, dropout: dropout, trainer: trainer)
    }
}

/// A network over features.
public struct NeuralRewardModel: ItemScorer {
    public static var id: String { "neural" }

    /// The network, with one output.
    public let network: DenseNetwork
    /// What features go through first.
    public let standardization: Standardization
    public let certificate: FitCertificate

    public var features: Int { network.inputs }

    init(network: DenseNetwork, standardization: Standardization, certificate: FitCertificate) {
        self.network = network
        self.standardization = standardization
        self.certificate = certificate
    }

    public func scores(_ items: ItemSet, for audience: Audience) throws -> [Prediction] {
        try audience.requireEveryone(Self.id)
        guard items.features.columns == features else {
            throw LearningError.data(
                "the items have \(items.features.columns) features, the model has learnt from \(features)")
        }
        return network(standardization(items.features)).values.map { Prediction($0) }
    }

    public var state: ModelState {
        var state = ModelState()
        state.nest("network", network.state)
        standardization.keep(in: &state)
        state.keep(certificate)
        return state
    }

    public init(_ state: ModelState) throws {
        network = try DenseNetwork(state.nested("network"))
        standardization = try Standardization(state)
        certificate = try state.certificate
        guard network.outputs == 1, standardization.means.count == network.inputs else {
            throw LearningError.data("the model's network does not fit its features")
        }
    }
}
