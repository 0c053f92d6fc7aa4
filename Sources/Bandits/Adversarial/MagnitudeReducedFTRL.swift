import Foundation
import Kernels

/// Chooses among arms with known features where an opponent sets the losses, with estimates that never swing
/// far below zero.
///
/// Source: Dai, Luo, Wei and Zimmert, "Refined Regret for Adversarial MDPs with Linear Function
/// Approximation" (2023), in the case of one step (an adversarial linear bandit). The loss of arm a in round
/// k is ⟨φₐ, θₖ⟩ in [0, 1], with |φₐ| ≤ 1, and the reward 1 − loss. With the probabilities p of the round,
/// the played arm b and its loss L,
///
///     P = (γ·I + Σₐ pₐ·φₐφₐᵀ)⁻¹,   Xₐ = φₐᵀ P φ_b,   (x)₋ = min(x, 0),
///     Q̂ₐ = Xₐ·L                                          (naive)
///     Q̂ₐ = Xₐ·L − (Xₐ)₋ + mₐ,  mₐ = Σ_c p_c·(φₐᵀ P φ_c)₋    (magnitude-reduced, the default)
///     Cₐ += Q̂ₐ − β·(‖φₐ‖²_P + Σ_c p_c·‖φ_c‖²_P),
///     p ∝ e^(−η·C)   (entropy, the default), or p = argmin ⟨p, C⟩ + (1/η)·Σ log(1/pₐ)   (log barrier).
///
/// Both estimates have the same mean, unbiased but for γ; the naive one can be as low as −1/γ, the reduced
/// one is never below −‖φₐ‖_P ≥ −1/√γ, so that exponential weights may learn faster: they need η·Q̂ ≥ −1,
/// hence η ≤ √γ/2 here and η ≤ γ there. The log barrier bears estimates of any size, and needs an η near one
/// or above. Use it where losses drift or are set by others; where they do not change, a linear bandit for fixed
/// parameters learns faster. The arms' features are fixed; for features that change with the context this is
/// not the form, and for decisions in several steps there is `MagnitudeReducedMDP`.
///
/// - Complexity: O(K) for a choice, O(K²·d) for an outcome with K arms of d features.
///
/// ```swift
/// var policy = MagnitudeReducedFTRL(actions: [[1, 0], [0.6, 0.8]])
/// let decision = policy.choose(BanditContext())
/// policy.learn(decision, 0.7)
/// print(policy.losses, policy.smallestEstimate)
/// ```
public struct MagnitudeReducedFTRL: ArmPolicy, Hashable {
    public static let id = "magnitude-reduced-ftrl"

    /// The features φ of each arm, of length at most 1.
    public let actions: [[Double]]
    /// How losses are estimated.
    public let estimator: LossEstimator
    /// What keeps the probabilities from jumping.
    public let regularizer: LossRegularizer
    /// The learning rate η.
    public let eta: Double
    /// The ridge γ of the covariance.
    public let gamma: Double
    /// The scale β of the exploration bonus.
    public let exploration: Double
    public var journal: Journal
    /// The estimated loss C of each arm so far, less its bonuses.
    public private(set) var losses: [Double]
    /// The smallest estimate Q̂ so far.
    public private(set) var smallestEstimate = Double.infinity

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - actions: The features of each arm, all of one dimension, each of length at most 1.
    ///   - estimator: How losses are estimated.
    ///   - regularizer: What keeps the probabilities from jumping.
    ///   - exploration: The scale β of the bonus for directions that are seldom seen, not negative.
    ///   - gamma: The ridge, not negative; 0 only where the arms that can be played always span the space.
    ///   - eta: The learning rate, positive; `nil` for √γ/2, with the log barrier for 2.
    ///   - seed: The seed of the draws.
    public init(
        actions: [[Double]], estimator: LossEstimator = .reduced, regularizer: LossRegularizer = .entropy,
        exploration: Double = 0, gamma: Double = 0.01, eta: Double? = nil, seed: UInt64 = 1
    ) {
        precondition(!actions.isEmpty, "a bandit needs at least one arm")
        precondition(
            actions.allSatisfy { $0.count == actions[0].count && !$0.isEmpty },
            "all arms need features of one dimension")
        precondition(
            actions.allSatisfy { $0.reduce(0) { $0 + $1 * $1 } <= 1 + 1e-9 },
            "an arm's features are longer than 1; divide all of them by the largest length")
        precondition(gamma >= 0 && exploration >= 0, "gamma and exploration cannot be negative")
        precondition(eta.map { $0 > 0 } ?? (gamma > 0 || regularizer == .logBarrier), "eta must be positive")
        self.actions = actions
        self.estimator = estimator
        self.regularizer = regularizer
        self.gamma = gamma
        self.eta = eta ?? (regularizer == .logBarrier ? 2 : gamma.squareRoot() / 2)
        self.exploration = exploration
        journal = Journal(seed: seed)
        losses = [Double](repeating: 0, count: actions.count)
    }

    public var arms: Int? { actions.count }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let choices = context.choices(of: actions.count)
        let shares = regularizer.distribution(choices.map { losses[$0] }, eta: eta)
        for (arm, share) in zip(choices, shares) { p[arm] = share }
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        precondition(outcome >= 0 && outcome <= 1, "rewards lie in 0...1")
        let (estimates, bonus) = estimates(
            arm: decision.action, loss: 1 - outcome, propensities: decision.propensities)
        for arm in losses.indices {
            losses[arm] += estimates[arm] - exploration * bonus[arm]
            smallestEstimate = min(smallestEstimate, estimates[arm])
        }
    }

    /// The estimated loss Q̂ of every arm after one round, and the bonus of every arm before it is scaled by
    /// β.
    ///
    /// - Parameters:
    ///   - arm: The arm that was played.
    ///   - loss: Its loss.
    ///   - propensities: The probabilities with which it was drawn.
    public func estimates(
        arm: Int, loss: Double, propensities p: [Double]
    ) -> (losses: [Double], bonus: [Double]) {
        precondition(p.count == actions.count, "the estimates need the probability of every arm")
        let design = LinearDesign(actions, probabilities: p, gamma: gamma)
        let result = design.estimates(of: loss, played: arm, estimator)
        guard exploration > 0 else { return (result, [Double](repeating: 0, count: actions.count)) }
        let norms = actions.indices.map { design.inner($0, $0) }
        let average = zip(p, norms).reduce(0) { $0 + $1.0 * $1.1 }
        return (result, norms.map { $0 + average })
    }
}
