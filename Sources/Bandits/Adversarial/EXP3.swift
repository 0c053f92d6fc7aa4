import Foundation
import Kernels

/// Chooses among arms whose rewards may follow any pattern at all, even one made by an opponent.
///
/// Source: Auer, Cesa-Bianchi, Freund and Schapire, "The Nonstochastic Multiarmed Bandit Problem" (2002);
/// Bubeck and Cesa-Bianchi, "Regret Analysis of Stochastic and Nonstochastic Multi-armed Bandit Problems"
/// (2012). With rewards x in [0, 1], K arms and rounds t = 1, 2, …,
///
///     p(a) = (1 − γ)·e^(−η·L̂ₐ) / Σ e^(−η·L̂) + γ/K,
///     L̂ₐ += (1 − x)/p(a) for the arm played    (loss estimate, the default), or
///     L̂ₐ −= x/p(a)                             (reward estimate: needs 0 < η ≤ γ/K).
///
/// Both estimates are unbiased. Without a given η the loss estimate takes ηₜ = √(log K/(K·t)), for any number
/// of rounds. The expected regret to the best single arm is at most `regretBound(rounds:)`, of order
/// √(T·K·log K). Where rewards do not change, `UCB1` and `BetaThompson` pay far less.
///
/// - Complexity: O(K) for a choice, O(1) for an outcome.
///
/// ```swift
/// var policy = EXP3(arms: 3)
/// let decision = policy.choose(BanditContext())
/// policy.learn(decision, 1)
/// print(policy.regretBound(rounds: 1000))
/// ```
public struct EXP3: ArmPolicy, Hashable {
    public static let id = "exp3"

    /// What is estimated from the one reward that is seen.
    public enum Estimate: String, Sendable, Hashable, Codable, CaseIterable {
        /// The losses 1 − x: an arm that disappoints becomes less likely.
        case loss
        /// The rewards x: an arm that pays becomes more likely.
        case reward
    }

    /// The number of arms.
    public let armCount: Int
    /// What is estimated.
    public let estimate: Estimate
    /// The learning rate η; `nil` for one that falls with the rounds.
    public let eta: Double?
    /// The share γ of uniform play.
    public let gamma: Double
    public var journal: Journal
    /// The estimated loss of each arm so far; below zero for reward estimates.
    public private(set) var losses: [Double]
    /// The number of outcomes.
    public private(set) var rounds = 0

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - arms: The number of arms, at least 1.
    ///   - estimate: What is estimated.
    ///   - gamma: The share of uniform play, in 0...1; positive with reward estimates.
    ///   - eta: The learning rate, positive; `nil` for √(log K/(K·t)), with reward estimates for γ/K.
    ///   - seed: The seed of the draws.
    public init(
        arms: Int, estimate: Estimate = .loss, gamma: Double = 0, eta: Double? = nil, seed: UInt64 = 1
    ) {
        precondition(arms > 0, "a bandit needs at least one arm")
        precondition(gamma >= 0 && gamma <= 1, "gamma is a probability")
        precondition(eta.map { $0 > 0 } ?? true, "eta must be positive")
        armCount = arms
        self.estimate = estimate
        self.gamma = gamma
        if estimate == .reward {
            precondition(gamma > 0, "reward estimates need a positive gamma")
            precondition(eta.map { $0 <= gamma / Double(arms) } ?? true, "eta must be at most gamma / arms")
        }
        self.eta = eta ?? (estimate == .reward ? gamma / Double(arms) : nil)
        journal = Journal(seed: seed)
        losses = [Double](repeating: 0, count: arms)
    }

    /// Creates the policy with reward estimates and the γ of the paper for a known number of rounds.
    public init(arms: Int, horizon: Int, seed: UInt64 = 1) {
        precondition(arms > 0 && horizon > 0, "a bandit needs at least one arm and one round")
        let k = Double(arms)
        let gamma = (max(k * log(k), 1e-12) / ((M_E - 1) * Double(horizon))).squareRoot()
        self.init(arms: arms, estimate: .reward, gamma: min(1, gamma), seed: seed)
    }

    public var arms: Int? { armCount }

    /// The learning rate of the next decision.
    public var currentEta: Double {
        eta ?? (log(Double(armCount)) / (Double(armCount) * Double(rounds + 1))).squareRoot()
    }

    /// The most that the expected regret can be after so many rounds, with all arms available.
    public func regretBound(rounds: Int) -> Double {
        let t = Double(rounds), k = Double(armCount)
        switch estimate {
        case .reward: return log(k) / eta! + (M_E - 2) * eta! * t * k + gamma * t
        case .loss:
            let mixing = gamma * t
            guard let eta else { return 2 * (t * k * log(k)).squareRoot() + mixing }
            return log(k) / eta + eta * t * k / 2 + mixing
        }
    }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let choices = context.choices(of: armCount)
        ExponentialWeights.write(losses, eta: currentEta, choices, into: &p)
        if gamma > 0 {
            for arm in choices { p[arm] = (1 - gamma) * p[arm] + gamma / Double(choices.count) }
        }
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        precondition(outcome >= 0 && outcome <= 1, "EXP3 needs rewards in 0...1")
        rounds += 1
        let value = estimate == .loss ? 1 - outcome : -outcome
        losses[decision.action] += value / decision.propensity
    }
}
