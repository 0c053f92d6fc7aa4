/// Why a judge's votes look bought or broken.
public struct VoteSuspicion: Sendable, Hashable, Codable {
    /// The rules that find such judges.
    public enum Rule: String, Sendable, Hashable, Codable, CaseIterable {
        /// Many votes in a short time.
        case burst
        /// The same answers as another judge.
        case sybil
        /// Faster than reading.
        case tooFast = "too-fast"
        /// Answers that have nothing to do with the question.
        case random
        /// Always the same answer.
        case oneSided = "one-sided"
    }

    /// The judge.
    public var judge: String
    /// The rule.
    public var rule: Rule
    /// What was found, in a sentence with its numbers.
    public var found: String
    /// The numbers behind it, all finite.
    public var evidence: [String: Double]

    /// Creates a suspicion; numbers that are not finite are left out of the evidence.
    public init(judge: String, rule: Rule, found: String, evidence: [String: Double]) {
        self.judge = judge
        self.rule = rule
        self.found = found
        self.evidence = evidence.filter { $0.value.isFinite }
    }
}

/// What the checks of votes found.
public struct VoteReport: Sendable, Hashable, Codable {
    /// The judges whose votes look bought or broken, by rule and then by name.
    public var suspicions: [VoteSuspicion] = []
    /// Groups of judges who give the same answers, each in the order of names.
    public var clusters: [[String]] = []
    /// Rules that could not be applied, and why not.
    public var absent: [VoteSuspicion.Rule: String] = [:]

    /// Creates an empty report.
    public init() {}
}
