import Foundation
import Kernels

/// Predicts what each arm loses with a neural network that learns online, and tries arms the less the worse they look.
///
/// Source: Deb, Ban, Zuo, He and Banerjee, "Contextual Bandits with Online Neural Regression" (2024), NeuSquareCB and NeuFastCB. With f
/// a `TanhNetwork` of width m and loss y = 1 − reward of the chosen arm, each outcome is one step of projected gradient descent,
///
///     f̃(θ; x, ε) = f(θ; x) + c·Σ εⱼ(θ − θ₀)ⱼ/m^{1/4},   ε ∈ {−1, +1}ᵖ
///     θ ← Π_{|θ−θ₀| ≤ R}( θ − η·∇ 1/S·Σ_s ℓ(y, f̃(θ; x, ε_s)) )
///
/// with ℓ half the squared error, or the cross-entropy of σ(f̃). The predicted losses ŷ are f, clipped to 0...1, or σ(f), and arms
/// are chosen by inverse-gap weighting with γ_t = γ₀√t after t outcomes (`InverseGap`): the SquareCB form of 1 − ŷ, the FastCB form of ŷ,
/// which explores little where the best loss is small, or ε-greedy for comparison. The sign perturbation makes
/// the regression's regret logarithmic in theory; the regret is then about √(KT), or √(KL*) + K with the best policy's loss L*.
///
/// Rewards must be in 0...1. Not for a handful of outcomes, where `LinUCB` needs far fewer, nor without features.
///
/// - Complexity: O(K·m·d) for a choice, O(S·p) for an outcome with p parameters.
///
/// ```swift
/// var policy = NeuFastCB(arms: 3, features: 2)
/// let decision = policy.choose(BanditContext(features: [0.2, -1]))
/// policy.learn(decision, 1)
/// print(policy.losses(decision.context))
/// ```
public struct NeuFastCB: ArmPolicy, Hashable {
    public static let id = "neufastcb"

    /// How arms are chosen from predicted losses.
    public enum Exploration: Sendable, Hashable, Codable {
        /// SquareCB's form with γ_t = gamma·√t.
        case squareCB(gamma: Double)
        /// FastCB's form with γ_t = gamma·√t.
        case fastCB(gamma: Double)
        /// The best arm, and with probability `epsilon` any arm.
        case epsilonGreedy(epsilon: Double)
    }

    /// What the network is trained on.
    public enum Loss: String, Sendable, Hashable, Codable {
        /// Half the squared error of f.
        case square
        /// The cross-entropy of σ(f).
        case crossEntropy
    }

    public let arms: Int?
    /// How arms are chosen.
    public let exploration: Exploration
    /// What the network is trained on.
    public let loss: Loss
    /// The step η.
    public let eta: Double
    /// The scale c of the perturbation.
    public let perturbation: Double
    /// The sign vectors S of one step.
    public let draws: Int
    /// The radius R around the start.
    public let radius: Double
    public var journal: Journal
    /// The network.
    public private(set) var network: TanhNetwork
    /// The number of outcomes learnt.
    public private(set) var steps = 0

    /// Creates a policy on features of the occasion, with weights into the hidden layer for each arm.
    ///
    /// - Parameters:
    ///   - arms: The number of arms.
    ///   - features: The dimension of the context's features, of size about 1 each.
    ///   - width: The hidden units m.
    ///   - exploration: How arms are chosen.
    ///   - loss: What the network is trained on.
    ///   - eta: The step; `nil` for 0.2 with the squared error and 0.8 with the cross-entropy.
    ///   - perturbation: The scale c, at least 0; above 0.1 it harms.
    ///   - draws: The sign vectors of one step.
    ///   - radius: How far the parameters may go from their start.
    ///   - seed: The seed of the network, the signs and the draws.
    public init(
        arms: Int, features: Int, width: Int = 64, exploration: Exploration = .fastCB(gamma: 10),
        loss: Loss = .crossEntropy, eta: Double? = nil, perturbation: Double = 0.01, draws: Int = 4,
        radius: Double = .infinity, seed: UInt64 = 1
    ) {
        precondition(arms > 0, "a bandit needs at least one arm")
        self.init(
            arms, features, width, exploration, loss, eta, perturbation, draws, radius, seed)
    }

    /// Creates a policy on features of the arms.
    ///
    /// - Parameters:
    ///   - armFeatures: The dimension of the arms' features, of size about 1 each.
    ///   - width: The hidden units m.
    ///   - exploration: How arms are chosen.
    ///   - loss: What the network is trained on.
    ///   - eta: The step; `nil` for 0.2 with the squared error and 0.8 with the cross-entropy.
    ///   - perturbation: The scale c, at least 0; above 0.1 it harms.
    ///   - draws: The sign vectors of one step.
    ///   - radius: How far the parameters may go from their start.
    ///   - seed: The seed of the network, the signs and the draws.
    public init(
        armFeatures: Int, width: Int = 64, exploration: Exploration = .fastCB(gamma: 10),
        loss: Loss = .crossEntropy, eta: Double? = nil, perturbation: Double = 0.01, draws: Int = 4,
        radius: Double = .infinity, seed: UInt64 = 1
    ) {
        self.init(
            nil, armFeatures, width, exploration, loss, eta, perturbation, draws, radius, seed)
    }

