/// Values a policy by a reward model, corrected by the weighted average of what the model missed.
///
/// Source: Thomas and Brunskill, "Data-Efficient Off-Policy Policy Evaluation for Reinforcement Learning" (2016), where it is
/// the weighted doubly robust estimator, for one step.
///
///     V̂ = (1/n) Σᵢ Σₐ π(a|xᵢ)·q̂(xᵢ, a) + Σᵢ wᵢ·(rᵢ − q̂(xᵢ, aᵢ)) / Σᵢ wᵢ,   wᵢ = π(aᵢ|xᵢ) / π₀(aᵢ|xᵢ)
///
/// Bounded where the rewards and predictions are; its bias is of order 1/n. The correction C enters the contributions
/// linearised, as C + wᵢ(rᵢ − q̂ᵢ − C)/w̄.
///
/// - Complexity: O(n·K).
///
/// ```swift
/// let estimate = try SelfNormalizedDoublyRobust().estimate(sample)
/// ```
public struct SelfNormalizedDoublyRobust: ValueEstimator, Hashable {
    public static let id = "sndr"
    public static let needsPredictions = true

    /// Creates the estimator.
    public init() {}

    /// - Throws: `BanditError.data` where all weights are zero or there are no predictions.
    public func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        var rows = try sample.modelValues(Self.id)
        let (correction, influence) = try sample.selfNormalized(Self.id, sample.residuals())
        for i in rows.indices { rows[i] += correction + influence[i] }
        return ValueEstimate(Self.id, rows)
    }
}
