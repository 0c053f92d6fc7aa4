/// Why the first of two things scores higher than the second: parts that add up to the difference.
public struct ComparisonExplanation: Sendable, Hashable, Codable {
    /// One reason.
    public struct Part: Sendable, Hashable, Codable {
        /// What it is about: a quality, an aspect.
        public let name: String
        /// How much a unit of it counts in this comparison; nil where that depends on the others.
        public let weight: Double?
        /// What the first has of it.
        public let first: Double
        /// What the second has of it.
        public let second: Double
        /// What it adds to the difference.
        public let contribution: Double

        /// Creates a reason.
        public init(
            name: String, weight: Double? = nil, first: Double, second: Double, contribution: Double
        ) {
            self.name = name
            self.weight = weight
            self.first = first
            self.second = second
            self.contribution = contribution
        }
    }

    /// The reasons, in the model's order.
    public let parts: [Part]

    /// Creates an explanation.
    public init(_ parts: [Part]) { self.parts = parts }

    /// The sum of the contributions: the difference of scores, which is the log-odds of a learnt model.
    public var difference: Double { parts.reduce(0) { $0 + $1.contribution } }

    /// The reasons, those that matter most first.
    public var ranked: [Part] { parts.sorted { abs($0.contribution) > abs($1.contribution) } }
}

/// A model that can say why it prefers one thing to another.
public protocol ComparisonExplainer: PreferencePredictor {
    /// Why the first of a comparison is preferred, or is not; the parts add up to what `predict` says for everyone.
    ///
    /// - Throws: `LearningError.data` where the features do not fit.
    func explain(_ data: ComparisonSet, comparison: Int) throws -> ComparisonExplanation

    /// The same for one audience; throws `LearningError.audience` where the model explains itself for everyone only.
    func explain(_ data: ComparisonSet, comparison: Int, for audience: Audience) throws
        -> ComparisonExplanation
}

extension ComparisonExplainer {
    public func explain(_ data: ComparisonSet, comparison: Int, for audience: Audience) throws
        -> ComparisonExplanation
    {
        guard audience == .everyone else {
            throw LearningError.audience(
                model: Self.id, asked: audience.description, reason: "it says why for everyone only")
        }
        return try explain(data, comparison: comparison)
    }
}
