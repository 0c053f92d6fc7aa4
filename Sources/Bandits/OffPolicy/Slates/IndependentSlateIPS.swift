/// Values a policy of slates by the reward of each position, weighted by the action shown there alone.
///
/// Source: Li, Abbasi-Yadkori, Kveton, Muthukrishnan, Vinay and Wen, "Offline Evaluation of Ranking Policies with Click
/// Models" (2018), the item-position model.
///
///     V̂ = (1/n) Σᵢ Σₗ wₗ·rᵢₗ,   wₗ = π(aₗ at l|x) / π₀(aₗ at l|x)
///
/// Unbiased where the reward of a position depends on its own action only; biased where the actions above or below matter.
///
/// - Complexity: O(n·L).
///
/// ```swift
/// let estimate = try IndependentSlateIPS().estimate(slates)
/// ```
public struct IndependentSlateIPS: SlateEstimator, Hashable {
    public static let id = "iips"

    /// Creates the estimator.
    public init() {}

    /// - Throws: `BanditError.data` where the sample has no probabilities of actions at their positions.
    public func estimate(_ sample: SlateSample) throws(BanditError) -> ValueEstimate {
        try sample.requirePositions(Self.id)
        return ValueEstimate(
            Self.id,
            sample.sums { sample.positionTarget[$0] / sample.positionPropensity[$0] * sample.reward[$0] })
    }
}
