import Kernels

/// Values a policy by the doubly robust estimate with the reward model that makes its variance small.
///
/// Source: Farajtabar, Chow and Ghavamzadeh, "More Robust Doubly Robust Off-policy Evaluation" (2018).
///
///     q̂ = argmin Σᵢ wᵢ²·(1 − π₀(aᵢ|xᵢ))·(rᵢ − q(xᵢ, aᵢ))²,   then V̂ as in ``DoublyRobust``
///
/// A model of too few features cannot be right everywhere; these weights, the diagonal of the estimate's variance as a
/// quadratic form in q, say where it matters. For a policy that always takes one action they are (1 − π₀)/π₀² on the rows that took
/// it, as in the paper. Each fold's rows are predicted by a model of the others. With a right model it gains nothing over
/// ``DoublyRobust`` and may lose, since the weights throw data away.
///
/// - Complexity: the model's, and O(n·K).
///
/// ```swift
/// let estimate = try MoreRobustDoublyRobust(features: features).estimate(sample)
/// ```
public struct MoreRobustDoublyRobust: ValueEstimator, Hashable {
    public static let id = "mrdr"
    public static let needsPredictions = false

    /// The features of each row.
    public let features: SparseRows
    /// The kind of model; how it weights rows plays no part.
    public let model: RewardModel

    /// Creates the estimator.
    ///
    /// - Parameters:
    ///   - features: The features of each row of the sample.
    ///   - model: The kind of model to fit.
    public init(features: SparseRows, model: RewardModel = RewardModel()) {
        self.features = features
        var model = model
        model.weighting = .moreRobust
        self.model = model
    }

    public func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        var fitted = sample
        fitted.predicted = try model.crossFitted(sample, features: features)
        return ValueEstimate(Self.id, try fitted.corrected(Self.id) { $0 })
    }
}
