import Kernels
import Tensors

/// Learns what beats what where tastes may go in circles: each item becomes a vector, and a skew product of two says which wins.
///
/// Source: Zhang, Zhang, Wu, Xu and Gu, "General Preference Modeling with Preference Representations for Aligning Language
/// Models" (2024).
///
///     v = f(x)/‖f(x)‖ in 2k dimensions,   s(a ≻ b) = r(a) − r(b) + Σₗ λₗ (vₐ,₂ₗ₋₁ v_b,₂ₗ − vₐ,₂ₗ v_b,₂ₗ₋₁)
///     P(a ≻ b) = σ(s(a ≻ b)/τ),   θ = argmin Σᵢ cᵢ ℓ(s(aᵢ ≻ bᵢ)/τ, yᵢ)
///
/// with f and r one MLP over standardised features, λₗ ≥ 0 the scale of each of k blocks (the softplus of a number, or of a layer over
/// the prompt's features, the mean of both where two items have different prompts), and τ the temperature. k blocks hold any skew scores of rank 2k − 2 (2k without unit length); one
/// block with v = (r, 1) is Bradley–Terry, and `hasScores` adds that block to the source's, so that what is no circle is
/// learnt as easily as without them. Comparing n items takes n passes of the network, and a product for each pair.
///
/// What the data cannot say: the vectors themselves, which may be turned within each block, scaled against λ without unit
/// length, and change places; and whether a circle that is found is more than noise, unless held-out comparisons confirm it.
///
/// When not to use it: where a score for each item will do, which needs fewer comparisons; `CycleReport.residualShare` and a
/// `HeldOutReport` against `NeuralReward` tell.
///
/// - Complexity: O(steps · batch · parameters).
///
/// ```swift
/// let model = try GeneralPreference().fit(data, seed: 1)
/// print(try model.cycles(data.items).loops)
/// ```
public struct GeneralPreference: PreferenceLearner {
    public static let id = "gpm"

    /// ℓ.
    public var loss: any PairLoss
    /// k, half the dimensions of the vectors.
    public var blocks: Int
    /// The widths of the hidden layers; none is a linear map.
    public var hidden: [Int]
    /// Whether vectors have length 1.
    public var isNormalized: Bool
    /// Whether each item has a score r of its own besides.
    public var hasScores: Bool
    /// Whether the scales depend on the prompt's features.
    public var scalesByPrompt: Bool
    /// τ.
    public var temperature: Double
    /// How it is trained.
    public var trainer: PairTrainer

    /// Creates the learner.
    public init(
        loss: any PairLoss = LogisticLoss(), blocks: Int = 4, hidden: [Int] = [64],
        isNormalized: Bool = true, hasScores: Bool = true, scalesByPrompt: Bool = false,
        temperature: Double = 1,
        trainer: PairTrainer = PairTrainer()
    ) {
        precondition(blocks > 0 && hidden.allSatisfy { $0 > 0 }, "a layer has at least one unit")
        precondition(temperature > 0, "τ is \(temperature), but must be positive")
        self.loss = loss
        self.blocks = blocks
        self.hidden = hidden
        self.isNormalized = isNormalized
        self.hasScores = hasScores
        self.scalesByPrompt = scalesByPrompt
        self.temperature = temperature
        self.trainer = trainer
    }

    public func lacks(_ data: ComparisonSet) -> String? {
        if data.count < 10 { return "at least 10 comparisons" }
        if scalesByPrompt, data.items.promptFeatures == nil { return "features of prompts" }
        return data.items.features.columns > 8192
            ? "at most 8192 features (an encoder, or fewer hash buckets)" : nil
    }

    /// The parameters that are trained.
    private struct Network: Module {
        let map: MLP
        /// What the scales are the softplus of.
        let scales: Parameter
        let gate: Linear?
    }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> GeneralPreferenceModel {
        try require(data)
        try trainer.requireTorch(Self.id)
        func table(_ features: FeatureMatrix) -> (Standardization, Tensor) {
            let standardization = Standardization(features)
            let rows = standardization(features)
            return (
                standardization, Tensor(rows.values.map { Float($0) }, shape: [rows.rows, rows.columns])
            )
        }
        let (standardization, features) = table(data.items.features)
        let contexts = try scalesByPrompt ? table(data.items.contexts()) : nil
        var random = CounterRandom(seed: seed)
        let network = Network(
            map: MLP(
                [data.items.features.columns] + hidden + [2 * blocks + (hasScores ? 1 : 0)], using: &random),
            scales: Parameter(.full(0.5, [blocks])),
            gate: contexts.map { Linear($0.1.size(1), blocks, using: &random) })
        let (k, isNormalized, hasScores, temperature) = (blocks, isNormalized, hasScores, temperature)
        var certificate = try trainer.fit(
            Self.id, network, on: data, loss: loss, seed: seed, watch: watch
        ) { places, _ in
            let ends = places.map { data.left[$0] } + places.map { data.right[$0] }
            let outputs = network.map(features.selecting(Tensor(ends)))
            var v = hasScores ? outputs[.rest, 0..<2 * k] : outputs
            if isNormalized {
                v =
                    v
                    / (v.squared().sum(over: 1, keepingDimensions: true) + GeneralPreferenceModel.smallest)
                    .squareRoot()
            }
            v = v.reshaped(to: [2, places.count, k, 2])
            let (a, b) = (v[0], v[1])
            let turned = Tensor.concatenated([b[.rest, 1..<2], -b[.rest, 0..<1]], over: 2)
            var scales = network.scales.value.softplus()
            if let gate = network.gate, let contexts {
                let logits = gate(contexts.1.selecting(Tensor(ends))) + network.scales.value
                scales = logits.softplus().reshaped(to: [2, places.count, k]).mean(over: 0)
            }
            var s = ((a * turned).sum(over: 2) * scales).sum(over: 1)
            if hasScores {
                let r = outputs[.rest, 2 * k].reshaped(to: [2, places.count])
                s = s + r[0] - r[1]
            }
            return s / temperature
        }
        certificate.limits = [
            "the vectors are known up to turns within their blocks and the order of the blocks",
            "circles are found among things like those compared; held-out comparisons tell whether they are real",
        ]
        return GeneralPreferenceModel(
            network: DenseNetwork(network.map), standardization: standardization,
            scaleLogits: network.scales.value.doubles,
            gate: contexts.map { (DenseNetwork([network.gate!]), $0.0) }, isNormalized: isNormalized,
            temperature: temperature, certificate: certificate)
    }
}
