import Foundation

/// Gives always-valid intervals for the mean of bounded values, exact for every sample size and simple to
/// check.
///
/// Sources: Robbins, "Statistical methods related to the law of the iterated logarithm" (1970); Howard,
/// Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences" (2021).
/// Values in [a, b] are sub-Gaussian with σ = (b − a)/2, so that σ times the normal-mixture boundary of
/// `ConfidenceSequence` holds without any limit theorem. It does not shrink for values that vary little;
/// where they do, `EmpiricalBernsteinSequence` is shorter.
///
/// - Complexity: O(1) for each observation, O(1) memory.
///
/// ```swift
/// var watch = try HoeffdingSequence(bounds: 0...1, tunedFor: 500)
/// try watch.add(1)
/// print(watch.interval)
/// ```
public struct HoeffdingSequence: Sendable, Hashable, Codable {
    /// The smallest and largest possible value.
    public let bounds: ClosedRange<Double>
    private var boundary: ConfidenceSequence

    /// Creates a sequence without observations.
    ///
    /// - Throws: `EvaluationError.setting` for bounds without width, or as `ConfidenceSequence`.
    public init(
        bounds: ClosedRange<Double> = 0...1, level: Double = 0.95, tunedFor: Double
    ) throws(EvaluationError) {
        guard bounds.upperBound > bounds.lowerBound else {
            throw .setting(name: "bounds", value: bounds.lowerBound, rule: "the bounds differ")
        }
        self.bounds = bounds
        boundary = try ConfidenceSequence(level: level, tunedFor: tunedFor)
    }

    /// The number of observations.
    public var count: Int { boundary.count }

    /// Adds an observation.
    ///
    /// - Throws: `EvaluationError.value` for a value outside the bounds.
    public mutating func add(_ value: Double) throws(EvaluationError) {
        guard bounds.contains(value) else {
            throw .value(row: count, value: value, rule: "the values lie in \(bounds)")
        }
        boundary.add(value)
    }

    /// The interval now; the bounds themselves before the first observation.
    public var interval: Interval {
        let (low, high) = (bounds.lowerBound, bounds.upperBound)
        let n = Double(count)
        guard n > 0 else { return Interval(lower: low, upper: high, level: boundary.level) }
        let half = (high - low) / 2 * boundary.widthFactor(n) / n.squareRoot()
        return Interval(
            lower: max(low, boundary.mean - half), upper: min(high, boundary.mean + half),
            level: boundary.level)
    }
}
