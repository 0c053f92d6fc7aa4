import Kernels

/// Scores by several qualities, each of which says what it adds.
public struct MultiObjectiveModel: ItemScorer, ComparisonExplainer {
    public static let id = "armorm"

    /// The names of the qualities.
    public let qualities: [String]
    /// wᵢ, one row for each quality, predicting ratings in standard deviations.
    public let weights: Matrix
    /// bᵢ.
    public let intercepts: [Double]
    /// The mean of each quality's ratings as they were given.
    public let ratingMeans: [Double]
    /// The standard deviation of each quality's ratings as they were given.
    public let ratingScales: [Double]
    /// The place of the quality that is taken out of the others; nil for none.
    public let bias: Int?
    /// λᵢ.
    public let strengths: [Double]
    /// g.
    public internal(set) var gate: QualityGate
    /// What a caller set gates to; nil where they are as learnt.
    public private(set) var overrides: [Double?]
    public internal(set) var certificate: FitCertificate

    init(
        regression: QualityRegression, rated: RatedRows, bias: Int?, strengths: [Double], gate: QualityGate
    ) {
        qualities = rated.qualities
        weights = regression.weights
        intercepts = regression.intercepts
        ratingMeans = rated.means
        ratingScales = rated.scales
        self.bias = bias
        self.strengths = strengths
        self.gate = gate
        overrides = [Double?](repeating: nil, count: rated.qualities.count)
        certificate = FitCertificate(converged: false, steps: 0, loss: .nan)
    }

    public var features: Int { weights.columns }

    /// r̂, the ratings that items are expected to get, in the units in which ratings were given; one row for each item.
    public func ratings(_ items: ItemSet) throws -> Matrix {
        try require(items)
        let k = qualities.count
        var result = Matrix(rows: items.count, columns: k)
        for quality in 0..<k {
            for (item, value) in items.features.product(weights.row(quality)).enumerated() {
                result[item, quality] =
                    ratingMeans[quality] + ratingScales[quality] * (value + intercepts[quality])
            }
        }
        return result
    }

    /// g, how much each quality counts; one row for each item, by its prompt.
    public func gates(_ items: ItemSet) throws -> Matrix {
        var result: Matrix
        switch gate {
        case .shared(let weights): result = Matrix(rows: items.count, columns: weights.count) { weights[$1] }
        case .prompted(let network, _, _, _):
            let contexts = try items.contexts()
            guard contexts.columns == network.inputs else {
                throw LearningError.data(
                    "the prompts have \(contexts.columns) features, the model has learnt from \(network.inputs)"
                )
            }
            result = gate(contexts)
        }
        for (quality, override) in overrides.enumerated() {
            guard let override else { continue }
            for item in 0..<items.count { result[item, quality] = override }
        }
        return result
    }

    /// The model with some gates set by hand, such as `["verbosity": 0]`; nothing is trained again.
    ///
    /// - Throws: `LearningError.unknown` where a quality has another name.
    public func steered(_ gates: [String: Double]) throws -> MultiObjectiveModel {
        var result = self
        for (name, value) in gates.sorted(by: { $0.key < $1.key }) {
            guard let place = qualities.firstIndex(of: name) else {
                throw LearningError.unknown(kind: "quality", name: name, known: qualities)
            }
            precondition(value.isFinite, "a gate is a finite number")
            result.overrides[place] = value
        }
        return result
    }

    public func scores(_ items: ItemSet, for audience: Audience) throws -> [Prediction] {
        try audience.requireEveryone(Self.id)
        let parts = try parts(items)
        return (0..<items.count).map { Prediction(parts.values.sum(in: $0, of: parts.columns)) }
    }

    public func predict(_ data: ComparisonSet, for audience: Audience) throws -> [Prediction] {
        try audience.requireEveryone(Self.id)
        let parts = try parts(data.items)
        return (0..<data.count).map { place in
            let (a, b) = (data.left[place], data.right[place])
            return Prediction(qualities.indices.reduce(0) { $0 + (parts[a, $1] - parts[b, $1]) })
        }
    }

