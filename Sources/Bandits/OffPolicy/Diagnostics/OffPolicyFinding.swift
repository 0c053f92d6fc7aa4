/// Something about a log that an off-policy estimate depends on, and what to do about it.
public struct OffPolicyFinding: Sendable, Hashable, Codable {
    /// How much it matters.
    public enum Severity: String, Sendable, Hashable, Codable, Comparable, CaseIterable {
        /// Good to know.
        case note
        /// The estimate may be off.
        case warning
        /// The estimate answers no question: there is no verdict.
        case wrong

        public static func < (one: Severity, other: Severity) -> Bool { one.rank < other.rank }

        private var rank: Int { Severity.allCases.firstIndex(of: self) ?? 0 }
    }

    /// What it is about.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// The mean of the weights is not one.
        case meanWeight
        /// The inverse propensities of an action do not add up to the number of decisions.
        case actionCount
        /// Every action was logged as certain.
        case certainPropensities
        /// Every action was logged with the same propensity, though actions were not taken equally often.
        case equalPropensities
        /// The logged distributions do not agree with how often actions were taken.
        case calibration
        /// The policy takes an action that was never tried.
        case untriedAction
        /// The policy takes an action that was hardly ever tried where it would take it.
        case thinSupport
        /// The effective sample size is small.
        case effectiveSampleSize
        /// One decision carries much of the estimate.
        case dominantDecision
        /// Rewards arrive for some actions more often than for others.
        case arrival
        /// All rewards are the same.
        case constantReward
        /// The propensities were estimated.
        case estimatedPropensities
        /// The policy learnt from these decisions.
        case seenBefore
        /// The policy needs something that the log does not say.
        case missingFeature
        /// Decisions without a reward were left out.
        case withoutReward
    }

    /// What it is about.
    public var kind: Kind
    /// How much it matters.
    public var severity: Severity
    /// The action it is about, if one.
    public var action: Int?
    /// The number that decided.
    public var value: Double
    /// What it is and what to do, in plain words.
    public var sentence: String

    /// Creates a finding.
    public init(kind: Kind, severity: Severity, action: Int? = nil, value: Double, sentence: String) {
        self.kind = kind
        self.severity = severity
        self.action = action
        self.value = value
        self.sentence = sentence
    }
}
