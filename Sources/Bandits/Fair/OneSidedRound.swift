/// Who was accepted, and with which probability each person was.
public struct Acceptance: Sendable, Hashable, Codable {
    /// Whether each person was accepted.
    public var accepted: [Bool]
    /// The probability π(xᵢ) with which each person was accepted.
    public var probabilities: [Double]

    /// Creates it.
    public init(accepted: [Bool], probabilities: [Double]) {
        self.accepted = accepted
        self.probabilities = probabilities
    }
}

/// Two people of a round of whom auditors say that the first was treated too well against the second.
public struct FlaggedPair: Sendable, Hashable, Codable {
    /// The person with the larger probability.
    public var favoured: Int
    /// The person with the smaller one.
    public var slighted: Int

    /// Creates a pair of places in the round.
    public init(favoured: Int, slighted: Int) {
        self.favoured = favoured
        self.slighted = slighted
    }
}

/// What comes back for a round of decisions on people.
public struct OneSidedOutcome: Sendable, Hashable, Codable {
    /// For each person whether accepting was right; `nil` for those who were not accepted, whose label stays
    /// unknown.
    public var labels: [Bool?]
    /// The pair that the auditors flagged, if any.
    public var flagged: FlaggedPair?

    /// Creates an outcome.
    public init(labels: [Bool?], flagged: FlaggedPair? = nil) {
        self.labels = labels
        self.flagged = flagged
    }
}
