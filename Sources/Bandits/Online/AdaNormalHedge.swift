import Foundation

/// Weights for experts of whom only some speak in each round, without a learning rate to set.
///
/// Source: Luo and Schapire, "Achieving All with No Parameters: AdaNormalHedge" (2015). With Rᵢ the regret to
/// expert i over the rounds in which he spoke, Cᵢ the sum of its absolute terms, and the prior πᵢ,
///
///     qᵢ ∝ πᵢ·w(Rᵢ, Cᵢ),   w(R, C) = ½(Φ(R + 1, C + 1) − Φ(R − 1, C + 1)),   Φ(R, C) = exp(max(R, 0)²/(3C)),
///
/// over those who speak, uniform where all these are zero. For losses in 0...1, Rᵢ stays of order √(Cᵢ(log n
/// + log log T)) for every i.
///
/// - Complexity: O(number of experts that speak) for each round.
///
/// ```swift
/// var hedge = AdaNormalHedge(experts: 3)
/// let q = hedge.weights([0, 2])                  // expert 1 sleeps
/// hedge.learn([0, 2], weights: q, losses: [0.2, 0.7])
/// ```
public struct AdaNormalHedge: Sendable, Hashable, Codable {
    /// The weight of each expert before anything is known.
    public let prior: [Double]
    /// The regret to each expert over the rounds in which he spoke: positive where he did better.
    public private(set) var regrets: [Double]
    /// The sum of the absolute values of its terms.
    public private(set) var spreads: [Double]

    /// Creates weights for experts that are equal at first.
    public init(experts: Int) {
        precondition(experts > 0, "there must be at least one expert")
        self.init(prior: [Double](repeating: 1 / Double(experts), count: experts))
    }

    /// Creates weights with a prior.
    public init(prior: [Double]) {
        precondition(!prior.isEmpty && prior.allSatisfy { $0 > 0 && $0.isFinite }, "a prior must be positive")
        self.prior = prior
        regrets = [Double](repeating: 0, count: prior.count)
        spreads = regrets
    }

    /// The weights of the experts that speak, which add up to one.
    public func weights(_ awake: [Int]) -> [Double] {
        VectorMath.softmax(awake.map { log(prior[$0]) + Self.logWeight(regrets[$0], spreads[$0]) })
    }

    /// Learns what each expert that spoke has lost.
    ///
    /// - Parameters:
    ///   - awake: The experts that spoke, each once.
    ///   - weights: The weights that were used.
    ///   - losses: The loss of each, in 0...1.
    public mutating func learn(_ awake: [Int], weights: [Double], losses: [Double]) {
        precondition(
            awake.count == weights.count && awake.count == losses.count,
            "each expert needs a weight and a loss")
        let mixed = VectorMath.dot(weights, losses)
        for (expert, loss) in zip(awake, losses) {
            regrets[expert] += mixed - loss
            spreads[expert] += abs(mixed - loss)
        }
    }

    /// log w(R, C); minus infinity where the weight is zero.
    static func logWeight(_ regret: Double, _ spread: Double) -> Double {
        let scale = 3 * (spread + 1)
        let above = max(regret + 1, 0) * max(regret + 1, 0) / scale
        let below = max(regret - 1, 0) * max(regret - 1, 0) / scale
        return above > 0 ? above + log(-expm1(below - above) / 2) : -.infinity
    }
}
