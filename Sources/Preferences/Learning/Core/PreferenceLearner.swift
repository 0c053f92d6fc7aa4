/// A way to learn a preference model from comparisons of things that have features.
///
/// Conforming types are small values with documented defaults; each stands in a file of its own. What they share (the data,
/// losses, networks, honest splits, saving) is around them, and they compose: a loss is given to a learner, a learner to an
/// ensemble or to a treatment of the data.
///
/// ```swift
/// let learner = RewardEnsemble(LinearReward(loss: FlippedLoss(0.1)), members: 5)
/// let model = try learner.fit(split.train, seed: 1)
/// let report = try HeldOutReport(model, on: split.test)
/// ```
public protocol PreferenceLearner: Sendable {
    /// What is learnt.
    associatedtype Model: PreferencePredictor

    /// The method's id, as in `heed train --method ID` and in the catalogue.
    static var id: String { get }

    /// What data have to hold for this method and these do not; nil where they will do.
    func lacks(_ data: ComparisonSet) -> String?

    /// Learns.
    ///
    /// The same data, settings and seed give the same model, whatever the number of threads.
    ///
    /// - Throws: `LearningError`.
    func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> Model
}

extension PreferenceLearner {
    public func lacks(_ data: ComparisonSet) -> String? { data.count == 0 ? "comparisons" : nil }

    /// Learns, without watching.
    public func fit(_ data: ComparisonSet, seed: UInt64 = 1) throws -> Model {
        try fit(data, seed: seed, watch: FitWatch())
    }

    /// Requires what the method needs.
    func require(_ data: ComparisonSet) throws {
        if let lack = lacks(data) {
            throw LearningError.data("\(Self.id) needs \(lack), which these data do not have")
        }
        guard data.items.features.columns > 0 else {
            throw LearningError.data("\(Self.id) needs features, and the items have none")
        }
    }
}

/// What looks on while a model is trained, and may stop it.
public struct FitWatch: Sendable {
    /// Called with the steps done, the steps in all and the loss.
    public var progress: @Sendable (_ done: Int, _ steps: Int, _ loss: Double) -> Void
    /// Asked from time to time; true ends the training with `LearningError.cancelled`.
    public var shouldStop: @Sendable () -> Bool

    /// Creates one that does nothing unless told otherwise; a task that is cancelled stops training too.
    public init(
        progress: @escaping @Sendable (Int, Int, Double) -> Void = { _, _, _ in },
        shouldStop: @escaping @Sendable () -> Bool = { false }
    ) {
        self.progress = progress
        self.shouldStop = shouldStop
    }

    /// Reports, and throws where it is to end.
    func step(_ done: Int, of steps: Int, loss: Double) throws {
        progress(done, steps, loss)
        if Task.isCancelled || shouldStop() { throw LearningError.cancelled }
    }
}

/// How a fit ended and what it can be trusted with.
public struct FitCertificate: Sendable, Hashable, Codable {
    /// Whether the optimum was reached, or validation says that more steps do not help.
    public var converged: Bool
    /// The number of steps or iterations.
    public var steps: Int
    /// The loss for each comparison at the end: of those held out where they decided when to stop, otherwise of those
    /// learnt from.
    public var loss: Double
    /// What the data cannot say, in plain sentences; empty where the model is identified.
    public var limits: [String]

    /// Creates one.
    public init(converged: Bool, steps: Int, loss: Double, limits: [String] = []) {
        self.converged = converged
        self.steps = steps
        self.loss = loss
        self.limits = limits
    }
}
