import Kernels
import Tensors

/// Learns from a few hundred comparisons how much each of a handful of named aspects counts.
///
/// Source: Nath, Siledar, Muddu et al., "Leveraging
/// Domain Knowledge for Efficient Reward Modelling in RLHF: A Case-Study in E-Commerce Opinion Summarization" (2024).
///
///     φ(x, y) = w·F(x, y)   or   MLP(F(x, y)),   P(a ≻ b) = σ(φ(a) − φ(b))
///
/// The features F are the aspects, standardised; an `AspectScorer` makes them of text. The weighted sum is the default: with some
/// hundred comparisons it beats the network, and its weights can be read. `hidden: [32, 16]` is the network, which needs libtorch.
///
/// What the data cannot say: anything about what no aspect measures, since answers with the same aspects get the same score;
/// weights of aspects that are the same on both sides of every comparison. Weights say what goes with being preferred, given
/// the other aspects, not what would happen if one were changed alone.
///
/// - Complexity: O(n K²) for the weighted sum.
///
/// ```swift
/// let model = try AspectReward(aspects: scorer.aspects).fit(data)
/// for row in try model.ablation(on: data) { print(row.aspect, row.rise, row.share) }
/// ```
public struct AspectReward<Loss: PairLoss>: PreferenceLearner {
    public static var id: String { "opinpref-rm" }

    /// ℓ.
    public var loss: Loss
    /// The names of the features; numbered where there are none.
    public var aspects: [String]
    /// The widths of the hidden layers; none for a weighted sum.
    public var hidden: [Int]
    /// λ of the weighted sum, on the scale of the mean loss.
    public var ridge: Double
    /// How a network is trained.
    public var trainer: PairTrainer

    /// Creates the learner.
    public init(
        loss: Loss, aspects: [String] = [], hidden: [Int] = [], ridge: Double = 1e-3,
        trainer: PairTrainer = Self.smallData
    ) {
        precondition(hidden.allSatisfy { $0 > 0 }, "a layer has at least one unit")
        precondition(ridge >= 0, "λ is \(ridge), but must not be negative")
        self.loss = loss
        self.aspects = aspects
        self.hidden = hidden
        self.ridge = ridge
        self.trainer = trainer
    }

    /// How a network is trained on a few hundred comparisons: small batches, strong decay, a fifth held out.
    public static var smallData: PairTrainer {
        PairTrainer(
            steps: 1000, batch: 32, weightDecay: 0.01, validationShare: 0.2, validateEvery: 10, patience: 20)
    }

    public func lacks(_ data: ComparisonSet) -> String? {
        if data.count == 0 { return "comparisons" }
        if data.items.features.columns > 64 { return "aspects as features, at most 64" }
        if !hidden.isEmpty, data.count < 10 { return "at least 10 comparisons" }
        return data.items.features.columns == 0 ? "aspects as features" : nil
    }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> AspectRewardModel {
        try require(data)
        let width = data.items.features.columns
        guard aspects.isEmpty || aspects.count == width else {
            throw LearningError.data("there are names for \(aspects.count) aspects, and \(width) features")
        }
        var names = aspects.isEmpty ? data.items.featureNames : aspects
        if names.isEmpty { names = (1...width).map { "feature \($0)" } }
        let standardization = Standardization(data.items.features)
        let rows = standardization(data.items.features)
        var treated = data
        treated.items.features = try FeatureMatrix(rows: rows.rows, columns: width, values: rows.values)
        guard !hidden.isEmpty else {
            let line = try LinearReward(loss: loss, ridge: ridge).fit(treated, seed: seed, watch: watch)
            return AspectRewardModel(
                aspects: names, standardization: standardization,
                network: DenseNetwork(layers: [
                    .init(weight: Matrix(rows: 1, columns: width, values: line.weights), bias: [0])
                ]), covariance: line.covariance, certificate: line.certificate)
        }
        try trainer.requireTorch(Self.id)
        let features = Tensor(rows.values.map { Float($0) }, shape: [rows.rows, width])
        var random = CounterRandom(seed: seed)
        let network = MLP([width] + hidden + [1], using: &random)
        let certificate = try trainer.fit(
            Self.id, network, on: data, loss: loss, seed: seed, watch: watch
        ) { places, phase in
            let ends = places.map { data.left[$0] } + places.map { data.right[$0] }
            let scores = network(features.selecting(Tensor(ends)), phase: phase)
                .reshaped(to: [2, places.count])
            return scores[0] - scores[1]
        }
        return AspectRewardModel(
            aspects: names, standardization: standardization, network: DenseNetwork(network),
            covariance: nil, certificate: certificate)
    }
}

extension AspectReward where Loss == LogisticLoss {
    /// Creates the learner with the Bradley–Terry loss.
    public init(
        aspects: [String] = [], hidden: [Int] = [], ridge: Double = 1e-3,
        trainer: PairTrainer = Self.smallData
    ) {
        self.init(loss: LogisticLoss(), aspects: aspects, hidden: hidden, ridge: ridge, trainer: trainer)
    }
}
