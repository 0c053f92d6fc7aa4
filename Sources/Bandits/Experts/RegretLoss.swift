import Foundation
import Kernels

/// Trains a model to decide well online by minimising its regret on random streams, without examples of right
/// decisions.
///
/// Source: Park, Liu, Ozdaglar and Zhang, "Do LLM Agents Have Regret? A Case Study in Online Learning and
/// Games" (2024). For groups of N streams with regrets R₁, …, R_N,
///
///     L = E[ Σⱼ wⱼ·h(Rⱼ) ],   wⱼ = e^(κ·Rⱼ) / Σ e^(κ·R),   h(x) = x² or max(0, x).
///
/// N = 1 is the mean of h; many streams in a group with a large κ tend to the worst case. With a layer of
/// linear attention, h = x² and independent losses of mean zero, the optimum is to follow the leader with a
/// quadratic regulariser, u = −c·Σ ℓ (`linearRate` gives c where plays are not brought into the set). On such
/// streams every decision maker has the same *mean* regret, which therefore trains and tells nothing: compare
/// E[R²].
///
/// - Complexity: O(steps · batch · T · d²).
///
/// ```swift
/// var loss = RegretLoss(rounds: 25)
/// loss.stages = [.init(steps: 50, eta: 5e-3)]
/// let layer = loss.train(dimension: 2, set: .ball(radius: 1)) { random, losses in
///     for i in losses.indices { losses[i] = random.normal() }
/// }
/// print(layer.value)
/// ```
public struct RegretLoss: Sendable, Hashable {
    /// What a regret costs.
    public enum Penalty: String, Sendable, Hashable, Codable, CaseIterable {
        /// R².
        case square
        /// max(0, R).
        case positivePart
    }

    /// Steps of Adam at one rate.
    public struct Stage: Sendable, Hashable, Codable {
        /// The number of steps.
        public var steps: Int
        /// The rate.
        public var eta: Double

        /// Creates a stage.
        public init(steps: Int, eta: Double) {
            self.steps = steps
            self.eta = eta
        }
    }

    /// The number T of rounds in a stream.
    public var rounds: Int
    /// What a regret costs.
    public var penalty: Penalty
    /// The number N of streams in a group.
    public var group: Int
    /// How much more the worst stream of a group counts (κ).
    public var sharpness: Double
    /// The number of groups in a step.
    public var batch: Int
    /// The steps.
    public var stages = [
        Stage(steps: 1000, eta: 5e-3), Stage(steps: 600, eta: 1e-3), Stage(steps: 400, eta: 2e-4),
    ]
    /// The seed of the streams and the first parameters.
    public var seed: UInt64

    /// Creates a training.
    public init(
        rounds: Int, penalty: Penalty = .square, group: Int = 1, sharpness: Double = 1, batch: Int = 64,
        seed: UInt64 = 1
    ) {
        precondition(rounds > 0 && group > 0 && batch > 0, "rounds, group and batch must be positive")
        precondition(sharpness >= 0, "sharpness cannot be negative")
        self.rounds = rounds
        self.penalty = penalty
        self.group = group
        self.sharpness = sharpness
        self.batch = batch
        self.seed = seed
    }

    /// The loss of one group of streams, and its derivative with respect to each regret.
    public func value(_ regrets: [Double]) -> (loss: Double, slopes: [Double]) {
        let weights = ExponentialWeights.distribution(regrets, eta: -sharpness)
        let costs = regrets.map { penalty == .square ? $0 * $0 : max(0, $0) }
        let loss = zip(weights, costs).reduce(0) { $0 + $1.0 * $1.1 }
        let slopes = regrets.indices.map { j in
            let slope = penalty == .square ? 2 * regrets[j] : (regrets[j] > 0 ? 1 : 0)
            return weights[j] * (slope + sharpness * (costs[j] - loss))
        }
        return (loss, slopes)
    }

    /// Trains a layer of linear attention with Adam.
    ///
    /// - Parameters:
    ///   - dimension: The number d of losses in a round.
    ///   - set: The set of the plays.
    ///   - projects: Whether plays are brought into the set.
    ///   - draw: Fills a stream of `rounds` × `dimension` losses, round after round.
    public func train(
        dimension: Int, set: DecisionSet, projects: Bool = true,
        draw: (inout CounterRandom, inout [Double]) -> Void
    ) -> AttentionLayer {
        let root = CounterRandom(seed: seed)
        var random = root.split(0)
        var layer = AttentionLayer(dimension: dimension, set: set, projects: projects, random: &random)
        let count = layer.parameters.count
        var adam = AdamState(count: count)
        var total = [Double](repeating: 0, count: count)
        var gradients = [[Double]](repeating: total, count: group)
        var regrets = [Double](repeating: 0, count: group)
        var stream = [Double](repeating: 0, count: rounds * dimension)
        for stage in stages {
            for _ in 0..<stage.steps {
                random = root.split(UInt64(adam.steps + 1))
                for i in 0..<count { total[i] = 0 }
                for _ in 0..<batch {
                    for j in 0..<group {
                        draw(&random, &stream)
                        regrets[j] = layer.regret(stream, gradient: &gradients[j])
                    }
                    let slopes = value(regrets).slopes
                    for j in 0..<group {
                        for i in 0..<count { total[i] += slopes[j] * gradients[j][i] / Double(batch) }
                    }
                }
                adam.step(&layer.parameters, against: total, eta: stage.eta)
            }
        }
        return layer
    }

    /// The c at which u = −c·Σ ℓ, played as it is, has the least E[R²] against a ball.
    ///
    ///     c = R·√2·Γ((d+1)/2) / (Γ(d/2)·d·σ·√T)
    ///
    /// - Parameters:
    ///   - dimension: The number d of losses in a round.
    ///   - rounds: The number T of rounds.
    ///   - deviation: The standard deviation σ of the losses, independent and normal with mean zero.
    ///   - radius: The radius R of the ball.
    public static func linearRate(
        dimension: Int, rounds: Int, deviation: Double = 1, radius: Double = 1
    ) -> Double {
        let d = Double(dimension)
        let gammas = exp(Special.logGamma((d + 1) / 2) - Special.logGamma(d / 2))
        return radius * 2.0.squareRoot() * gammas / (d * deviation * Double(rounds).squareRoot())
    }
}
