import Evaluation
import Foundation
import Kernels

/// Gives an interval that keeps its promise for skewed contributions, as importance weights make them.
///
/// Sources: Hall, "On the removal of skewness by transformation" (1992); degrees of freedom by matching the variance of
/// the variance, as Satterthwaite, "An approximate distribution of estimates of variance components" (1946). With the
/// deviations eᵤ of G units, s² = Σ eᵤ²/(G − 1), the skewness γ and the kurtosis κ of eᵤ, the statistic T = (μ̂ − μ)/s
/// is made symmetric by
///
///     g(T) = T + γT²/3 + γ²T³/27 + γ/(6G),   g⁻¹(y) = (3/γ) · (∛(1 + γ(y − γ/(6G))) − 1),
///
/// and the interval is [μ̂ − s g⁻¹(t/√G), μ̂ − s g⁻¹(−t/√G)], with Student's t of ν = min(G − 1, max(2, 2G/(κ − 1)))
/// degrees of freedom: s² from a few large contributions is as uncertain as from a small sample, and ν says of how
/// small a one. For symmetric contributions without heavy tails it is Student's interval but for small terms.
///
/// The promise is asymptotic, of second order. It needs logs in which the large contributions are seen at all: where
/// they are so rare that many logs have none (a reward in 8% of rows, weights up to 80), it too falls short, to about
/// 90%. Then only a known range helps, see `BettingInterval`. The ends are not symmetric around the estimate, and that
/// is the point.
///
/// - Complexity: O(n).
///
/// ```swift
/// let gain = try Contributions.difference(estimate, sample)
/// print(try SkewCorrectedInterval().interval(gain, level: 0.95))
/// ```
public struct SkewCorrectedInterval: ValueInterval, Hashable {
    public static let id = "skew"

    /// Creates the method.
    public init() {}

    public func interval(_ contributions: Contributions, level: Double) throws(BanditError) -> Interval {
        try IntervalCheck.level(level)
        try IntervalCheck.units(contributions)
        let mean = contributions.mean
        let count = Double(contributions.units)
        var squares = 0.0
        var cubes = 0.0
        var fourths = 0.0
        for e in contributions.deviations {
            let square = e * e
            squares += square
            cubes += square * e
            fourths += square * square
        }
        guard squares > 0 else { return Interval(lower: mean, upper: mean, level: level) }
        let spread = (squares / (count - 1)).squareRoot()
        let skewness = cubes / count / (spread * spread * spread)
        let excess = count * fourths / (squares * squares) - 1
        let freedom = min(count - 1, max(2, 2 * count / max(excess, 1e-12)))
        let t = Special.studentQuantile((1 + level) / 2, df: freedom) / count.squareRoot()
        let back = { (y: Double) -> Double in
            guard abs(skewness) > 1e-8 else { return y }
            return 3 / skewness * (cbrt(1 + skewness * (y - skewness / (6 * count))) - 1)
        }
        return IntervalCheck.within(
            contributions.range, lower: mean - spread * back(t), upper: mean - spread * back(-t), level: level
        )
    }
}
