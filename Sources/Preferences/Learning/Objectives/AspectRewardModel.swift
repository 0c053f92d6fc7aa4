import Kernels

/// Scores by named aspects.
public struct AspectRewardModel: ItemScorer, ComparisonExplainer {
    public static let id = "opinpref-rm"

    /// The names of the aspects.
    public let aspects: [String]
    /// What aspects go through first.
    public let standardization: Standardization
    /// φ of standardised aspects; one layer is a weighted sum.
    public let network: DenseNetwork
    /// The covariance of the weights of a weighted sum.
    public let covariance: Matrix?
    public let certificate: FitCertificate

    init(
        aspects: [String], standardization: Standardization, network: DenseNetwork, covariance: Matrix?,
        certificate: FitCertificate
    ) {
        self.aspects = aspects
        self.standardization = standardization
        self.network = network
        self.covariance = covariance
        self.certificate = certificate
    }

    public var features: Int { aspects.count }

    /// Whether φ is a weighted sum.
    public var isLinear: Bool { network.layers.count == 1 }

    /// w, what one more point of each aspect adds to the log-odds; nil for a network, where it depends on the others.
    public var weights: [Double]? {
        isLinear ? zip(network.layers[0].weight.values, standardization.scales).map { $0 / $1 } : nil
    }

    public func scores(_ items: ItemSet, for audience: Audience) throws -> [Prediction] {
        try audience.requireEveryone(Self.id)
        try require(items)
        let rows = standardization(items.features)
        return network(rows).values.enumerated().map { Prediction($1, deviation: deviation(rows.row($0))) }
    }

    public func predict(_ data: ComparisonSet, for audience: Audience) throws -> [Prediction] {
        try audience.requireEveryone(Self.id)
        try require(data.items)
        let rows = standardization(data.items.features)
        let scores = network(rows).values
        return (0..<data.count).map { place in
            let (a, b) = (data.left[place], data.right[place])
            return Prediction(
                scores[a] - scores[b], deviation: deviation(zip(rows.row(a), rows.row(b)).map { $0 - $1 }))
        }
    }

    public func explain(_ data: ComparisonSet, comparison: Int) throws -> ComparisonExplanation {
        let pair = data.items.selecting([data.left[comparison], data.right[comparison]])
        try require(pair)
        let raw = [pair.features.row(0), pair.features.row(1)]
        let rows = standardization(pair.features)
        let weights = weights
        let contributions =
            isLinear
            ? aspects.indices.map { network.layers[0].weight.values[$0] * (rows[0, $0] - rows[1, $0]) }
            : Attribution.shapley(from: rows.row(1), to: rows.row(0)) {
                network(Matrix(rows: 1, columns: $0.count, values: $0)).values[0]
            }
        return ComparisonExplanation(
            aspects.enumerated().map { place, name in
                .init(
                    name: name, weight: weights?[place], first: raw[0][place], second: raw[1][place],
                    contribution: contributions[place])
            })
    }

    /// ∂φ/∂F: what one more point of each aspect would add to each item's score; one row for each item.
    public func attribution(_ items: ItemSet) throws -> Matrix {
        try require(items)
        let rows = standardization(items.features)
        var slopes = Matrix(rows: items.count, columns: features)
        for item in 0..<items.count {
            for (aspect, slope) in network.slopes(rows.row(item)).enumerated() {
                slopes[item, aspect] = slope / standardization.scales[aspect]
            }
        }
        return slopes
    }

    /// How much worse comparisons are predicted when one aspect is the same for all; the most important aspect first.
    ///
    /// - Throws: `LearningError.data` where the features do not fit or there are no comparisons.
    public func ablation(on data: ComparisonSet) throws -> [AspectAblation] {
        guard data.count > 0 else { throw LearningError.data("an ablation needs comparisons") }
        let whole = losses(try predict(data, for: .everyone), data)
        let values = data.items.features.dense
        let width = features
        let rises = try (0..<width).map { aspect in
            var blind = data
            var still = values
            for row in 0..<data.items.count { still[row * width + aspect] = standardization.means[aspect] }
            blind.items.features = try FeatureMatrix(rows: data.items.count, columns: width, values: still)
            return zip(losses(try predict(blind, for: .everyone), data), whole).map { $0 - $1 }
        }
        let means = rises.map { Statistics.mean($0) }
        let total = means.reduce(0) { $0 + max(0, $1) }
        return aspects.enumerated().map { place, name in
            AspectAblation(
                aspect: name, rise: means[place],
                deviation: (Statistics.variance(rises[place]) / Double(data.count)).squareRoot(),
                share: total > 0 ? max(0, means[place]) / total : 0)
        }.sorted { $0.rise > $1.rise }
    }

    private func losses(_ predictions: [Prediction], _ data: ComparisonSet) -> [Double] {
        zip(predictions, data.labels).map { LogisticLoss().value($0.value, label: $1) }
    }

    private func deviation(_ row: [Double]) -> Double? {
        covariance.map { covariance in
            max(0, zip(row, covariance.multiply(row)).reduce(0) { $0 + $1.0 * $1.1 }).squareRoot()
        }
    }

    private func require(_ items: ItemSet) throws {
        guard items.features.columns == features else {
            throw LearningError.data(
                "the items have \(items.features.columns) features, the model has learnt from \(features)")
        }
    }

    public var state: ModelState {
        var state = ModelState()
        state.lists["aspects"] = aspects
        standardization.keep(in: &state)
        state.nest("network", network.state)
        if let covariance {
            state["covariance"] = .init(covariance)
        }
        state.keep(certificate)
        return state
    }

    public init(_ state: ModelState) throws {
        aspects = state.lists["aspects"] ?? []
        standardization = try Standardization(state)
        network = try DenseNetwork(state.nested("network"))
        covariance = state["covariance"] == nil ? nil : try state.matrix("covariance")
        certificate = try state.certificate
        let width = aspects.count
        guard network.outputs == 1, network.inputs == width, standardization.means.count == width,
            covariance.map({ $0.rows == width && $0.columns == width }) ?? true
        else { throw LearningError.data("the model's parts do not fit its \(width) aspects") }
    }
}

/// What an aspect is worth.
public struct AspectAblation: Sendable, Hashable, Codable {
    /// Its name.
    public let aspect: String
    /// The log loss without it less that with it, in nats.
    public let rise: Double
    /// The standard error of the rise over the comparisons.
    public let deviation: Double
    /// Its share of all rises.
    public let share: Double
}

extension DenseNetwork {
    /// The gradient of the first output in the inputs.
    func slopes(_ row: [Double]) -> [Double] {
        var inputs = [row]
        for layer in layers {
            let x = inputs[inputs.count - 1]
            let y = zip(layer.weight.multiply(x), layer.bias).map { $0 + $1 }
            inputs.append(y.map { nonlinearity($0) })
        }
        var slopes = [Double](repeating: 0, count: outputs)
        slopes[0] = 1
        for (place, layer) in layers.enumerated().reversed() {
            if place < layers.count - 1 {
                let after = inputs[place + 1]
                for unit in slopes.indices {
                    switch nonlinearity {
                    case .relu: slopes[unit] *= after[unit] > 0 ? 1 : 0
                    case .tanh: slopes[unit] *= 1 - after[unit] * after[unit]
                    }
                }
            }
            slopes = layer.weight.transposedMultiply(slopes)
        }
        return slopes
    }
}
