import Kernels

/// Predicts every arm's reward by a linear regression and plays arms the less often the further they fall behind the best.
///
/// Source: Foster and Rakhlin, "Beyond UCB: Optimal and Efficient Contextual Bandits with Regression Oracles" (2020). With
/// predictions f̂(x, a) in the range of the rewards, b = argmax f̂ and gaps in units of that range,
///
///     p(a) = 1/(K + γₜ (f̂(x, b) − f̂(x, a)))   for a ≠ b,   p(b) = 1 − Σ p(a),   γₜ = γ √t.
///
/// The regression is `SparseRegression`: features may be sparse, unknown beforehand and of any scale. Every logged
/// decision teaches it, whoever made it, as long as rewards are linear in the features; where they are not and another policy
/// decided, `weighted` counts each by 1/propensity (at most 50). Regret grows like √(K T) times the regression's own.
///
/// With `arms` each arm has its own weights on the shared features; without, one set of weights scores arms by `armFeatures`.
///
/// - Complexity: O(features present × arms) for a choice, O(features present) for an outcome.
///
/// ```swift
/// var policy = SquareCB(arms: 10)
/// let decision = policy.choose(BanditContext(features: FeatureVector(indices: [3, 17], values: [1, 0.5])))
/// policy.learn(decision, 1)
/// ```
public struct SquareCB: ArmPolicy, Hashable {
    public static let id = "squarecb"

    public let arms: Int?
    /// How fast exploration ends: γₜ = γ √t.
    public let gamma: Double
    /// The smallest and the largest reward; predictions are kept within.
    public let range: ClosedRange<Double>
    /// Whether an outcome counts by 1/propensity.
    public let weighted: Bool
    /// The predictions.
    public private(set) var regression: SparseRegression
    public var journal: Journal

    /// The largest importance of one outcome.
    private static let largestWeight = 50.0

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - arms: The number of arms; `nil` to score them by their `armFeatures`.
    ///   - gamma: How fast exploration ends.
    ///   - range: The smallest and the largest reward.
    ///   - weighted: Whether an outcome counts by 1/propensity.
    ///   - eta: The learning rate of the regression.
    ///   - seed: The seed of the draws.
    public init(
        arms: Int?, gamma: Double = 10, range: ClosedRange<Double> = 0...1, weighted: Bool = false,
        eta: Double = 0.2,
        seed: UInt64 = 1
    ) {
        precondition(gamma >= 0, "gamma is not negative")
        precondition(range.lowerBound < range.upperBound, "the rewards need a range")
        self.arms = arms
        self.gamma = gamma
        self.range = range
        self.weighted = weighted
        regression = SparseRegression(arms: arms ?? 1, eta: eta)
        journal = Journal(seed: seed)
    }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let unit = 1 / (range.upperBound - range.lowerBound)
        let low = range.lowerBound
        let choices = context.choices(of: p.count)
        if arms == nil {
            for arm in choices { p[arm] = regression.predict(context.armFeatures[arm], arm: 0) }
        } else {
            regression.predict(context.features, into: &p)
        }
        for arm in choices { p[arm] = min(max((p[arm] - low) * unit, 0), 1) }
        InverseGap.squareCB(gamma: gamma * regression.examples.squareRoot(), choices: choices, replacing: &p)
        if choices.count < p.count {
            let chosen = choices.map { p[$0] }
            for arm in p.indices { p[arm] = 0 }
            for (arm, probability) in zip(choices, chosen) { p[arm] = probability }
        }
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        let importance = weighted ? min(1 / decision.propensity, Self.largestWeight) : 1
        if arms == nil {
            regression.learn(
                decision.context.armFeatures[decision.action], arm: 0, outcome, importance: importance)
        } else {
            regression.learn(decision.context.features, arm: decision.action, outcome, importance: importance)
        }
    }
}
