/// People who each have their own view on who is alike, and who object together to unequal treatment.
///
/// Source: Bechavod and Roth, "Individually Fair Learning with One-Sided Feedback" (2023). Auditor j reports
/// the ordered pair (u, v) if π(x_u) − π(x_v) > d_j(x_u, x_v) + α_j; the panel flags a pair that at least a
/// share γ of the auditors report, and of these the one with the largest mean of π(x_u) − π(x_v) − d_j − α_j.
///
/// - Complexity: O(k²) calls of every auditor's metric for k people.
public struct AuditorPanel: Sendable {
    /// One of the panel.
    public struct Auditor: Sendable {
        /// How much more than the distance a difference of treatment may be.
        public var alpha: Double
        /// How unlike two people are, on the scale of probabilities.
        public var distance: @Sendable ([Double], [Double]) -> Double

        /// Creates an auditor.
        public init(alpha: Double = 0.1, distance: @escaping @Sendable ([Double], [Double]) -> Double) {
            self.alpha = alpha
            self.distance = distance
        }
    }

    /// What the panel says of a round.
    public struct Review: Sendable, Hashable {
        /// The pair that is flagged, if any.
        public var flagged: FlaggedPair?
        /// For each auditor, the number of pairs reported.
        public var reports: [Int]
        /// The number of ordered pairs that some but not all auditors report.
        public var disputed: Int
        /// The number of ordered pairs.
        public var pairs: Int
    }

    /// The auditors.
    public var auditors: [Auditor]
    /// The share γ of the auditors that it takes to flag a pair.
    public var share: Double

    /// Creates a panel.
    public init(auditors: [Auditor], share: Double = 0.5) {
        precondition(!auditors.isEmpty, "a panel needs an auditor")
        precondition(share > 0 && share <= 1, "the share that flags a pair lies in (0, 1]")
        self.auditors = auditors
        self.share = share
    }

    /// Looks at a round.
    public func review(people: [[Double]], probabilities: [Double]) -> Review {
        precondition(people.count == probabilities.count, "a review needs a probability for every person")
        var review = Review(
            flagged: nil, reports: [Int](repeating: 0, count: auditors.count), disputed: 0,
            pairs: people.count * (people.count - 1))
        var worst = -Double.infinity
        for u in people.indices {
            for v in people.indices where v != u {
                var reporting = 0, excess = 0.0
                for (j, auditor) in auditors.enumerated() {
                    let bound = auditor.distance(people[u], people[v]) + auditor.alpha
                    let over = probabilities[u] - probabilities[v] - bound
                    excess += over
                    if over > 0 {
                        reporting += 1
                        review.reports[j] += 1
                    }
                }
                if reporting > 0 && reporting < auditors.count { review.disputed += 1 }
                if reporting > 0, Double(reporting) >= share * Double(auditors.count), excess > worst {
                    worst = excess
                    review.flagged = FlaggedPair(favoured: u, slighted: v)
                }
            }
        }
        return review
    }
}
