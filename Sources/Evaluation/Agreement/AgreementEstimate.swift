/// How far judges agree beyond what chance would give, with an interval, or the reason why that is undefined.
///
/// The coefficient is 1 − Dₒ / Dₑ: 1 is perfect agreement, 0 is what chance gives, and negative values are
/// systematic disagreement.
public struct AgreementEstimate: Sendable, Hashable, Codable {
    /// The coefficient, or `nil` where `certificate` says that it is undefined.
    public var value: Double?
    /// The interval by the cluster bootstrap, or `nil` where there is no value, too few clusters, or too many
    /// replicates without a value.
    public var interval: Interval?
    /// The observed disagreement Dₒ, in the unit of the weights or metric; `nil` where nothing is paired.
    public var observedDisagreement: Double?
    /// The disagreement Dₑ that chance would give; `nil` where nothing is paired.
    public var expectedDisagreement: Double?
    /// The number of units with at least two answers.
    public var units: Int
    /// The number of answers on those units.
    public var answers: Int
    /// Whether the coefficient could be computed, and if not, why.
    public var certificate: Certificate

    /// Whether a coefficient of agreement could be computed.
    public enum Certificate: String, Sendable, Hashable, Codable, CaseIterable {
        /// There is a value and an interval.
        case complete
        /// There is a value, but there are too few clusters for an interval, or too little variation in them.
        case noInterval
        /// No unit has two answers, so nobody can agree or disagree.
        case noPairs
        /// All answers are the same: chance alone would give perfect agreement, and the coefficient is 0/0.
        case noVariation

        /// The same as a sentence.
        public var sentence: String {
            switch self {
            case .complete: "The coefficient and its interval could be computed."
            case .noInterval: "There are too few or too similar clusters for an interval."
            case .noPairs: "No unit has two answers, so agreement cannot be measured."
            case .noVariation: "All answers are the same, so agreement beyond chance is undefined."
            }
        }
    }
}

extension AgreementEstimate {
    /// Runs the bootstrap of 1 − Dₒ / Dₑ and sums up.
    ///
    /// - Parameters:
    ///   - clusters: The number of clusters that `disagreement` takes weights for.
    ///   - disagreement: Dₒ and Dₑ under cluster weights; `nil` where nothing is paired.
    static func measure(
        clusters: Int, units: Int, answers: Int, level: Double, bootstrap: ClusterBootstrap,
        disagreement: @Sendable ([Double]) -> (observed: Double, expected: Double)?
    ) throws(EvaluationError) -> AgreementEstimate {
        var result = AgreementEstimate(units: units, answers: answers, certificate: .noPairs)
        guard let plain = disagreement([Double](repeating: 1, count: clusters)) else { return result }
        result.observedDisagreement = plain.observed
        result.expectedDisagreement = plain.expected
        result.certificate = .noVariation
        guard plain.expected > 0 else { return result }
        result.value = 1 - plain.observed / plain.expected
        result.certificate = .noInterval
        guard clusters > 1 else { return result }
        let distribution = try bootstrap.run(clusters: clusters) { weights in
            guard let drawn = disagreement(weights), drawn.expected > 0 else { return .nan }
            return 1 - drawn.observed / drawn.expected
        }
        if let interval = distribution.interval(level: level) {
            result.interval = interval
            result.certificate = .complete
        }
        return result
    }
}
