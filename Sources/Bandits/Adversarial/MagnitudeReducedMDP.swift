import Kernels

/// Decides step by step in short episodes whose losses an opponent sets anew each time, where the transitions
/// are known.
///
/// Source: Dai, Luo, Wei and Zimmert, "Refined Regret for Adversarial MDPs with Linear Function
/// Approximation" (2023). An episode has H steps with losses in [0, 1]; L_h is the sum of those from step h
/// on. With the occupancies d_h(s, a) of the policy π played, for every step h and pair (s, a)
///
///     P_h = (γ·I + Σ d_h·φφᵀ)⁻¹,   X = φ(s, a)ᵀ P_h φ(s_h, a_h),
///     Q̂ = X·L_h − H·(X)₋ + H·Σ d_h(s′, a′)·(φ(s, a)ᵀ P_h φ(s′, a′))₋,
///     b = β·(‖φ(s, a)‖²_P + Σ π(a′|s)·‖φ(s, a′)‖²_P),
///     B_h(s, a) = b + (1 + 1/H)·E[ Σ π(a′|s′)·B_{h+1}(s′, a′) ],
///     C_h(s, a) += Q̂ − B_h(s, a),   π_h(·|s) ∝ e^(−η·C_h(s, ·))  or by the log barrier.
///
/// It assumes that the sum of losses to come is linear in φ for every policy, which holds for one feature for
/// each pair and in linear MDPs. With β = 0 states that the policy seldom visits are learnt slowly; β of
/// order η·H² makes it seek them out. Where the transitions are not known, simulate and count them first; for
/// one step there is `MagnitudeReducedFTRL`.
///
/// The action is the whole policy of the next episode: draw from `policy[step][state · actions + action]`.
/// The outcome is what happened.
///
/// - Complexity: O(H·(S·A)²·d) for an outcome with S states and A actions.
///
/// ```swift
/// let model = EpisodicModel(
///     horizon: 2, actions: 2, start: [1, 0], transitions: [[1, 0], [0, 1], [1, 0], [0, 1]])
/// var learner = MagnitudeReducedMDP(model)
/// let decision = learner.choose()
/// learner.learn(decision, .init(states: [0, 1], actions: [1, 0], losses: [0.5, 0]))
/// print(learner.policy[0])
/// ```
public struct MagnitudeReducedMDP: Policy, Hashable {
    public static let id = "magnitude-reduced-mdp"

    /// What happened in an episode, step by step.
    public struct Episode: Sendable, Hashable, Codable {
        /// The states.
        public var states: [Int]
        /// The actions.
        public var actions: [Int]
        /// The losses, in [0, 1].
        public var losses: [Double]

        /// Creates an episode.
        public init(states: [Int], actions: [Int], losses: [Double]) {
            self.states = states
            self.actions = actions
            self.losses = losses
        }
    }

    /// The process.
    public let model: EpisodicModel
    /// How losses are estimated.
    public let estimator: LossEstimator
    /// What keeps the probabilities from jumping.
    public let regularizer: LossRegularizer
    /// The learning rate η.
    public let eta: Double
    /// The ridge γ of the covariances.
    public let gamma: Double
    /// The scale β of the exploration bonus.
    public let exploration: Double
    public var journal: Journal
    /// For each step the estimated loss C of each pair so far, less its bonuses.
    public private(set) var losses: [[Double]]
    /// The smallest estimate Q̂ so far.
    public private(set) var smallestEstimate = Double.infinity

