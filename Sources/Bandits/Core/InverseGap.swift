/// Probabilities that fall with the distance from the best prediction: inverse-gap weighting.
///
/// Source: Foster and Rakhlin, "Beyond UCB: Optimal and Efficient Contextual Bandits with Regression Oracles" (2020), the first
/// form; Foster and Krishnamurthy, "Efficient First-Order Contextual Bandits: Prediction, Allocation, and Triangular
/// Discrimination" (2021), the second. K arms can be chosen and b is the one that is predicted best, the first of several.
public enum InverseGap {
    /// Writes SquareCB's probabilities of predicted rewards f.
    ///
    ///     p(a) = 1/(K + γ·(f(b) − f(a)))  for a ≠ b,   p(b) = 1 − Σ p(a)
    ///
    /// γ = 0 is the uniform law, γ = ∞ leaves nothing but b and what ties with it. No arm with a gap of at most 1 has less
    /// than 1/(K + γ).
    ///
    /// - Parameters:
    ///   - scores: A predicted reward for each arm.
    ///   - gamma: How much a gap counts, at least 0.
    ///   - choices: The arms that can be chosen.
    ///   - p: Where the probabilities go; other arms are left as they are.
    /// - Complexity: O(K).
    @inlinable
    public static func squareCB(
        _ scores: [Double], gamma: Double, choices: ArmChoices, into p: inout [Double]
    ) {
        var best = choices[0]
        for arm in choices where scores[arm] > scores[best] { best = arm }
        let count = Double(choices.count)
        var left = 1.0
        for arm in choices where arm != best {
            let gap = scores[best] - scores[arm]
            p[arm] = gap > 0 ? 1 / (count + gamma * gap) : 1 / count
            left -= p[arm]
        }
        p[best] = left
    }

    /// Writes FastCB's probabilities of predicted losses l, which explore less the smaller the best loss is.
    ///
    ///     p(a) = l(b)/(K·l(b) + γ·(l(a) − l(b)))  for a ≠ b,   p(b) = 1 − Σ p(a)
    ///
    /// An arm that ties with b has 1/K, also where both losses are 0.
    ///
    /// - Parameters:
    ///   - losses: A predicted loss for each arm, none negative.
    ///   - gamma: How much a gap counts, at least 0.
    ///   - choices: The arms that can be chosen.
    ///   - p: Where the probabilities go; other arms are left as they are.
    /// - Complexity: O(K).
    @inlinable
    public static func fastCB(
        losses: [Double], gamma: Double, choices: ArmChoices, into p: inout [Double]
    ) {
        var best = choices[0]
        for arm in choices where losses[arm] < losses[best] { best = arm }
        let count = Double(choices.count), least = losses[best]
        var left = 1.0
        for arm in choices where arm != best {
            let weighted = gamma * (losses[arm] - least)
            p[arm] = weighted > 0 ? least / (count * least + weighted) : 1 / count
            left -= p[arm]
        }
        p[best] = left
    }
}
