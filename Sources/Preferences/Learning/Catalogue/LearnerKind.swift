/// A learner by name: what a command line or a file chooses among.
///
/// A method joins by one line in `LearnerKind.all`.
public struct LearnerKind: Sendable {
    /// The method's id.
    public let id: String
    /// What it does, in one line.
    public let summary: String
    /// What the data lack for it; nil where they will do.
    public let lacks: @Sendable (ComparisonSet) -> String?
    /// Learns with the defaults.
    public let train: @Sendable (ComparisonSet, UInt64, FitWatch) throws -> any PreferencePredictor
    /// Makes a saved model again.
    public let load: @Sendable (ModelState) throws -> any PreferencePredictor

    /// Creates one of a learner's defaults.
    public init<Learner: PreferenceLearner>(_ learner: Learner, summary: String) {
        self.init(Learner.id, summary: summary, learner)
    }

    /// Creates one under an id of its own, for a composition.
    public init<Learner: PreferenceLearner>(_ id: String, summary: String, _ learner: Learner) {
        self.id = id
        self.summary = summary
        lacks = { learner.lacks($0) }
        train = { try learner.fit($0, seed: $1, watch: $2) }
        load = { try Learner.Model($0) }
    }

    /// The kind with an id.
    public static func named(_ id: String) throws -> LearnerKind {
        guard let kind = all.first(where: { $0.id == id }) else {
            throw LearningError.unknown(kind: "method", name: id, known: all.map(\.id))
        }
        return kind
    }
}
