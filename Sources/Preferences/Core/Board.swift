import Signals

/// What a model hands to the common machinery: its likelihood and the meaning of its parameters.
struct Board: Sendable {
    /// A parameter that is not an item's score.
    struct Extra: Sendable {
        var name: String
        var meaning: String
        /// The precision of the prior.
        var precision = 0.0
        /// Where the solver starts and what the prior is centred on.
        var start = 0.0
        /// Whether the parameter is listed among the coefficients of the fit.
        var isListed = true
        /// What is reported for the parameter's value, with its derivative: the identity unless given.
        var report: @Sendable (Double) -> (value: Double, slope: Double) = { ($0, 1) }
    }

    var model: String
    var summary: String
    var log: FeedbackLog
    var index: ItemIndex
    var extras: [Extra]
    var blocks: [any LikelihoodBlock]
    var options: BoardOptions
    var notes: [String]
    /// Builds the predictor from the parameters.
    var predictor: @Sendable ([Double]) -> OutcomePredictor
    /// Where the solver starts; `nil` for zero scores.
    var start: [Double]?
    /// What was learnt of judges, from the parameters and the standard errors of those beside the items.
    var judges: @Sendable (_ theta: [Double], _ errors: [Double]) -> [JudgeFit] = { _, _ in [] }

    /// Puts components over the same items together; their extra parameters follow one another.
    init(
        model: String, summary: String, log: FeedbackLog, index: ItemIndex, components: [BoardComponent],
        options: BoardOptions
    ) {
        self.model = model
        self.summary = summary
        self.log = log
        self.index = index
        self.options = options
        extras = components.flatMap(\.extras)
        blocks = components.map(\.block)
        notes = components.flatMap(\.notes)
        var predictor: @Sendable ([Double]) -> OutcomePredictor = { _ in
            OutcomePredictor(link: .logistic, tie: -.infinity, home: 0, covariates: [:])
        }
        if let component = components.first(where: { $0.predictor != nil }), let known = component.predictor {
            predictor = known
        }
        self.predictor = predictor
    }
}

/// The likelihood of one kind of feedback, with the parameters that it alone has.
struct BoardComponent: Sendable {
    var block: any LikelihoodBlock
    var extras: [Board.Extra] = []
    var notes: [String] = []
    /// Predicts comparisons, where the component knows how.
    var predictor: (@Sendable ([Double]) -> OutcomePredictor)?
}

extension Board {
    /// What a log holds, for messages.
    static func found(_ log: FeedbackLog) -> String {
        let counts = log.counts
        if counts.isEmpty { return "no events" }
        return counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key.rawValue)s" }
            .joined(separator: ", ")
    }
}
