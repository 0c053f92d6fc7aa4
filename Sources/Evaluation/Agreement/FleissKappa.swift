/// Measures how far a fixed number of judges per unit agree on named categories beyond chance.
///
/// Source: Fleiss, "Measuring nominal scale agreement among many raters" (1971). With nᵢⱼ of n judges putting
/// unit i of N in category j: Pᵢ = Σⱼ nᵢⱼ(nᵢⱼ − 1) / n(n − 1), pⱼ = Σᵢ nᵢⱼ / Nn and
/// κ = (P̄ − Σⱼ pⱼ²) / (1 − Σⱼ pⱼ²). The judges need not be the same ones for every unit. The interval is a
/// percentile bootstrap over units, or over their clusters.
///
/// - Complexity: O(N · categories · replicates), in parallel.
///
/// ```swift
/// let kappa = try FleissKappa().estimate(counts: [[3, 0], [0, 3], [2, 1]])
/// print(kappa.value as Any)   // 0.55
/// ```
public struct FleissKappa: Sendable, Hashable, Codable {
    /// The coverage of the interval.
    public var level: Double
    /// The draws behind the interval.
    public var bootstrap: ClusterBootstrap

    /// Creates the measure.
    public init(level: Double = 0.95, bootstrap: ClusterBootstrap = .init()) {
        self.level = level
        self.bootstrap = bootstrap
    }

    /// The agreement on units that all have the same number of answers.
    ///
    /// - Parameters:
    ///   - counts: For each unit, the number of answers in each category.
    ///   - clusters: The cluster of each unit, numbered from 0; each on its own where `nil`.
    /// - Throws: `EvaluationError.lengths` where units differ in categories or in answers, `.value` for a
    ///   negative count, `.cluster` for a bad cluster.
    public func estimate(
        counts: [[Int]], clusters: [Int]? = nil
    ) throws(EvaluationError) -> AgreementEstimate {
        let groups = try Clusters(clusters, rows: counts.count)
        let categories = counts.first?.count ?? 0
        let judges = counts.first?.reduce(0, +) ?? 0
        for (row, unit) in counts.enumerated() {
            if unit.count != categories { throw .lengths(expected: categories, found: unit.count) }
            if let bad = unit.first(where: { $0 < 0 }) {
                throw .value(row: row, value: Double(bad), rule: "a count is not negative")
            }
            let found = unit.reduce(0, +)
            if found != judges { throw .lengths(expected: judges, found: found) }
        }
        guard judges > 1 else { return AgreementEstimate(units: 0, answers: 0, certificate: .noPairs) }
        let pairs = Double(judges * (judges - 1))
        return try AgreementEstimate.measure(
            clusters: groups.count, units: counts.count, answers: counts.count * judges, level: level,
            bootstrap: bootstrap
        ) { drawn in
            var units = 0.0
            var agreeing = 0.0
            var totals = [Double](repeating: 0, count: categories)
            for (row, unit) in counts.enumerated() {
                let weight = drawn[groups[row]]
                if weight == 0 { continue }
                units += weight
                for (category, n) in unit.enumerated() {
                    agreeing += weight * Double(n * (n - 1)) / pairs
                    totals[category] += weight * Double(n)
                }
            }
            guard units > 0 else { return nil }
            let answers = units * Double(judges)
            let chance = totals.reduce(0) { $0 + $1 / answers * ($1 / answers) }
            return (1 - agreeing / units, chance >= 1 - 1e-15 ? 0 : 1 - chance)
        }
    }
}
