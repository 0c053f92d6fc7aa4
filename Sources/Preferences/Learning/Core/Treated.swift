/// A change of the data before a method learns from them: relabelling, weighting, margins, leaving comparisons out.
public protocol PairTreatment: Sendable {
    /// The data as the method is to see them; the number of comparisons may change, the items may not.
    func treat(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> ComparisonSet

    /// What cannot be known for the treatment's sake, in plain sentences; they become limits of the model.
    var limits: [String] { get }
}

/// A learner that sees treated data.
///
/// ```swift
/// let learner = Treated(PreferenceStrength(), NeuralReward())
/// ```
public struct Treated<Treatment: PairTreatment, Base: PreferenceLearner>: PreferenceLearner {
    public static var id: String { Base.id }

    /// What is done to the data.
    public var treatment: Treatment
    /// What learns from them.
    public var base: Base

    /// Creates the learner.
    public init(_ treatment: Treatment, _ base: Base) {
        self.treatment = treatment
        self.base = base
    }

    public func lacks(_ data: ComparisonSet) -> String? { base.lacks(data) }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> Base.Model {
        try require(data)
        let model = try base.fit(
            treatment.treat(data, seed: seed, watch: watch), seed: seed, watch: watch)
        var state = model.state
        state.lists["limits"] = (state.lists["limits"] ?? []) + treatment.limits
        return try Base.Model(state)
    }
}
