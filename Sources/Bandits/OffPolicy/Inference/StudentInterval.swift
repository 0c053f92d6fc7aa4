import Evaluation
import Kernels

/// Gives the textbook interval: the mean and its standard error, clustered by unit.
///
/// Source: Student, "The probable error of a mean" (1908); clustered as in Liang and Zeger, "Longitudinal data analysis
/// using generalized linear models" (1986). With the deviations eᵤ of G units, see `Contributions`,
///
///     μ̂ ± t_{G−1}((1 + level)/2) · √(Σ eᵤ² / (G (G − 1))).
///
/// The promise is asymptotic. Contributions with importance weights are skewed, and then it misses too often, nearly
/// always on one side: for a rare reward and weights up to 25 the 95% interval of 1,000 decisions held the truth in 87
/// of 100 logs. `SkewCorrectedInterval` is made for that.
///
/// - Complexity: O(n).
///
/// ```swift
/// let interval = try StudentInterval().interval(contributions, level: 0.95)
/// ```
public struct StudentInterval: ValueInterval, Hashable {
    public static let id = "student"

    /// Creates the method.
    public init() {}

    public func interval(_ contributions: Contributions, level: Double) throws(BanditError) -> Interval {
        try IntervalCheck.level(level)
        try IntervalCheck.units(contributions)
        let t = Special.studentQuantile((1 + level) / 2, df: Double(contributions.units - 1))
        let half = t * contributions.standardError
        return IntervalCheck.within(
            contributions.range, lower: contributions.mean - half, upper: contributions.mean + half,
            level: level)
    }
}