    private init(
        _ arms: Int?, _ features: Int, _ width: Int, _ exploration: Exploration, _ loss: Loss, _ eta: Double?,
        _ perturbation: Double, _ draws: Int, _ radius: Double, _ seed: UInt64
    ) {
        switch exploration {
        case .squareCB(let gamma), .fastCB(let gamma):
            precondition(gamma >= 0 && gamma.isFinite, "gamma is a number of at least 0")
        case .epsilonGreedy(let epsilon):
            precondition(epsilon >= 0 && epsilon <= 1, "epsilon is a probability")
        }
        precondition((eta ?? 1) > 0, "eta is a step greater than 0")
        precondition(perturbation >= 0 && perturbation.isFinite, "perturbation is a scale of at least 0")
        precondition(draws > 0 && radius > 0, "draws and radius must be positive")
        self.arms = arms
        self.exploration = exploration
        self.loss = loss
        self.eta = eta ?? (loss == .square ? 0.2 : 0.8)
        self.perturbation = perturbation
        self.draws = draws
        self.radius = radius
        journal = Journal(seed: seed)
        // Streams 1 and 2 of the seed: decisions use stream 0.
        var random = CounterRandom(seed: seed, stream: 1)
        network = TanhNetwork(inputs: features, width: width, blocks: arms ?? 1, random: &random)
    }

    private func features(_ context: BanditContext, _ arm: Int) -> FeatureVector {
        arms == nil ? context.armFeatures[arm] : context.features
    }

    /// The predicted loss of an arm.
    private func predicted(_ context: BanditContext, _ arm: Int) -> Double {
        let output = network.value(features(context, arm), block: arms == nil ? 0 : arm)
        return loss == .square ? min(max(output, 0), 1) : Special.logistic(output)
    }

    /// The predicted loss of every arm.
    public func losses(_ context: BanditContext) -> [Double] {
        (0..<armCount(context)).map { predicted(context, $0) }
    }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let choices = context.choices(of: p.count)
        var losses = [Double](repeating: 1, count: p.count)
        for arm in choices { losses[arm] = predicted(context, arm) }
        let growth = Double(max(steps, 1)).squareRoot()
        switch exploration {
        case .squareCB(let gamma):
            InverseGap.squareCB(losses.map { 1 - $0 }, gamma: gamma * growth, choices: choices, into: &p)
        case .fastCB(let gamma):
            InverseGap.fastCB(losses: losses, gamma: gamma * growth, choices: choices, into: &p)
        case .epsilonGreedy(let epsilon):
            Arms.putOnBest(choices, &p) { -losses[$0] }
            for arm in choices { p[arm] = (1 - epsilon) * p[arm] + epsilon / Double(choices.count) }
        }
    }

    /// Learns a reward.
    ///
    /// - Precondition: the reward is in 0...1.
    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        precondition(outcome >= 0 && outcome <= 1, "rewards must be in 0...1; this is \(outcome)")
        var random = CounterRandom(seed: journal.seed, stream: 2).split(UInt64(steps))
        steps += 1
        let signs =
            perturbation > 0
            ? (0..<draws).map { _ in SignPerturbation(network, scale: perturbation, random: &random) } : []
        let arm = decision.action
        let slope = gradient(
            features(decision.context, arm), block: arms == nil ? 0 : arm, loss: 1 - outcome, signs)
        for j in slope.indices { network.parameters[j] -= eta * slope[j] }
        let distance = radius.isFinite ? network.distance : 0
        if distance > radius {
            for j in slope.indices {
                let start = network.start[j]
                network.parameters[j] = start + radius / distance * (network.parameters[j] - start)
            }
        }
    }

    /// The gradient of the average loss over perturbed outputs; of the plain output where there are no signs.
    func gradient(
        _ x: FeatureVector, block: Int, loss y: Double, _ signs: [SignPerturbation]
    ) -> [Double] {
        let output = network.value(x, block: block)
        var slope = [Double](repeating: 0, count: network.parameters.count)
        guard !signs.isEmpty else {
            network.addGradient(residual(output, y), x, block: block, to: &slope)
            return slope
        }
        let deviations = network.deviations
        var total = 0.0
        for sign in signs {
            let share = residual(output + sign.shift(deviations), y) / Double(signs.count)
            sign.addGradient(share, to: &slope)
            total += share
        }
        network.addGradient(total, x, block: block, to: &slope)
        return slope
    }

    /// The derivative of the loss in the output f̃: f̃ − y, or σ(f̃) − y.
    private func residual(_ output: Double, _ y: Double) -> Double {
        (loss == .square ? output : Special.logistic(output)) - y
    }
}
