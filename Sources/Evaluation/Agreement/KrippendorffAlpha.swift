/// Measures how far any number of judges agree beyond chance, on any scale, whatever values are missing.
///
/// Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011). A unit u with mᵤ ≥ 2 values
/// adds 1/(mᵤ − 1) for each ordered pair of its values to the coincidence matrix o꜀ₖ. With n꜀ = Σₖ o꜀ₖ and n
/// = Σ n꜀,
///
///     α = 1 − Dₒ/Dₑ,  Dₒ = Σ o꜀ₖ δ²꜀ₖ / n,  Dₑ = Σ n꜀ nₖ δ²꜀ₖ / n(n − 1).
///
/// The metric δ² follows from the scale of measurement. The interval is a percentile bootstrap over units, or
/// over their clusters.
///
/// - Complexity: with V different values and E different coincidences in each cluster, O(E · replicates), and
///   O(V²) more for each replicate on a ratio scale; in parallel.
///
/// ```swift
/// let units = try ReliabilityUnits([[1, 1], [2, 3], [3, 3], [4, 4, 4]])
/// print(try KrippendorffAlpha(.ordinal).estimate(units).value as Any)
/// ```
public struct KrippendorffAlpha: Sendable, Hashable, Codable {
    /// The scale of measurement, which says how much two values differ.
    public enum Scale: String, Sendable, Hashable, Codable, CaseIterable {
        /// Names: δ² = [c ≠ k].
        case nominal
        /// Ranks: δ = n꜀/2 + the values strictly between c and k + nₖ/2.
        case ordinal
        /// Differences have meaning: δ = c − k.
        case interval
        /// Ratios have meaning, values are not negative: δ = (c − k)/(c + k).
        case ratio
    }

    /// The scale of measurement.
    public var scale: Scale
    /// The coverage of the interval.
    public var level: Double
    /// The draws behind the interval.
    public var bootstrap: ClusterBootstrap

    /// Creates the measure.
    public init(_ scale: Scale, level: Double = 0.95, bootstrap: ClusterBootstrap = .init()) {
        self.scale = scale
        self.level = level
        self.bootstrap = bootstrap
    }

    /// The agreement on these units.
    ///
    /// - Parameters:
    ///   - units: The values; units with fewer than two are left out.
    ///   - clusters: The cluster of each unit, numbered from 0; each on its own where `nil`.
    /// - Throws: `EvaluationError.lengths`, `.cluster`, or `.value` for a negative value on a ratio scale.
    public func estimate(
        _ units: ReliabilityUnits, clusters: [Int]? = nil
    ) throws(EvaluationError) -> AgreementEstimate {
        let groups = try Clusters(clusters, rows: units.count)
        if scale == .ratio {
            for unit in 0..<units.count {
                for value in units.values[units.range(unit)] where value < 0 {
                    throw .value(row: unit, value: value, rule: "a ratio scale has no negative values")
                }
            }
        }
        let table = Coincidences(units, groups)
        return try AgreementEstimate.measure(
            clusters: table.clusters, units: table.units, answers: table.answers, level: level,
            bootstrap: bootstrap
        ) { [scale] weights in
            table.disagreement(scale, weights)
        }
    }
}
