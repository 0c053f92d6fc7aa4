/// How good reviewers, judge and filter are, as far as they can be told from each other.
///
/// ```swift
/// let audit = CritiqueAudit(reviews.map(\.merged), agents: names)
/// print(audit.agents.map { ($0.name, $0.precision, $0.recall) })
/// ```
public struct CritiqueAudit: Sendable, Hashable, Codable {
    /// One reviewer against what was merged.
    public struct Agent: Sendable, Hashable, Codable {
        /// Who.
        public var name: String
        /// How many units.
        public var units: Int
        /// The share of the units that were accepted; not a number without units.
        public var precision: Double
        /// The share of the merged units that the reviewer found; not a number where there are none.
        public var recall: Double
    }

    /// The reviewers.
    public let agents: [Agent]
    /// The share of repeated grades that were the same; nil without repeats.
    public let selfAgreement: Double?
    /// The share of pairs that the revisions spoke against; nil without readings.
    public let rejected: Double?

    /// Takes stock.
    ///
    /// - Parameters:
    ///   - agents: who reviewed.
    ///   - repeats: for some of the merged critiques, by place, a second grading of the same units by the same judge.
    ///   - readings: of the pairs that went through the filter.
    /// - Precondition: a second grading is of the same units.
    public init(
        _ merged: [MergedCritique], agents names: [String], repeats: [Int: [GradedUnit]] = [:],
        readings: [RevisionFilter.Reading] = []
    ) {
        agents = names.map { name in
            var (units, accepted, found, all) = (0, 0, 0, 0)
            for critique in merged {
                let own = critique.graded.filter { $0.unit.agent == name }
                let said = Set(own.compactMap { $0.accepted?.place })
                units += own.count
                accepted += own.count { $0.accepted != nil }
                found += critique.units.count { said.contains($0.place) }
                all += critique.units.count
            }
            return Agent(
                name: name, units: units, precision: Double(accepted) / Double(units),
                recall: Double(found) / Double(all))
        }
        var (same, again) = (0, 0)
        for (place, second) in repeats {
            let first = merged[place].graded
            precondition(first.map(\.unit) == second.map(\.unit), "the second grading is of the same units")
            same += zip(first, second).count { $0.grade == $1.grade }
            again += first.count
        }
        selfAgreement = again > 0 ? Double(same) / Double(again) : nil
        rejected = readings.isEmpty ? nil : Double(readings.count { !$0.keeps }) / Double(readings.count)
    }
}
