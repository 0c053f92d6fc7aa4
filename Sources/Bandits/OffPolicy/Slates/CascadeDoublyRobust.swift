/// Values a policy of slates by a model of what is earned from each position on, corrected from the top down.
///
/// Source: Kiyohara, Saito, Matsuhiro, Narita, Shimizu and Yamamoto, "Doubly Robust Off-Policy Evaluation for Ranking Policies
/// under the Cascade Behavior Model" (2022).
///
///     V̂ = (1/n) Σᵢ Σₗ { w₁…ₗ·(rₗ − Q̂ₗ(aₗ)) + w₁…ₗ₋₁·Σₐ π(a|x, a₁…aₗ₋₁)·Q̂ₗ(a) },   w₁…ₗ = π(a₁…aₗ|x) / π₀(a₁…aₗ|x)
///
/// with Q̂ₗ(a) the predicted sum of rewards from position l on when a is shown there after the logged a₁…aₗ₋₁ and π goes on.
/// Unbiased where the reward of a position depends on nothing below it, whatever Q̂ is; with a fair Q̂ less variable than
/// ``RewardInteractionSlateIPS``, which is Q̂ = 0.
///
/// - Complexity: O(n·L·K).
///
/// ```swift
/// let estimate = try CascadeDoublyRobust().estimate(slates)
/// ```
public struct CascadeDoublyRobust: SlateEstimator, Hashable {
    public static let id = "cascade-dr"

    /// Creates the estimator.
    public init() {}

    /// - Throws: `BanditError.data` where the sample has no predictions or no choices of the policy to be valued.
    public func estimate(_ sample: SlateSample) throws(BanditError) -> ValueEstimate {
        guard !sample.predicted.isEmpty, !sample.choice.isEmpty else {
            throw .data(
                "\(Self.id) needs the expected reward and the policy's probability of each action at each position"
            )
        }
        let k = sample.actionCount
        return ValueEstimate(
            Self.id,
            sample.sums { cell in
                let above =
                    cell % sample.length == 0 ? 1 : sample.target[cell - 1] / sample.propensity[cell - 1]
                let weight = sample.target[cell] / sample.propensity[cell], first = cell * k
                var expected = 0.0
                for a in first..<first + k { expected += sample.choice[a] * sample.predicted[a] }
                let missed = sample.reward[cell] - sample.predicted[first + Int(sample.action[cell])]
                return weight * missed + above * expected
            })
    }
}
