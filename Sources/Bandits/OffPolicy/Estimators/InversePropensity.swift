/// Values a policy by the logged rewards, each weighted by how much more often the policy would have earned it.
///
/// Source: Horvitz and Thompson, "A Generalization of Sampling Without Replacement from a Finite Universe" (1952); for
/// policies Strehl, Langford, Li and Kakade, "Learning from Logged Implicit Exploration Data" (2010).
///
///     V̂ = (1/n) Σᵢ wᵢ·rᵢ,   wᵢ = π(aᵢ|xᵢ) / π₀(aᵢ|xᵢ)
///
/// with π the policy to be valued and π₀ the one that logged. Unbiased when the propensities are right and π₀ gives a chance
/// to every action that π would take. Its variance grows like E[w²r²], so a few heavy weights can carry all of it.
///
/// - Complexity: O(n).
///
/// ```swift
/// let estimate = try InversePropensity().estimate(sample)
/// print(estimate.value)
/// ```
public struct InversePropensity: ValueEstimator, Hashable {
    public static let id = "ips"
    public static let needsPredictions = false

    /// Creates the estimator.
    public init() {}

    public func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        ValueEstimate(Self.id, sample.weighted { $0 })
    }
}
