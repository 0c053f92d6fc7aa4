import Evaluation
import Foundation

/// Gives an interval that holds for every sample size, from nothing but the range of the contributions.
///
/// Source: Hoeffding, "Probability inequalities for sums of bounded random variables" (1963). For contributions in [a,
/// b], such as clipped weights times rewards, and units of mᵤ rows among n,
///
///     μ̂ ± (b − a)/n · √(Σ mᵤ² · ln(2/α) / 2),   α = 1 − level.
///
/// It is wide: it asks nothing of the spread. `EmpiricalBernsteinInterval` and `BettingInterval` are shorter where
/// contributions vary less than their range allows. For clipped weights the interval is for the mean of the clipped
/// contributions.
///
/// - Complexity: O(n).
///
/// ```swift
/// let clipped = try Contributions(values, range: 0...20)
/// print(try HoeffdingInterval().interval(clipped, level: 0.95))
/// ```
public struct HoeffdingInterval: ValueInterval, Hashable {
    public static let id = "hoeffding"

    /// Creates the method.
    public init() {}

    public func interval(_ contributions: Contributions, level: Double) throws(BanditError) -> Interval {
        try IntervalCheck.level(level)
        let range = try contributions.needRange(Self.id)
        let squares = contributions.unitSizes.reduce(0.0) { $0 + Double($1) * Double($1) }
        let half =
            (range.upperBound - range.lowerBound) / Double(contributions.count)
            * (squares * log(2 / (1 - level)) / 2).squareRoot()
        return IntervalCheck.within(
            range, lower: contributions.mean - half, upper: contributions.mean + half, level: level)
    }
}
