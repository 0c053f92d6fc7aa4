/// Values a policy by a reward model, and corrects the model by the weighted rewards it missed.
///
/// Source: Dudík, Langford and Li, "Doubly Robust Policy Evaluation and Learning" (2011).
///
///     V̂ = (1/n) Σᵢ { Σₐ π(a|xᵢ)·q̂(xᵢ, a) + wᵢ·(rᵢ − q̂(xᵢ, aᵢ)) },   wᵢ = π(aᵢ|xᵢ) / π₀(aᵢ|xᵢ)
///
/// Unbiased when the propensities are right or the model is, given that no row's own reward went into its prediction
/// (``RewardModel`` fits across folds). Its variance grows with E[w²(r − q̂)²]: a good model makes it small, and
/// no model saves it from very heavy weights, for which ``SwitchDoublyRobust`` and ``OptimisticShrinkage`` are meant.
///
/// - Complexity: O(n·K).
///
/// ```swift
/// sample.predicted = try RewardModel().crossFitted(sample, features: features)
/// print(try DoublyRobust().estimate(sample).value)
/// ```
public struct DoublyRobust: ValueEstimator, Hashable {
    public static let id = "dr"
    public static let needsPredictions = true

    /// Creates the estimator.
    public init() {}

    public func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        ValueEstimate(Self.id, try sample.corrected(Self.id) { $0 })
    }
}
