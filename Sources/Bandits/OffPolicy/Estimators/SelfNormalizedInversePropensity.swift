/// Values a policy by the average of the logged rewards under its weights.
///
/// Source: Hesterberg, "Weighted Average Importance Sampling and Defensive Mixture Distributions" (1995); for policies
/// Swaminathan and Joachims, "The Self-Normalized Estimator for Counterfactual Learning" (2015).
///
///     V̂ = Σᵢ wᵢ·rᵢ / Σᵢ wᵢ,   wᵢ = π(aᵢ|xᵢ) / π₀(aᵢ|xᵢ)
///
/// Always between the smallest and the largest reward, follows a shift of all rewards, and often far less variable than
/// inverse propensity scoring; its bias is of order 1/n. Row i contributes V̂ + wᵢ(rᵢ − V̂)/w̄, the linearised ratio, so that
/// the standard error of the contributions' mean is the estimate's.
///
/// - Complexity: O(n).
///
/// ```swift
/// let estimate = try SelfNormalizedInversePropensity().estimate(sample)
/// print(estimate.value)
/// ```
public struct SelfNormalizedInversePropensity: ValueEstimator, Hashable {
    public static let id = "snips"
    public static let needsPredictions = false

    /// Creates the estimator.
    public init() {}

    /// - Throws: `BanditError.data` where all weights are zero.
    public func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        var (ratio, rows) = try sample.selfNormalized(Self.id, sample.reward)
        for i in rows.indices { rows[i] += ratio }
        return ValueEstimate(estimator: Self.id, value: ratio, contributions: rows)
    }
}
