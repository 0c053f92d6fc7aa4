import Kernels

/// Plays each arm as often as it is likely to be the best, where an outcome is a yes or a no: clicks, sales, payments.
///
/// Source: Chapelle and Li, "An Empirical Evaluation of Thompson Sampling" (2011), with the full covariance in place of its diagonal,
/// one outcome at a time as in Spiegelhalter and Lauritzen, "Sequential Updating of Conditional Probabilities on Directed
/// Graphical Structures" (1990). The chance of a yes is σ(xᵀθ) with a normal posterior θ ~ N(θ̂, v²V⁻¹), V = λI at first. An outcome
/// y moves θ̂ to the mode under the old posterior as a prior and adds the curvature there (Laplace),
///
///     z = xᵀθ̂ + xᵀV⁻¹x·(y − σ(z)),   θ̂ ← θ̂ + V⁻¹x·(y − σ(z)),   V ← V + σ(z)(1 − σ(z))·x xᵀ
///
/// where z is found to machine precision. Arms are chosen by p(a) = P(xₐᵀθₐ is the largest), as in `LinearThompson`: computed where
/// each arm has weights of its own (`arms:features:`), and from `draws` posterior draws where they are shared (`armFeatures:`).
/// Outcomes between 0 and 1 count as a share of yes. v = 1 is the posterior itself; half of it, the default, explores less and did
/// better on clicks in the paper and in the experiment. There is no regret bound for this posterior.
///
/// Not for thousands of features, where V⁻¹ has no room.
///
/// - Complexity: As `LinearThompson`, and a few steps of Newton's method for an outcome.
///
/// ```swift
/// var policy = LogisticThompson(arms: 3, features: 2)
/// let decision = policy.choose(BanditContext(features: [1, 0.3]))
/// policy.learn(decision, 1)
/// print(policy.chances(decision.context))
/// ```
public struct LogisticThompson: ArmPolicy, Hashable {
    public static let id = "logistic-thompson"

    public let arms: Int?
    /// The scale v of the posterior's standard deviations, 1 for the posterior itself.
    public let exploration: Double
    /// The posterior draws behind the propensities of arms with shared weights.
    public let draws: Int
    public var journal: Journal
    /// The models of the log-odds: one for each arm, or one for all.
    public private(set) var belief: LinearBelief

    /// Creates a policy with weights for each arm on the features of the occasion.
    ///
    /// - Parameters:
    ///   - arms: The number of arms.
    ///   - features: The dimension of the context's features; include a constant 1 for an intercept.
    ///   - exploration: The scale v of the posterior, at least 0.
    ///   - lambda: The precision λ of the weights' prior.
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
    ///   - exploration: The scale v of the posterior, at least 0.
    ///   - lambda: The precision λ of the weights' prior.
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

    /// The predicted log-odds and their posterior standard deviation, of every arm.
    public func estimates(_ context: BanditContext) -> [LinearEstimate] {
        belief.estimates(context, shared: arms == nil, count: armCount(context), scale: exploration)
    }

    /// The chance of a yes of every arm, at the posterior's mode.
    public func chances(_ context: BanditContext) -> [Double] {
        estimates(context).map { Special.logistic($0.mean) }
    }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        belief.thompson(
            context, shared: arms == nil, scale: exploration, draws: draws, into: &p, random: &random)
    }

    /// Learns an outcome.
    ///
    /// - Precondition: the outcome is in 0...1.
    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        precondition(outcome >= 0 && outcome <= 1, "a yes is 1, a no 0; the outcome is \(outcome)")
        let context = decision.context, arm = decision.action
        belief.update(
            arms == nil ? context.armFeatures[arm] : context.features, model: arms == nil ? 0 : arm
        ) { mean, variance in
            let chance = Special.logistic(Self.mode(mean: mean, variance: variance, outcome))
            return (chance * (1 - chance), outcome - chance)
        }
    }

    /// The log-odds z at which a prior N(mean, variance) and one outcome y together are the most likely.
    ///
    /// The root of z − mean − variance·(y − σ(z)), which rises in z; Newton's method inside a bracket.
    static func mode(mean: Double, variance: Double, _ outcome: Double) -> Double {
        var low = mean + variance * (outcome - 1), high = mean + variance * outcome
        var z = mean
        for _ in 0..<100 {
            let chance = Special.logistic(z)
            let value = z - mean - variance * (outcome - chance)
            if value > 0 { high = z } else { low = z }
            var next = z - value / (1 + variance * chance * (1 - chance))
            if !(next > low && next < high) { next = 0.5 * (low + high) }
            if abs(next - z) <= 1e-14 * (1 + abs(z)) { return next }
            z = next
        }
        return z
    }
}
