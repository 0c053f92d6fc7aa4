import Kernels

/// Plays each arm as often as it is likely to be the best, given a linear model of rewards and a normal posterior of its weights.
///
/// Source: Agrawal and Goyal, "Thompson Sampling for Contextual Bandits with Linear Payoffs" (2013). With V = λI + Σ xxᵀ,
/// θ̂ = V⁻¹Σ x·r and the posterior θ ~ N(θ̂, v²V⁻¹),
///
///     p(a) = P( xₐᵀθₐ is the largest )
///
/// With `arms:features:` all arms see the same features x and each has weights of its own: the predictions are independent
/// normals N(xᵀθ̂ₐ, v²xᵀVₐ⁻¹x), and p is their integral, right to 10⁻⁹. With `armFeatures:` the weights are shared and predictions are
/// correlated: p are the shares of `draws` posterior draws in which an arm was the best, and the arm is drawn from these shares; what
/// is logged is the probability that was used. The frequentist regret is at most d^{3/2}√T up to logarithms for v of the order σ√(d log T);
/// v = σ, the noise of a reward, is the Bayesian choice and does better in practice.
///
/// Not for thousands of features, where V⁻¹ has no room.
///
/// - Complexity: O(K·d²) and about 60·K values of Φ for a choice with separate weights; O(d³ + draws·(d² + K·d)) with shared ones; O(d²)
///   for an outcome.
///
/// ```swift
/// var policy = LinearThompson(arms: 3, features: 2, exploration: 0.5)
/// let decision = policy.choose(BanditContext(features: [1, 0.3]))
/// print(decision.propensities)
/// policy.learn(decision, 1)
/// ```
public struct LinearThompson: ArmPolicy, Hashable {
    public static let id = "linear-thompson"

    public let arms: Int?
    /// The scale v of the posterior: the standard deviation of a reward around its mean.
    public let exploration: Double
    /// The posterior draws behind the propensities of arms with shared weights.
    public let draws: Int
    public var journal: Journal
    /// The models: one for each arm, or one for all.
    public private(set) var belief: LinearBelief

    /// Creates a policy with weights for each arm on the features of the occasion.
    ///
    /// - Parameters:
    ///   - arms: The number of arms.
    ///   - features: The dimension of the context's features; include a constant 1 for an intercept.
    ///   - exploration: The scale v of the posterior, at least 0; 1/2 is the largest noise of rewards in 0...1.
    ///   - lambda: The ridge λ.
    ///   - seed: The seed of the draws.
    public init(arms: Int, features: Int, exploration: Double = 0.5, lambda: Double = 1, seed: UInt64 = 1) {
        precondition(arms > 0, "a bandit needs at least one arm")
        precondition(exploration >= 0 && exploration.isFinite, "exploration is a scale of at least 0")
        self.arms = arms
        self.exploration = exploration
        draws = 0
        journal = Journal(seed: seed)
        belief = LinearBelief(models: arms, features: features, lambda: lambda)
    }

    /// Creates a policy with shared weights on the features of the arms.
    ///
    /// - Parameters:
    ///   - armFeatures: The dimension of the arms' features.
    ///   - exploration: The scale v of the posterior, at least 0; 1/2 is the largest noise of rewards in 0...1.
    ///   - lambda: The ridge λ.
    ///   - draws: The posterior draws behind the propensities.
    ///   - seed: The seed of the draws.
    public init(
        armFeatures: Int, exploration: Double = 0.5, lambda: Double = 1, draws: Int = 100, seed: UInt64 = 1
    ) {
        precondition(exploration >= 0 && exploration.isFinite, "exploration is a scale of at least 0")
        precondition(draws > 0, "propensities need at least one draw")
        arms = nil
        self.exploration = exploration
        self.draws = draws
        journal = Journal(seed: seed)
        belief = LinearBelief(features: armFeatures, lambda: lambda)
    }

    /// The predicted reward and the posterior standard deviation v√(xᵀV⁻¹x) of every arm.
    public func estimates(_ context: BanditContext) -> [LinearEstimate] {
        belief.estimates(context, shared: arms == nil, count: armCount(context), scale: exploration)
    }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        belief.thompson(
            context, shared: arms == nil, scale: exploration, draws: draws, into: &p, random: &random)
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        belief.learn(decision.context, decision.action, shared: arms == nil, outcome)
    }
}
