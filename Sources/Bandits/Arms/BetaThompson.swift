import Kernels

/// Plays each arm as often as it is the best one by all that is known, for rewards between 0 and 1.
///
/// Source: Thompson, "On the Likelihood that One Unknown Probability Exceeds Another in View of the Evidence
/// of Two Samples" (1933); Agrawal and Goyal, "Analysis of Thompson Sampling for the Multi-Armed Bandit
/// Problem" (2012). With the successes Sₐ = Σ r and failures Fₐ = Σ (1 − r) of arm a,
///
///     θₐ ~ Beta(α + Sₐ, β + Fₐ) independently,   p(a) = P(θₐ = max θ) = ∫ fₐ Π_{b≠a} Fᵦ.
///
/// The probabilities are computed, not sampled (to about 10⁻¹⁰), and the arm is drawn from them: in law this
/// is the usual algorithm, and the propensities in the decisions are the ones that were used. A reward
/// strictly between 0 and 1 counts as a fraction of a success, which is at least as cautious as the truth.
/// The regret for arms that pay 1 or 0 is asymptotically the least possible. Outcomes that come late do no
/// harm. Arms whose rewards change over time need forgetting, which this has not.
///
/// - Complexity: O(K) for a choice, about 5 µs for each arm; O(1) for an outcome.
///
/// ```swift
/// var policy = BetaThompson(arms: 3)
/// let decision = policy.choose(BanditContext())
/// policy.learn(decision, 1)
/// print(policy.means, policy.interval(0))
/// ```
public struct BetaThompson: ArmPolicy, Hashable {
    public static let id = "beta-thompson"

    /// The number of arms.
    public let armCount: Int
    /// The successes α that the prior is worth.
    public let priorSuccesses: Double
    /// The failures β that the prior is worth.
    public let priorFailures: Double
    public var journal: Journal
    /// The sum of the rewards of each arm.
    public private(set) var successes: [Double]
    /// The sum of one minus the rewards of each arm.
    public private(set) var failures: [Double]

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - arms: The number of arms, at least 1.
    ///   - priorSuccesses: The first parameter of the prior, positive; both 1 make it even.
    ///   - priorFailures: The second parameter of the prior, positive.
    ///   - seed: The seed of the draws.
    public init(
        arms: Int, priorSuccesses: Double = 1, priorFailures: Double = 1, seed: UInt64 = 1
    ) {
        precondition(arms > 0, "a bandit needs at least one arm")
        precondition(priorSuccesses > 0 && priorFailures > 0, "the prior's parameters must be positive")
        armCount = arms
        self.priorSuccesses = priorSuccesses
        self.priorFailures = priorFailures
        journal = Journal(seed: seed)
        successes = [Double](repeating: 0, count: arms)
        failures = [Double](repeating: 0, count: arms)
    }

    public var arms: Int? { armCount }

    /// The posterior mean of each arm.
    public var means: [Double] {
        (0..<armCount).map {
            let a = priorSuccesses + successes[$0]
            return a / (a + priorFailures + failures[$0])
        }
    }

    /// The interval that holds an arm's mean with the given posterior probability, as much outside on either
    /// side.
    public func interval(_ arm: Int, confidence: Double = 0.95) -> ClosedRange<Double> {
        precondition(confidence > 0 && confidence < 1, "a confidence level lies between 0 and 1")
        let a = priorSuccesses + successes[arm], b = priorFailures + failures[arm]
        let tail = (1 - confidence) / 2
        return Special.betaQuantile(tail, a, b)...Special.betaUpperQuantile(tail, a, b)
    }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let choices = context.choices(of: armCount)
        let best = BestArm.probabilities(
            choices.map { BetaPosterior(a: priorSuccesses + successes[$0], b: priorFailures + failures[$0]) })
        for (arm, share) in zip(choices, best) { p[arm] = share }
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        precondition(outcome >= 0 && outcome <= 1, "Beta–Thompson needs rewards in 0...1")
        successes[decision.action] += outcome
        failures[decision.action] += 1 - outcome
    }
}