    public func explain(_ data: ComparisonSet, comparison: Int) throws -> ComparisonExplanation {
        let (a, b) = (data.left[comparison], data.right[comparison])
        let pair = data.items.selecting([a, b])
        try require(pair)
        let gates = try gates(pair)
        let scores = debiasedRatings(pair.features)
        return ComparisonExplanation(
            qualities.enumerated().map { place, name in
                .init(
                    name: name, weight: gates[0, place] == gates[1, place] ? gates[0, place] : nil,
                    first: scores[0, place], second: scores[1, place],
                    contribution: gates[0, place] * scores[0, place] - gates[1, place] * scores[1, place])
            })
    }

    /// r̃, one row for each row of features.
    func debiasedRatings(_ features: FeatureMatrix) -> Matrix {
        let k = qualities.count
        var result = Matrix(rows: features.rows, columns: k)
        for quality in 0..<k where quality != bias {
            var line = weights.row(quality)
            var intercept = intercepts[quality]
            if let bias, strengths[quality] > 0 {
                for (column, value) in weights.row(bias).enumerated() {
                    line[column] -= strengths[quality] * value
                }
                intercept -= strengths[quality] * intercepts[bias]
            }
            for (row, value) in features.product(line).enumerated() {
                result[row, quality] = value + intercept
            }
        }
        return result
    }

    /// gᵢ r̃ᵢ, one row for each item.
    private func parts(_ items: ItemSet) throws -> Matrix {
        try require(items)
        let gates = try gates(items)
        var result = debiasedRatings(items.features)
        result.values = zip(gates.values, result.values).map { $0 * $1 }
        return result
    }

    private func require(_ items: ItemSet) throws {
        guard items.features.columns == features else {
            throw LearningError.data(
                "the items have \(items.features.columns) features, the model has learnt from \(features)")
        }
    }

    public var state: ModelState {
        var state = ModelState()
        state["weights"] = .init(weights)
        state["intercepts"] = .init(intercepts)
        state["rating.means"] = .init(ratingMeans)
        state["rating.scales"] = .init(ratingScales)
        state["strengths"] = .init(strengths)
        state["overrides"] = .init(overrides.map { $0 ?? 0 })
        state["overridden"] = .init(overrides.map { $0 == nil ? 0 : 1 })
        state.lists["qualities"] = qualities
        if let bias { state.settings["bias"] = qualities[bias] }
        state.nest("gate", gate.state)
        state.keep(certificate)
        return state
    }

    public init(_ state: ModelState) throws {
        weights = try state.matrix("weights")
        let names = state.lists["qualities"] ?? []
        func vector(_ name: String) throws -> [Double] {
            let values = try state.vector(name)
            guard values.count == names.count else {
                throw LearningError.data("the model has \(values.count) \(name) for \(names.count) qualities")
            }
            return values
        }
        guard weights.rows == names.count, !names.isEmpty else {
            throw LearningError.data(
                "the model has weights for \(weights.rows) of \(names.count) qualities")
        }
        intercepts = try vector("intercepts")
        ratingMeans = try vector("rating.means")
        ratingScales = try vector("rating.scales")
        strengths = try vector("strengths")
        overrides = zip(try vector("overrides"), try vector("overridden")).map { $1 == 0 ? nil : $0 }
        qualities = names
        bias = try state.settings["bias"].map { name in
            guard let place = names.firstIndex(of: name) else {
                throw LearningError.unknown(kind: "quality", name: name, known: names)
            }
            return place
        }
        gate = try QualityGate(state.nested("gate"), qualities: names.count)
        certificate = try state.certificate
    }
}

extension [Double] {
    /// The sum of a row of a matrix of so many columns.
    fileprivate func sum(in row: Int, of columns: Int) -> Double {
        self[row * columns..<(row + 1) * columns].reduce(0, +)
    }
}
