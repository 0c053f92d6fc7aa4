import Foundation
import Kernels

/// Plays actions whose effects build up and fade, holding each long enough to see what it leads to.
///
/// Source: Mussi, Metelli and Restelli, "Dynamical Linear Bandits" (2023), DynLin-UCB. A hidden state x carries over what was
/// done, and the reward y shows it with noise,
///
///     x_{t+1} = A x_t + B u_t + ε_t,   y_t = ωᵀx_t + θᵀu_t + η_t
///
/// An action u kept up for ever earns hᵀu a round, h = θ + Bᵀ(I − Aᵀ)⁻¹ω. In epoch m the policy takes
///
///     u_m = argmax  ĥᵀu + s·β_t·√(uᵀV⁻¹u),   ĥ = V⁻¹b,
///
/// plays it for H_m + 1 rounds, H_m = ⌊log m / log(1/ρ)⌋, and learns from the last reward of the block alone: V += u uᵀ, b += u·y. By
/// then all but a share of about 1/m of what came before has faded. With the bounds of `Bounds`, δ = 1/T and U = max |u|,
///
///     β_t = c₁√λ + c₂/√λ·log(e(t+1)) + √(2σ̄²(log 1/δ + d/2·log(1 + tU²/(dλ))))
///     c₁ = Θ + ΩBΦ/(1−ρ),   c₂ = UΩΦ(UB + U)/(1−ρ),   σ̄² = σ²(1 + Ω²Φ²/(1−ρ²))
///
/// The regret against the best constant action is of the order d√T/(1−ρ)^{3/2} up to logarithms.
///
/// Not for actions without carry-over (take `LinUCB`), nor where the best thing to do is to alternate. The constants of β are loose: a
/// scale s of 0.02 to 0.1 is usual. Rewards of a block's other rounds are counted by the journal and otherwise ignored, and so are
/// decisions of other policies.
///
/// - Complexity: O(K·d²) at the start of a block, O(K) in it.
///
/// ```swift
/// var policy = DynLinUCB(actions: [[1, 0], [0, 1]], bounds: .init(rho: 0.8), horizon: 1000, exploration: 0.05)
/// let decision = policy.choose(BanditContext())
/// policy.learn(decision, 0.4)
/// print(policy.markov)
/// ```
public struct DynLinUCB: ArmPolicy, Hashable {
    public static let id = "dynlin-ucb"

    /// What is known beforehand about the hidden dynamics.
    public struct Bounds: Sendable, Hashable, Codable {
        /// ρ, at least the spectral radius of A, in 0..<1.
        public var rho: Double
        /// Θ ≥ |θ|: how strong the immediate effect can be.
        public var theta: Double
        /// Ω ≥ |ω|: how strongly the state can show.
        public var omega: Double
        /// At least |B|: how strongly an action can move the state.
        public var input: Double
        /// Φ with |Aᵏ| ≤ Φρᵏ for all k.
        public var growth: Double
        /// σ, the noise of state and reward.
        public var noise: Double

        /// Creates bounds.
        public init(
            rho: Double, theta: Double = 1, omega: Double = 1, input: Double = 1, growth: Double = 1,
            noise: Double = 0.1
        ) {
            self.rho = rho
            self.theta = theta
            self.omega = omega
            self.input = input
            self.growth = growth
            self.noise = noise
        }
    }

