import Evaluation
import Foundation

/// Gives an interval that holds for every sample size and is short where contributions vary little.
///
/// Source: Maurer and Pontil, "Empirical Bernstein bounds and sample-variance penalization" (2009), theorem 4 on both
/// sides. For independent contributions in [a, b] with sample variance V and α = 1 − level,
///
///     μ̂ ± ( √(2 V ln(4/α) / n) + 7 (b − a) ln(4/α) / (3 (n − 1)) ).
///
/// It needs the range beforehand and rows that stand alone. `BettingInterval` promises the same and is shorter.
///
/// - Complexity: O(n).
///
/// ```swift
/// let clipped = try Contributions(values, range: 0...20)
/// print(try EmpiricalBernsteinInterval().interval(clipped, level: 0.95))
/// ```
public struct EmpiricalBernsteinInterval: ValueInterval, Hashable {
    public static let id = "empirical-bernstein"

    /// Creates the method.
    public init() {}

    public func interval(_ contributions: Contributions, level: Double) throws(BanditError) -> Interval {
        try IntervalCheck.level(level)
        let range = try contributions.needRange(Self.id)
        try contributions.needSingleRows(Self.id)
        try IntervalCheck.units(contributions)
        let n = Double(contributions.count)
        let evidence = log(4 / (1 - level))
        let error = contributions.standardError
        let half =
            error * (2 * evidence).squareRoot()
            + 7 * (range.upperBound - range.lowerBound) * evidence / (3 * (n - 1))
        return IntervalCheck.within(
            range, lower: contributions.mean - half, upper: contributions.mean + half, level: level)
    }
}
