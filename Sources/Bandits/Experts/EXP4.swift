import Foundation
import Kernels

/// Follows the experts whose advice has paid, when only the reward of the arm that was played is seen.
///
/// Source: Auer, Cesa-Bianchi, Freund and Schapire, "The Nonstochastic Multiarmed Bandit Problem" (2002),
/// Exp4; with the loss estimates of Bubeck and Cesa-Bianchi (2012). With N experts that advise ξᵢ(a) over K
/// arms, rewards x in [0, 1],
///
///     qᵢ = e^(−η·L̂ᵢ) / Σ e^(−η·L̂),   p(a) = (1 − γ)·Σᵢ qᵢ·ξᵢ(a) + γ/K,
///     L̂ᵢ += ξᵢ(a)·(1 − x)/p(a)   for the arm a that was played.
///
/// Without a given η it is ηₜ = √(log N/(K·t)). The expected regret to the best expert is at most 2√(T·K·log
/// N) (with γ = 0), for any advice and any rewards: N may be large, K may not. An expert can be a person, a
/// rule, a model, or an earlier policy.
///
/// - Complexity: O(N·K) for a choice, O(N) for an outcome.
///
/// ```swift
/// var policy = EXP4(arms: 2, experts: 2)
/// let decision = policy.choose(ExpertAdvice([[0.9, 0.1], [0, 1]]))
/// policy.learn(decision, 1)
/// print(policy.weights)
/// ```
public struct EXP4: Policy, Hashable {
    public static let id = "exp4"

    /// The number of arms.
    public let arms: Int
    /// The number of experts.
    public let experts: Int
    /// The learning rate η; `nil` for one that falls with the rounds.
    public let eta: Double?
    /// The share γ of uniform play.
    public let gamma: Double
    public var journal: Journal
    /// The estimated loss of each expert so far.
    public private(set) var losses: [Double]
    /// The number of outcomes.
    public private(set) var rounds = 0

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - arms: The number of arms, at least 1.
    ///   - experts: The number of experts, at least 1.
    ///   - gamma: The share of uniform play, in 0...1.
    ///   - eta: The learning rate, positive; `nil` for √(log N/(K·t)).
    ///   - seed: The seed of the draws.
    public init(arms: Int, experts: Int, gamma: Double = 0, eta: Double? = nil, seed: UInt64 = 1) {
        precondition(arms > 0 && experts > 0, "at least one arm and one expert are needed")
        precondition(gamma >= 0 && gamma <= 1, "gamma is a probability")
        precondition(eta.map { $0 > 0 } ?? true, "eta must be positive")
        self.arms = arms
        self.experts = experts
        self.eta = eta
        self.gamma = gamma
        journal = Journal(seed: seed)
        losses = [Double](repeating: 0, count: experts)
    }

    /// The weight of each expert in the next decision.
    public var weights: [Double] {
        let rate = eta ?? (log(Double(experts)) / (Double(arms) * Double(rounds + 1))).squareRoot()
        return ExponentialWeights.distribution(losses, eta: rate)
    }

    /// The most that the expected regret to the best expert can be after so many rounds.
    public func regretBound(rounds: Int) -> Double {
        let t = Double(rounds), k = Double(arms), logN = log(Double(experts))
        guard let eta else { return 2 * (t * k * logN).squareRoot() + gamma * t }
        return logN / eta + eta * t * k / 2 + gamma * t
    }

    /// The probability of every arm under this advice.
    public func propensities(_ context: ExpertAdvice) -> [Double] {
        precondition(
            context.advice.count == experts, "advice of \(context.advice.count) experts, not \(experts)")
        var p = [Double](repeating: gamma / Double(arms), count: arms)
        for (weight, advice) in zip(weights, context.advice) {
            precondition(advice.count == arms, "advice about \(advice.count) arms, not \(arms)")
            for arm in 0..<arms { p[arm] += (1 - gamma) * weight * advice[arm] }
        }
        return p
    }

    public mutating func decide(
        _ context: ExpertAdvice, random: inout CounterRandom
    ) -> PolicyDecision<ExpertAdvice, Int> {
        let p = propensities(context)
        let arm = Arms.draw(p, at: random.uniform())
        return PolicyDecision(context: context, action: arm, propensity: p[arm], propensities: p)
    }

    public mutating func update(_ decision: PolicyDecision<ExpertAdvice, Int>, _ outcome: Double) {
        precondition(outcome >= 0 && outcome <= 1, "EXP4 needs rewards in 0...1")
        rounds += 1
        let loss = (1 - outcome) / decision.propensity
        for expert in 0..<experts {
            losses[expert] += decision.context.advice[expert][decision.action] * loss
        }
    }
}