    /// The actions u.
    public let actions: [FeatureVector]
    /// What is known about the dynamics.
    public let bounds: Bounds
    /// The number of rounds T that the width is made for.
    public let horizon: Int
    /// The scale s of the width.
    public let exploration: Double
    public var journal: Journal
    /// The regression of the blocks' last rewards on their actions.
    public private(set) var belief: LinearBelief
    /// The number of blocks begun.
    public private(set) var epochs = 0
    /// The number of decisions made.
    public private(set) var rounds = 0
    private var current = 0
    private var left = 0
    private let reach: Double

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - actions: The vectors u to choose from, at least one, of one dimension.
    ///   - bounds: What is known about the dynamics.
    ///   - horizon: The number of rounds T; the confidence is 1 − 1/T.
    ///   - exploration: The scale s of the width, at least 0; 1 is the theory's.
    ///   - lambda: The ridge λ.
    ///   - seed: The seed that breaks ties.
    public init(
        actions: [[Double]], bounds: Bounds, horizon: Int, exploration: Double = 1, lambda: Double = 1,
        seed: UInt64 = 1
    ) {
        precondition(!actions.isEmpty, "a bandit needs at least one action")
        precondition(
            actions.allSatisfy { $0.count == actions[0].count }, "actions must have one dimension")
        precondition(bounds.rho >= 0 && bounds.rho < 1, "rho is a spectral radius below 1")
        precondition(horizon > 0, "the horizon is a number of rounds")
        precondition(exploration >= 0 && exploration.isFinite, "exploration is a scale of at least 0")
        self.actions = actions.map { FeatureVector($0) }
        self.bounds = bounds
        self.horizon = horizon
        self.exploration = exploration
        journal = Journal(seed: seed)
        belief = LinearBelief(features: actions[0].count, lambda: lambda)
        reach = actions.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }.max() ?? 0
    }

    public var arms: Int? { actions.count }

    /// The estimate ĥ of the cumulative Markov parameter: what each coordinate of an action earns in the long run.
    public var markov: [Double] { belief.weights() }

    /// The rounds H_m + 1 of a block.
    ///
    /// - Parameter epoch: m, from 1 on.
    public func blockLength(_ epoch: Int) -> Int {
        guard bounds.rho > 0 else { return 1 }
        // Exact powers must not fall short of a whole number by rounding.
        return Int(log(Double(epoch)) / log(1 / bounds.rho) + 1e-12) + 1
    }

    /// The width β_t after t rounds, before the scale s.
    public func width(after rounds: Int) -> Double {
        let b = bounds, lambda = belief.lambda, d = Double(belief.features), t = Double(rounds)
        let memory = 1 / (1 - b.rho)
        let c1 = b.theta + b.omega * b.input * b.growth * memory
        let c2 = reach * b.omega * b.growth * (reach * b.input + reach) * memory
        let shown = b.omega * b.omega * b.growth * b.growth / (1 - b.rho * b.rho)
        let variance = b.noise * b.noise * (1 + shown)
        let volume = log(Double(horizon)) + d / 2 * log(1 + t * reach * reach / (d * lambda))
        return c1 * lambda.squareRoot() + c2 / lambda.squareRoot() * (1 + log(t + 1))
            + (2 * variance * volume).squareRoot()
    }

    /// What each action is predicted to earn in the long run, and √(uᵀV⁻¹u).
    public var estimates: [LinearEstimate] {
        actions.map { LinearEstimate(mean: belief.mean($0), width: belief.variance($0).squareRoot()) }
    }

    private func goesOn(_ choices: ArmChoices) -> Bool { left > 0 && choices.contains(current) }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let choices = context.choices(of: actions.count)
        if goesOn(choices) {
            p[current] = 1
            return
        }
        let scale = exploration * width(after: rounds)
        for arm in choices {
            p[arm] = belief.mean(actions[arm]) + scale * belief.variance(actions[arm]).squareRoot()
        }
        Arms.putOnBest(choices, scores: &p)
    }

    public mutating func decide(
        _ context: BanditContext, random: inout CounterRandom
    ) -> PolicyDecision<BanditContext, Int> {
        var p = [Double](repeating: 0, count: actions.count)
        propensities(context, into: &p, random: &random)
        let arm = Arms.draw(p, at: random.uniform())
        if !goesOn(context.choices(of: actions.count)) {
            epochs += 1
            left = blockLength(epochs)
            current = arm
        }
        left -= 1
        rounds += 1
        return PolicyDecision(
            context: context, action: arm, propensity: p[arm], propensities: p, mark: left == 0 ? 1 : 0)
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        if decision.mark == 1 { belief.learn(actions[decision.action], outcome) }
    }
}
