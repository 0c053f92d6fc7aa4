/// Values a policy of slates by the reward of each position, weighted by the actions shown down to it.
///
/// Source: McInerney, Brost, Chandar, Mehrotra and Carterette, "Counterfactual Evaluation of Slate Recommendations with
/// Sequential Reward Interactions" (2020).
///
///     V̂ = (1/n) Σᵢ Σₗ w₁…ₗ·rᵢₗ,   w₁…ₗ = π(a₁…aₗ|x) / π₀(a₁…aₗ|x)
///
/// Unbiased where people read from the top, so that the reward of a position depends on nothing below it. Lighter weights than
/// whole slates have, heaviest at the bottom.
///
/// - Complexity: O(n·L).
///
/// ```swift
/// let estimate = try RewardInteractionSlateIPS().estimate(slates)
/// ```
public struct RewardInteractionSlateIPS: SlateEstimator, Hashable {
    public static let id = "rips"

    /// Creates the estimator.
    public init() {}

    public func estimate(_ sample: SlateSample) throws(BanditError) -> ValueEstimate {
        ValueEstimate(Self.id, sample.sums { sample.target[$0] / sample.propensity[$0] * sample.reward[$0] })
    }
}
