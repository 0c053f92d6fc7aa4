/// Values a policy of slates by the logged rewards, weighted by how much more often it would show the whole slate.
///
/// Source: Strehl, Langford, Li and Kakade, "Learning from Logged Implicit Exploration Data" (2010), with a slate as the action;
/// named so by McInerney et al., "Counterfactual Evaluation of Slate Recommendations with Sequential Reward Interactions" (2020).
///
///     V̂ = (1/n) Σᵢ w(sᵢ)·Σₗ rᵢₗ,   w(s) = π(s|x) / π₀(s|x)
///
/// Unbiased whatever people do with a list; weights grow exponentially with its length.
///
/// - Complexity: O(n·L).
///
/// ```swift
/// let estimate = try StandardSlateIPS().estimate(slates)
/// ```
public struct StandardSlateIPS: SlateEstimator, Hashable {
    public static let id = "sips"

    /// Creates the estimator.
    public init() {}

    public func estimate(_ sample: SlateSample) throws(BanditError) -> ValueEstimate {
        let rows = sample.sums { sample.reward[$0] }
        return ValueEstimate(
            Self.id,
            rows.indices.map { slate in
                let last = (slate + 1) * sample.length - 1
                return sample.target[last] / sample.propensity[last] * rows[slate]
            })
    }
}
