import Foundation
import Kernels

/// Splits its trust among experts whose losses are all seen afterwards, and does nearly as well as the best
/// of them.
///
/// Source: Freund and Schapire, "A Decision-Theoretic Generalization of On-Line Learning and an Application
/// to Boosting" (1997); Cesa-Bianchi and Lugosi, "Prediction, Learning, and Games" (2006), theorem 2.3 for
/// the falling rate. With losses ℓ in [0, 1] of N experts,
///
///     pᵢ = e^(−ηₜ·Lᵢ) / Σ e^(−ηₜ·L),   Lᵢ = Σ ℓᵢ,   ηₜ = √(8·log N/t)   or fixed,
///
/// and the loss of a round is ⟨p, ℓ⟩. For every sequence the regret Σ ⟨p, ℓ⟩ − min L is at most
/// √(2T·log N) + √(log N/8), with a fixed η log N/η + η·T/8. The action is the whole distribution: draw from it, or mix
/// with it. With losses in a range of width w divide them by w.
///
/// - Complexity: O(N) for a choice and for an outcome.
///
/// ```swift
/// var hedge = Hedge(experts: 3)
/// let decision = hedge.choose()
/// hedge.learn(decision, [0.1, 0.9, 0.5])
/// print(hedge.regret, hedge.regretBound(rounds: 1))
/// ```
public struct Hedge: Policy, Hashable {
    public static let id = "hedge"

    /// The number of experts.
    public let experts: Int
    /// The learning rate η; `nil` for one that falls with the rounds.
    public let eta: Double?
    public var journal: Journal
    /// The loss of each expert so far.
    public private(set) var losses: [Double]
    /// The loss of the distributions that were chosen, so far.
    public private(set) var loss = 0.0
    /// The number of outcomes.
    public private(set) var rounds = 0

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - experts: The number of experts, at least 1.
    ///   - eta: The learning rate, positive; `nil` for √(8·log N/t).
    ///   - seed: The journal's seed; nothing is left to chance.
    public init(experts: Int, eta: Double? = nil, seed: UInt64 = 1) {
        precondition(experts > 0, "at least one expert is needed")
        precondition(eta.map { $0 > 0 } ?? true, "eta must be positive")
        self.experts = experts
        self.eta = eta
        journal = Journal(seed: seed)
        losses = [Double](repeating: 0, count: experts)
    }

    /// The share of each expert in the next decision.
    public var weights: [Double] {
        let rate = eta ?? (8 * log(Double(experts)) / Double(rounds + 1)).squareRoot()
        return ExponentialWeights.distribution(losses, eta: rate)
    }

    /// What following the best expert from the start would have saved.
    public var regret: Double { loss - (losses.min() ?? 0) }

    /// The most that the regret can be after so many rounds with losses in [0, 1] that each arrive before the
    /// next decision.
    public func regretBound(rounds: Int) -> Double {
        let t = Double(rounds), logN = log(Double(experts))
        guard let eta else { return (2 * t * logN).squareRoot() + (logN / 8).squareRoot() }
        return logN / eta + eta * t / 8
    }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, [Double]> {
        PolicyDecision(action: weights)
    }

    public mutating func update(_ decision: PolicyDecision<NoContext, [Double]>, _ outcome: [Double]) {
        precondition(outcome.count == experts, "\(outcome.count) losses for \(experts) experts")
        precondition(outcome.allSatisfy(\.isFinite), "losses must be finite numbers")
        rounds += 1
        for i in 0..<experts {
            losses[i] += outcome[i]
            loss += decision.action[i] * outcome[i]
        }
    }
}
