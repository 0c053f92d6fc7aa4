import Kernels

/// Plays the arm whose reward could be highest, given a linear model of rewards and how sure it is of it.
///
/// Source: Li, Chu, Langford and Schapire, "A Contextual-Bandit Approach to Personalized News Article Recommendation" (2010),
/// LinUCB with disjoint models; Abbasi-Yadkori, Pál and Szepesvári, "Improved Algorithms for Linear Stochastic Bandits" (2011) for
/// shared weights. With V = λI + Σ xxᵀ and θ̂ = V⁻¹Σ x·r over past outcomes,
///
///     a = argmax  xₐᵀθ̂ₐ + α·√(xₐᵀVₐ⁻¹xₐ)
///
/// With `arms:features:` all arms see the same features x of the occasion and each has its own θ̂ₐ and Vₐ. With `armFeatures:` an arm is
/// its features xₐ, new ones in every context if need be, and there is one θ̂ and one V. Arms that tie share
/// the choice; everything else is certain, so that most propensities are 0 or 1. Regret grows like d√T up to logarithms if rewards
/// are linear in the features and α is of the order σ√(d log T), σ the noise of a reward; smaller α is usual.
///
/// Not for logs that are to be evaluated with other policies (nothing but the best arm is ever tried: take `LinearThompson`), nor
/// for thousands of features, where V⁻¹ has no room.
///
/// - Complexity: O(K·d²) for a choice, O(d²) for an outcome; memory O(K·d²), or O(d²) with shared weights.
///
/// ```swift
/// var policy = LinUCB(arms: 3, features: 2, exploration: 0.5)
/// let decision = policy.choose(BanditContext(features: [1, 0.3]))
/// policy.learn(decision, 1)
/// print(policy.estimates(decision.context))
/// ```
public struct LinUCB: ArmPolicy, Hashable {
    public static let id = "linucb"

    public let arms: Int?
    /// The scale α of the bonus, in units of the reward.
    public let exploration: Double
    public var journal: Journal
    /// The models: one for each arm, or one for all.
    public private(set) var belief: LinearBelief

    /// Creates a policy with weights for each arm on the features of the occasion.
    ///
    /// - Parameters:
    ///   - arms: The number of arms.
    ///   - features: The dimension of the context's features; include a constant 1 for an intercept.
    ///   - exploration: The scale α of the bonus, at least 0.
    ///   - lambda: The ridge λ.
    ///   - seed: The seed that breaks ties.
    public init(arms: Int, features: Int, exploration: Double = 1, lambda: Double = 1, seed: UInt64 = 1) {
        precondition(arms > 0, "a bandit needs at least one arm")
        self.init(
            arms: arms, belief: LinearBelief(models: arms, features: features, lambda: lambda), exploration,
            seed)
    }

    /// Creates a policy with shared weights on the features of the arms.
    ///
    /// - Parameters:
    ///   - armFeatures: The dimension of the arms' features.
    ///   - exploration: The scale α of the bonus, at least 0.
    ///   - lambda: The ridge λ.
    ///   - seed: The seed that breaks ties.
    public init(armFeatures: Int, exploration: Double = 1, lambda: Double = 1, seed: UInt64 = 1) {
        self.init(arms: nil, belief: LinearBelief(features: armFeatures, lambda: lambda), exploration, seed)
    }

    private init(arms: Int?, belief: LinearBelief, _ exploration: Double, _ seed: UInt64) {
        precondition(exploration >= 0 && exploration.isFinite, "exploration is a scale of at least 0")
        self.arms = arms
        self.exploration = exploration
        self.belief = belief
        journal = Journal(seed: seed)
    }

    /// The predicted reward and the width √(xᵀV⁻¹x) of every arm.
    public func estimates(_ context: BanditContext) -> [LinearEstimate] {
        belief.estimates(context, shared: arms == nil, count: armCount(context))
    }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let choices = context.choices(of: p.count)
        belief.estimate(context, shared: arms == nil, choices) { arm, mean, variance in
            p[arm] = mean + exploration * variance.squareRoot()
        }
        Arms.putOnBest(choices, scores: &p)
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        belief.learn(decision.context, decision.action, shared: arms == nil, outcome)
    }
}
