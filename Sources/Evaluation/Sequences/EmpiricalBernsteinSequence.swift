import Foundation

/// Gives always-valid intervals for the mean of bounded values, exact from the first observation and short
/// where the values vary little.
///
/// Source: Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting" (2024), theorem
/// 2, the predictable plug-in. For values scaled to [0, 1], with stakes λₜ = min(√(2 ln(2/α) / (σ̂²ₜ₋₁ t ln(1
/// + t))), 1/2) fixed before each value is seen, the interval is
///
///     Σ λᵢXᵢ / Σ λᵢ ± (ln(2/α) + Σ 4(Xᵢ − μ̂ᵢ₋₁)² ψ(λᵢ)) / Σ λᵢ,  ψ(λ) = (−ln(1 − λ) − λ)/4,
///
/// intersected with all earlier ones.
///
/// - Complexity: O(1) for each observation, O(1) memory.
///
/// ```swift
/// var watch = try EmpiricalBernsteinSequence(bounds: 0...1)
/// try watch.add(0.7)
/// print(watch.interval)
/// ```
public struct EmpiricalBernsteinSequence: Sendable, Hashable, Codable {
    /// The smallest and largest possible value.
    public let bounds: ClosedRange<Double>
    /// The coverage over all looks together.
    public let level: Double
    /// The number of observations.
    public private(set) var count = 0
    private var stakes = 0.0
    private var staked = 0.0
    private var penalty = 0.0
    private var sum = 0.0
    private var squares = 0.0
    private var lower = 0.0
    private var upper = 1.0

    /// Creates a sequence without observations.
    ///
    /// - Throws: `EvaluationError.setting` for bounds without width or a level outside (0, 1).
    public init(bounds: ClosedRange<Double> = 0...1, level: Double = 0.95) throws(EvaluationError) {
        guard bounds.upperBound > bounds.lowerBound else {
            throw .setting(name: "bounds", value: bounds.lowerBound, rule: "the bounds differ")
        }
        guard level > 0, level < 1 else {
            throw .setting(name: "level", value: level, rule: "lies in (0, 1)")
        }
        self.bounds = bounds
        self.level = level
    }

    /// Adds an observation.
    ///
    /// - Throws: `EvaluationError.value` for a value outside the bounds.
    public mutating func add(_ value: Double) throws(EvaluationError) {
        guard bounds.contains(value) else {
            throw .value(row: count, value: value, rule: "the values lie in \(bounds)")
        }
        let x = (value - bounds.lowerBound) / (bounds.upperBound - bounds.lowerBound)
        let evidence = log(2 / (1 - level))
        let before = Double(count)
        let mean = (0.5 + sum) / (before + 1)
        let variance = (0.25 + squares) / (before + 1)
        count += 1
        let t = Double(count)
        let stake = min(0.5, (2 * evidence / (variance * t * log1p(t))).squareRoot())
        stakes += stake
        staked += stake * x
        penalty += (x - mean) * (x - mean) * (-log1p(-stake) - stake)
        sum += x
        let gap = x - (0.5 + sum) / (t + 1)
        squares += gap * gap
        let half = (evidence + penalty) / stakes
        lower = max(lower, staked / stakes - half)
        upper = min(upper, staked / stakes + half)
    }

    /// The interval now. Where the earlier intervals have no common point, which happens with probability 1 −
    /// level at most or when the mean drifts, the ends cross and the interval holds nothing.
    public var interval: Interval {
        let width = bounds.upperBound - bounds.lowerBound
        return Interval(
            lower: bounds.lowerBound + width * lower, upper: bounds.lowerBound + width * upper, level: level)
    }
}
