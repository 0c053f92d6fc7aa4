import Evaluation

/// How much a log has to say about a policy: the spread of its importance weights.
///
/// Source: Kong, "A note on importance sampling using standardized weights" (1992): the weighted log is worth about
/// (Σw)²/Σw² decisions made by the policy itself.
///
/// - Complexity: O(n).
///
/// ```swift
/// let weights = try WeightSummary(sample)
/// print(weights.effectiveSampleSize, weights.largestShare)
/// ```
public struct WeightSummary: Sendable, Hashable, Codable {
    /// The number of decisions n.
    public var count: Int
    /// (Σw)² / Σw²; 0 where all weights are 0.
    public var effectiveSampleSize: Double
    /// The effective sample size divided by n.
    public var effectiveShare: Double
    /// The largest weight.
    public var largest: Double
    /// The largest weight divided by the sum of all.
    public var largestShare: Double
    /// The mean weight, one for right propensities and full support.
    public var mean: Double
    /// The 99% interval of the mean weight, see `SkewCorrectedInterval`; `nil` for a single unit.
    public var meanInterval: Interval?
    /// The share of decisions with weight zero, that is with an action the policy never takes there.
    public var zeroShare: Double

    /// Sums up the weights of a sample.
    public init(_ sample: OffPolicySample) throws(BanditError) {
        let weights = (0..<sample.count).map { sample.weight($0) }
        var sum = 0.0
        var squares = 0.0
        for weight in weights {
            sum += weight
            squares += weight * weight
        }
        count = weights.count
        effectiveSampleSize = squares > 0 ? sum * sum / squares : 0
        effectiveShare = effectiveSampleSize / Double(count)
        largest = weights.max() ?? 0
        largestShare = sum > 0 ? largest / sum : 0
        mean = sum / Double(count)
        zeroShare = Double(weights.count { $0 == 0 }) / Double(count)
        let contributions = try Contributions(weights, unit: sample.unit)
        meanInterval =
            contributions.units > 1
            ? try SkewCorrectedInterval().interval(contributions, level: 0.99) : nil
    }
}
