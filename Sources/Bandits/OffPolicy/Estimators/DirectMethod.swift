/// Values a policy by what a reward model predicts for its actions.
///
/// Source: Beygelzimer and Langford, "The Offset Tree for Learning with Partial Labels" (2009), and Dudík, Langford and Li,
/// "Doubly Robust Policy Evaluation and Learning" (2011), where it is called the direct method.
///
///     V̂ = (1/n) Σᵢ Σₐ π(a|xᵢ)·q̂(xᵢ, a)
///
/// with π the policy to be valued and q̂ the predicted reward. Its variance is small and its bias is the model's, which no
/// amount of logged data removes and no interval shows: use it to compare with, not to decide by.
///
/// - Complexity: O(n·K).
///
/// ```swift
/// sample.predicted = try RewardModel().crossFitted(sample, features: features)
/// print(try DirectMethod().estimate(sample).value)
/// ```
public struct DirectMethod: ValueEstimator, Hashable {
    public static let id = "dm"
    public static let needsPredictions = true

    /// Creates the estimator.
    public init() {}

    public func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        ValueEstimate(Self.id, try sample.modelValues(Self.id))
    }
}