    /// Creates a learner that has seen nothing.
    ///
    /// - Parameters:
    ///   - model: The process.
    ///   - estimator: How losses are estimated.
    ///   - regularizer: What keeps the probabilities from jumping.
    ///   - exploration: The scale β of the bonus for pairs that are seldom seen, not negative.
    ///   - gamma: The ridge, positive.
    ///   - eta: The learning rate, positive; `nil` for √γ/(2H), with the log barrier for 2.
    ///   - seed: The journal's seed; drawing the actions is left to the caller.
    public init(
        _ model: EpisodicModel, estimator: LossEstimator = .reduced, regularizer: LossRegularizer = .entropy,
        exploration: Double = 0, gamma: Double = 0.01, eta: Double? = nil, seed: UInt64 = 1
    ) {
        precondition(gamma > 0, "gamma must be positive")
        precondition(exploration >= 0, "exploration cannot be negative")
        precondition(eta.map { $0 > 0 } ?? true, "eta must be positive")
        self.model = model
        self.estimator = estimator
        self.regularizer = regularizer
        self.eta = eta ?? (regularizer == .logBarrier ? 2 : gamma.squareRoot() / (2 * Double(model.horizon)))
        self.gamma = gamma
        self.exploration = exploration
        journal = Journal(seed: seed)
        losses = [[Double]](
            repeating: [Double](repeating: 0, count: model.features.count), count: model.horizon)
    }

    /// For each step the probability of each pair's action in its state.
    public var policy: [[Double]] {
        losses.map { step in
            (0..<model.states).flatMap { state in
                regularizer.distribution(
                    Array(step[(state * model.actions)..<((state + 1) * model.actions)]), eta: eta)
            }
        }
    }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, [[Double]]> {
        PolicyDecision(action: policy)
    }

    public mutating func update(_ decision: PolicyDecision<NoContext, [[Double]]>, _ outcome: Episode) {
        let horizon = model.horizon
        precondition(
            outcome.states.count == horizon && outcome.actions.count == horizon
                && outcome.losses.count == horizon,
            "an episode has \(horizon) states, actions and losses")
        precondition(outcome.losses.allSatisfy { $0 >= 0 && $0 <= 1 }, "losses lie in 0...1")
        let (estimates, bonuses) = estimates(outcome, policy: decision.action)
        for step in 0..<horizon {
            for pair in losses[step].indices {
                losses[step][pair] += estimates[step][pair] - bonuses[step][pair]
                smallestEstimate = min(smallestEstimate, estimates[step][pair])
            }
        }
    }

    /// The estimates Q̂ and the bonuses B of every step and pair after one episode under a policy.
    public func estimates(
        _ episode: Episode, policy: [[Double]]
    ) -> (losses: [[Double]], bonuses: [[Double]]) {
        let (horizon, actions) = (model.horizon, model.actions)
        let pairs = model.features.count, scale = Double(horizon)
        let occupancies = model.occupancies(policy)
        var estimates = [[Double]](repeating: [], count: horizon)
        var bonuses = [[Double]](repeating: [Double](repeating: 0, count: pairs), count: horizon)
        var loss = 0.0
        // Σ π(a|s)·B(s, a) of the step after, for each state.
        var later = [Double](repeating: 0, count: model.states)
        for step in (0..<horizon).reversed() {
            loss += episode.losses[step]
            let design = LinearDesign(model.features, probabilities: occupancies[step], gamma: gamma)
            let played = episode.states[step] * actions + episode.actions[step]
            // With losses in [0, H]: H times the estimate for losses in [0, 1].
            estimates[step] = design.estimates(of: loss / scale, played: played, estimator).map { $0 * scale }
            guard exploration > 0 else { continue }
            let norms = (0..<pairs).map { design.inner($0, $0) }
            for state in 0..<model.states {
                let own = (state * actions)..<((state + 1) * actions)
                let average = own.reduce(0) { $0 + policy[step][$1] * norms[$1] }
                for pair in own {
                    bonuses[step][pair] = exploration * (norms[pair] + average)
                    guard step + 1 < horizon else { continue }
                    let ahead = zip(model.transitions[pair], later).reduce(0) { $0 + $1.0 * $1.1 }
                    bonuses[step][pair] += (1 + 1 / scale) * ahead
                }
            }
            later = (0..<model.states).map { state in
                ((state * actions)..<((state + 1) * actions)).reduce(0) {
                    $0 + policy[step][$1] * bonuses[step][$1]
                }
            }
        }
        return (estimates, bonuses)
    }
}
