/// Values a policy of slates from the reward of whole slates, supposing that each action adds its share.
///
/// Source: Swaminathan, Krishnamurthy, Agarwal, Dudík, Langford, Jose and Zitouni, "Off-policy Evaluation for Slate
/// Recommendation" (2017).
///
///     V̂ = (1/n) Σᵢ (Σₗ rᵢₗ)·qᵀ Γ⁺ 1ₛ,   q = E_π[1ₛ|x],   Γ = E_π₀[1ₛ1ₛᵀ|x]
///
/// with 1ₛ the L·K indicators of which action stands at which position, and Γ⁺ the pseudo-inverse. Where π₀ fills positions
/// independently the weight is 1 + Σₗ (π(aₗ at l|x)/π₀(aₗ at l|x) − 1).
///
/// Unbiased where a slate's expected reward is a sum over positions of something about the action there, even if that cannot be
/// seen, and π₀ shows every action at every position where π would. Weights grow linearly, not exponentially, with the
/// length; they can be negative.
///
/// - Complexity: O(n·L); with moments O((L·K)³) once for each context.
///
/// ```swift
/// let moments = SlateMoments.uniformRankings(actions: 10, length: 3)
/// let estimator = try PseudoInverse(logging: [moments], target: [target])
/// print(try estimator.estimate(slates).value)
/// ```
public struct PseudoInverse: SlateEstimator, Hashable {
    public static let id = "pseudo-inverse"

    /// Γ⁺q for each context; empty where positions are filled independently.
    private let weights: [[Double]]

    /// Creates the estimator for a logging policy that fills positions independently of one another.
    ///
    /// It needs the probability of each action at its position in the sample.
    public init() { weights = [] }

    /// Creates the estimator for any logging policy.
    ///
    /// - Parameters:
    ///   - logging: The moments of the logging policy in each context.
    ///   - target: The moments of the policy to be valued in each context.
    /// - Throws: `BanditError.data` where the two differ in shape, or the logging policy never shows what the other does.
    public init(logging: [SlateMoments], target: [SlateMoments]) throws(BanditError) {
        guard !logging.isEmpty, logging.count == target.count else {
            throw .data("both policies need moments for each context")
        }
        var weights: [[Double]] = []
        for (context, (a, b)) in zip(logging, target).enumerated() {
            guard a.actionCount == b.actionCount, a.length == b.length else {
                throw .data("context \(context): the moments of the two policies differ in shape")
            }
            let weight = a.pseudoInverse(times: b.mean), back = a.times(weight)
            guard zip(back, b.mean).allSatisfy({ abs($0 - $1) < 1e-6 }) else {
                throw .data(
                    "context \(context): the policy shows actions at positions that the log cannot tell of")
            }
            weights.append(weight)
        }
        self.weights = weights
    }

    /// - Throws: `BanditError.data` where the sample lacks probabilities at positions or has a context without moments.
    public func estimate(_ sample: SlateSample) throws(BanditError) -> ValueEstimate {
        let rewards = sample.sums { sample.reward[$0] }
        guard !weights.isEmpty else {
            try sample.requirePositions(Self.id)
            let extra = sample.sums { sample.positionTarget[$0] / sample.positionPropensity[$0] - 1 }
            return ValueEstimate(Self.id, zip(rewards, extra).map { $0 * (1 + $1) })
        }
        let k = sample.actionCount, length = sample.length
        guard Int(sample.context.max() ?? 0) < weights.count, weights.allSatisfy({ $0.count == length * k })
        else { throw .data("the sample of slates has a context or a shape that the moments do not cover") }
        let weight = sample.sums { cell in
            let context = sample.context.isEmpty ? 0 : Int(sample.context[cell / length])
            return weights[context][cell % length * k + Int(sample.action[cell])]
        }
        return ValueEstimate(Self.id, zip(rewards, weight).map { $0 * $1 })
    }
}
