import Kernels

/// What each of K prototypes makes of each item: the closeness to an ideal point, or the reach along an ideal direction.
public struct PrototypeScores: Sendable, Hashable {
    /// What prototypes are.
    public enum Geometry: Sendable, Hashable {
        /// Ideal points p, (K, d): the score is −‖f(x) − pₖ‖² + ‖pₖ‖².
        case points(Matrix)
        /// Ideal directions g, (K, d), the same for every prompt: the score is ⟨f(x), gₖ⟩.
        case directions(Matrix)
        /// Ideal directions that depend on the prompt: a network from its features to the K·d numbers.
        case contextual(DenseNetwork, Standardization)
    }

    /// f, from standardised features to the space in which prototypes are.
    public let map: DenseNetwork
    /// What features go through first.
    public let standardization: Standardization
    /// The prototypes.
    public let geometry: Geometry

    /// The number of features that items need.
    public var features: Int { map.inputs }

    /// K.
    public var prototypes: Int {
        switch geometry {
        case .points(let rows), .directions(let rows): rows.rows
        case .contextual(let network, _): network.outputs / map.outputs
        }
    }

    /// The scores, (items, K).
    public func callAsFunction(_ items: ItemSet) throws -> Matrix {
        guard items.features.columns == features else {
            throw LearningError.data(
                "the items have \(items.features.columns) features, the model has learnt from \(features)")
        }
        let mapped = map(standardization(items.features))
        let (count, width, k) = (mapped.rows, mapped.columns, prototypes)
        switch geometry {
        case .directions(let directions): return mapped.multiplyTransposed(directions)
        case .points(let points):
            var scores = mapped.multiplyTransposed(points)
            var values = scores.values
            for item in 0..<count {
                var square = 0.0
                for column in item * width..<(item + 1) * width {
                    square += mapped.values[column] * mapped.values[column]
                }
                for column in item * k..<(item + 1) * k { values[column] = 2 * values[column] - square }
            }
            scores.values = values
            return scores
        case .contextual(let network, let contexts):
            guard let rows = items.promptFeatures else {
                throw LearningError.data("the prompts have no features of their own, which this model needs")
            }
            guard rows.columns == network.inputs else {
                throw LearningError.data(
                    "the prompts have \(rows.columns) features, the model has learnt from \(network.inputs)")
            }
            let directions = network(contexts(rows)).values
            var values = [Double](repeating: 0, count: count * k)
            for item in 0..<count {
                guard let prompt = items.prompt(item) else {
                    throw LearningError.data(
                        "\(items.name(item)) has no prompt, and this model looks at prompts")
                }
                for prototype in 0..<k {
                    let start = (prompt * k + prototype) * width
                    var sum = 0.0
                    for column in 0..<width {
                        sum += mapped.values[item * width + column] * directions[start + column]
                    }
                    values[item * k + prototype] = sum
                }
            }
            return Matrix(rows: count, columns: k, values: values)
        }
    }

    /// The differences of the scores of both sides, (comparisons, K).
    func gaps(_ data: ComparisonSet) throws -> Matrix {
        try data.require(features: features)
        let (scores, k) = (try callAsFunction(data.items).values, prototypes)
        var values = [Double](repeating: 0, count: data.count * k)
        for place in 0..<data.count {
            for column in 0..<k {
                values[place * k + column] =
                    scores[data.left[place] * k + column] - scores[data.right[place] * k + column]
            }
        }
        return Matrix(rows: data.count, columns: k, values: values)
    }

    /// Its parts for saving.
    var state: ModelState {
        var state = ModelState()
        state.nest("map", map.state)
        standardization.keep(in: &state)
        switch geometry {
        case .points(let rows), .directions(let rows):
            if case .points = geometry { state.settings["geometry"] = "points" }
            if case .directions = geometry { state.settings["geometry"] = "directions" }
            state["prototypes"] = .init(rows)
        case .contextual(let network, let contexts):
            state.settings["geometry"] = "contextual"
            state.nest("directions", network.state)
            var inner = ModelState()
            contexts.keep(in: &inner)
            state.nest("contexts", inner)
        }
        return state
    }

    init(_ state: ModelState) throws {
        map = try DenseNetwork(state.nested("map"))
        standardization = try Standardization(state)
        if state.settings["geometry"] == "contextual" {
            let network = try DenseNetwork(state.nested("directions"))
            let contexts = try Standardization(state.nested("contexts"))
            guard network.outputs.isMultiple(of: map.outputs), contexts.means.count == network.inputs else {
                throw LearningError.data("the model's directions do not fit its items")
            }
            geometry = .contextual(network, contexts)
        } else {
            let rows = try state.matrix("prototypes")
            guard rows.columns == map.outputs, rows.rows > 0 else {
                throw LearningError.data("the model's prototypes do not fit its items")
            }
            geometry = state.settings["geometry"] == "points" ? .points(rows) : .directions(rows)
        }
        guard standardization.means.count == map.inputs else {
            throw LearningError.data("the model's network does not fit its features")
        }
    }

    init(map: DenseNetwork, standardization: Standardization, geometry: Geometry) {
        self.map = map
        self.standardization = standardization
        self.geometry = geometry
    }
}
