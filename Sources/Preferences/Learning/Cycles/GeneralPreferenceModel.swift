import Kernels
import Tensors

/// Vectors of items whose skew product says which wins.
public struct GeneralPreferenceModel: PreferencePredictor {
    public static let id = "gpm"

    /// What is added to the squared length of a vector before it is divided by its length.
    static let smallest = 1e-12

    /// f, from standardised features to 2k numbers, and r after them where items have scores.
    public let network: DenseNetwork
    /// What features go through first.
    public let standardization: Standardization
    /// Whether vectors have length 1.
    public let isNormalized: Bool
    /// τ.
    public let temperature: Double
    public let certificate: FitCertificate
    /// What the scales are the softplus of.
    private let scaleLogits: [Double]
    /// What the prompt's features add to that.
    private let gate: (network: DenseNetwork, standardization: Standardization)?

    init(
        network: DenseNetwork, standardization: Standardization, scaleLogits: [Double],
        gate: (DenseNetwork, Standardization)?, isNormalized: Bool, temperature: Double,
        certificate: FitCertificate
    ) {
        self.network = network
        self.standardization = standardization
        self.scaleLogits = scaleLogits
        self.gate = gate.map { (network: $0.0, standardization: $0.1) }
        self.isNormalized = isNormalized
        self.temperature = temperature
        self.certificate = certificate
    }

    public var features: Int { network.inputs }
    /// k, without the block of the scores.
    public var blocks: Int { scaleLogits.count }
    /// Whether each item has a score of its own besides.
    public var hasScores: Bool { network.outputs > 2 * blocks }

    /// v, (items, 2k), followed by (r, 1) where items have scores.
    private func vectors(_ items: ItemSet) throws -> Matrix {
        guard items.features.columns == features else {
            throw LearningError.data(
                "the items have \(items.features.columns) features, the model has learnt from \(features)")
        }
        let outputs = network(standardization(items.features))
        let (given, inner) = (network.outputs, 2 * blocks)
        let width = hasScores ? inner + 2 : inner
        var values = [Double](repeating: 1, count: items.count * width)
        for row in 0..<items.count {
            for column in 0..<given { values[row * width + column] = outputs.values[row * given + column] }
            guard isNormalized else { continue }
            let range = row * width..<row * width + inner
            let length = values[range].reduce(Self.smallest) { $0 + $1 * $1 }.squareRoot()
            for place in range { values[place] /= length }
        }
        return Matrix(rows: items.count, columns: width, values: values)
    }

    /// λ/τ for each prompt, or for all.
    private func scales(_ items: ItemSet) throws -> Matrix {
        let last = hasScores ? [1 / temperature] : []
        guard let gate else {
            let scales = scaleLogits.map { Special.log1pExp($0) / temperature } + last
            return Matrix(rows: 1, columns: scales.count, values: scales)
        }
        guard let contexts = items.promptFeatures else {
            throw LearningError.data("the prompts have no features of their own, which this model needs")
        }
        guard contexts.columns == gate.network.inputs else {
            throw LearningError.data(
                "the prompts have \(contexts.columns) features, the model has learnt from \(gate.network.inputs)"
            )
        }
        let rows = gate.network(gate.standardization(contexts))
        return Matrix(rows: rows.rows, columns: blocks + last.count) {
            $1 < blocks ? Special.log1pExp(rows[$0, $1] + scaleLogits[$1]) / temperature : last[0]
        }
    }

    /// The items as vectors whose scores are log-odds; without normalising, of the length that the network gives them.
    ///
    /// - Parameter prompt: the place of the prompt that the scales are for, where they depend on it.
    /// - Throws: `LearningError.data` where the features do not fit.
    public func embedding(_ items: ItemSet, prompt: Int = 0) throws -> SkewEmbedding {
        let scales = try scales(items)
        precondition(gate == nil || (0..<scales.rows).contains(prompt), "there is no prompt \(prompt)")
        guard scales.values.allSatisfy(\.isFinite) else {
            throw LearningError.data("the model's scales are not finite; train it again")
        }
        return SkewEmbedding(vectors: try vectors(items), scales: scales.row(gate == nil ? 0 : prompt))
    }

    /// What beats what among items, in circles and in all.
    ///
    /// - Throws: `LearningError.data` where the features do not fit.
    public func cycles(_ items: ItemSet, prompt: Int = 0) throws -> CycleReport {
        CycleReport(try embedding(items, prompt: prompt).matrix)
    }

    public func predict(_ data: ComparisonSet, for audience: Audience) throws -> [Prediction] {
        try audience.requireEveryone(Self.id)
        let (v, scales) = (try vectors(data.items), try scales(data.items))
        let width = v.columns
        let prompts =
            data.items.prompts.isEmpty ? [Int](repeating: -1, count: data.items.count) : data.items.prompts
        return try (0..<data.count).map { place in
            let rows = gate == nil ? (0, 0) : (prompts[data.left[place]], prompts[data.right[place]])
            guard rows.0 >= 0, rows.1 >= 0 else {
                throw LearningError.data(
                    "comparison \(place + 1) has no prompt, and this model looks at prompts")
            }
            var sum = 0.0
            for block in 0..<width / 2 {
                let (a, b) = (data.left[place] * width + 2 * block, data.right[place] * width + 2 * block)
                let scale = (scales[rows.0, block] + scales[rows.1, block]) / 2
                sum += scale * (v.values[a] * v.values[b + 1] - v.values[a + 1] * v.values[b])
            }
            return Prediction(sum)
        }
    }

    public var state: ModelState {
        var state = ModelState()
        state.nest("network", network.state)
        standardization.keep(in: &state)
        state["scale.logits"] = .init(scaleLogits)
        state.settings["normalized"] = String(isNormalized)
        state.settings["temperature"] = String(temperature)
        if let gate {
            state.nest("gate", gate.network.state)
            var inner = ModelState()
            gate.standardization.keep(in: &inner)
            state.nest("contexts", inner)
        }
        state.keep(certificate)
        return state
    }

    public init(_ state: ModelState) throws {
        network = try DenseNetwork(state.nested("network"))
        standardization = try Standardization(state)
        scaleLogits = try state.vector("scale.logits")
        isNormalized = state.settings["normalized"] == "true"
        temperature = try state.number("temperature")
        gate =
            state.settings["gate.layers"] == nil
            ? nil
            : (
                network: try DenseNetwork(state.nested("gate")),
                standardization: try Standardization(state.nested("contexts"))
            )
        certificate = try state.certificate
        guard [0, 1].contains(network.outputs - 2 * scaleLogits.count),
            standardization.means.count == network.inputs,
            temperature > 0, temperature.isFinite,
            gate.map({
                $0.network.outputs == scaleLogits.count
                    && $0.network.inputs == $0.standardization.means.count
            }) ?? true
        else { throw LearningError.data("the model's network does not fit its features or blocks") }
    }
}
