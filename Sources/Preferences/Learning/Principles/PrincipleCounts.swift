import Foundation

/// How often a principle voted for what was chosen, against it, or not at all.
public struct PrincipleCounts: Sendable, Hashable, Codable {
    /// Votes for what was chosen.
    public var supports: Double
    /// Votes against it.
    public var opposes: Double
    /// Comparisons on which it says nothing: irrelevant, both, or neither.
    public var abstains: Double
    /// Votes that could not be read.
    public var invalid: Double

    /// Creates counts.
    public init(supports: Double = 0, opposes: Double = 0, abstains: Double = 0, invalid: Double = 0) {
        self.supports = supports
        self.opposes = opposes
        self.abstains = abstains
        self.invalid = invalid
    }

    /// All comparisons.
    public var total: Double { supports + opposes + abstains + invalid }
    /// The share of its votes that were right; not a number where it never voted.
    public var accuracy: Double { supports / (supports + opposes) }
    /// The share of all comparisons on which it voted.
    public var relevance: Double { total > 0 ? (supports + opposes) / total : 0 }
    /// Votes for less votes against: what it is ordered by, since what nearly always votes, such as length, has many
    /// votes for it by chance.
    public var lead: Double { supports - opposes }
    /// w = log((for + 1)/(against + 1)), its weight in a vote.
    public var weight: Double { log((supports + 1) / (opposes + 1)) }
    /// The counts of the opposite principle.
    public var mirrored: PrincipleCounts {
        PrincipleCounts(supports: opposes, opposes: supports, abstains: abstains, invalid: invalid)
    }

    mutating func add(_ vote: PrincipleVote, choseFirst: Bool, weight: Double = 1) {
        switch vote {
        case .first: if choseFirst { supports += weight } else { opposes += weight }
        case .second: if choseFirst { opposes += weight } else { supports += weight }
        case .abstains: abstains += weight
        case .invalid: invalid += weight
        }
    }
}

/// What a principle says of two answers.
public enum PrincipleVote: String, Sendable, Hashable, Codable {
    /// The first is better by it.
    case first
    /// The second is.
    case second
    /// It does not apply, or to both alike.
    case abstains
    /// The judge's answer could not be read.
    case invalid
}

/// Which principles are kept.
public struct PrincipleFilter: Sendable, Hashable, Codable {
    /// ρ: votes for have to be at least this share of all comparisons.
    public var minimumRelevance: Double
    /// Whether votes for have to outnumber the comparisons on which the principle says nothing.
    public var requiresMajorityRelevance: Bool

    /// Creates a filter.
    public init(minimumRelevance: Double = 0.1, requiresMajorityRelevance: Bool = false) {
        precondition((0...1).contains(minimumRelevance), "ρ is a share")
        self.minimumRelevance = minimumRelevance
        self.requiresMajorityRelevance = requiresMajorityRelevance
    }

    /// Whether a principle with these counts is kept.
    public func keeps(_ counts: PrincipleCounts) -> Bool {
        counts.supports > counts.opposes
            && counts.supports >= minimumRelevance * counts.total
            && counts.invalid < counts.supports + counts.opposes + counts.abstains
            && (!requiresMajorityRelevance || counts.supports > counts.abstains)
    }
}
