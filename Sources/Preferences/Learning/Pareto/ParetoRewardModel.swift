import Kernels

/// One score that several groups were heard in.
public struct ParetoRewardModel: ItemScorer {
    public static var id: String { "more-rm" }

    enum Scorer: Sendable {
        case linear(LinearRewardModel)
        case network(NeuralRewardModel)
    }

    let scorer: Scorer
    /// The groups that had a weight, "others" for the small ones together.
    public let groupNames: [String]
    /// λ in the course of training, (records, groups): each row is the mean of up to ten steps.
    public let trace: Matrix

    init(_ scorer: Scorer, groupNames: [String], trace: Matrix) {
        self.scorer = scorer
        self.groupNames = groupNames
        self.trace = trace
    }

    /// The mean of λ over the second half of training, for each group.
    public var meanWeights: [Double] {
        groupNames.indices.map { group in
            Statistics.mean((trace.rows / 2..<trace.rows).map { trace[$0, group] })
        }
    }

    private var inner: any ItemScorer {
        switch scorer {
        case .linear(let model): model
        case .network(let model): model
        }
    }

    public var features: Int { inner.features }

    public var certificate: FitCertificate { inner.certificate }

    public func scores(_ items: ItemSet, for audience: Audience) throws -> [Prediction] {
        try audience.requireEveryone(Self.id)
        return try inner.scores(items, for: audience)
    }

    public func predict(_ data: ComparisonSet, for audience: Audience) throws -> [Prediction] {
        try audience.requireEveryone(Self.id)
        return try inner.predict(data, for: audience)
    }

    public var state: ModelState {
        var state = ModelState()
        switch scorer {
        case .linear: state.settings["trunk"] = "linear"
        case .network: state.settings["trunk"] = "network"
        }
        state.nest("reward", inner.state)
        state.lists["groups"] = groupNames
        state["trace"] = .init(trace)
        return state
    }

    public init(_ state: ModelState) throws {
        switch state.settings["trunk"] {
        case "linear": scorer = .linear(try LinearRewardModel(state.nested("reward")))
        case "network": scorer = .network(try NeuralRewardModel(state.nested("reward")))
        default: throw LearningError.data("the model has no trunk that is known; its file is damaged")
        }
        groupNames = state.lists["groups"] ?? []
        trace = try state.matrix("trace")
        guard trace.columns == groupNames.count else {
            throw LearningError.data(
                "the model's weights are of \(trace.columns) groups, not \(groupNames.count)")
        }
    }
}
