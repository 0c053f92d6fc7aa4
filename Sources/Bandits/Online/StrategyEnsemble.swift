import Foundation
import Kernels

/// Combines strategies with multiplicative pay-offs so that in the long run no single one of them would have
/// been richer.
///
/// Source: Lam, "Ensembling Portfolio Strategies for Long-Term Investments: A Distribution-Free Preference
/// Framework for Decision-Making and Algorithms" (2024); the learners are classical ones with the paper's
/// guarantee (Cover 1991; Helmbold et al. 1998). In period n the strategies pay the factors rₙ = (rₙᵃ), and
/// the combination λₙ of them pays ⟨λₙ, rₙ⟩; the capital is put back into the proportions λ each period. With
/// Sₙ(λ) = Π⟨λ, rᵢ⟩, growth is (1/n) log S. The rules are
///
///     universal               λₙ = Σ_p λ_p Sₙ₋₁(λ_p)/Σ_p Sₙ₋₁(λ_p)
///     exponentiatedGradient   λᵃ ∝ λᵃ exp(ηₙ rₙᵃ/⟨λ, rₙ⟩),   ηₙ = c√(8 log K/n)
///     bestCombination         λₙ = argmax_λ Sₙ₋₁(λ)
///     accelerated             λₙ = argmax_λ Σᵢ dⁿ⁻ⁱ log⟨λ, rᵢ⟩
///
/// The universal rule ends with log-wealth of at least the best particle's less the logarithm of their
/// number, on every sequence, and the particles include each strategy alone. A constant combination can grow
/// faster than all its members where they take turns. The accelerated rule gains where regimes last and has
/// no guarantee of its own; `isSafe` puts half of the capital on the universal rule, so that at most log 2 of
/// log-wealth is lost against the better one. Where strategies pay much the same, the price of learning
/// exceeds the gain, and an even split is hard to beat by the rules without a discount.
///
/// - Complexity: O(particles · K) for a period of the universal rule, O(K) of the gradient's, and a few
///   passes over the remembered pay-offs, O(K²) for each, every so many periods for the other two.
///
/// ```swift
/// var policy = StrategyEnsemble(strategies: 3)
/// let decision = policy.choose()                 // the share of each strategy
/// policy.learn(decision, [1.02, 0.99, 1])        // what each paid for 1
/// print(policy.wealth.growth, policy.strategyGrowth)
/// ```
public struct StrategyEnsemble: Policy, Hashable {
    public static let id = "strategy-ensemble-preference"

    /// The number of strategies K.
    public let strategies: Int
    /// How they are combined.
    public let rule: EnsembleRule
    /// Whether half of the first capital follows the universal rule.
    public let isSafe: Bool
    public var journal: Journal
    /// The wealth of the combination.
    public private(set) var wealth = WealthMeter()
    /// The logarithm of the wealth of each strategy alone.
    public private(set) var strategyLogWealth: [Double]
    private var lambda: [Double]
    private var mixture: UniversalMixture?
    /// The remembered pay-offs, the last period's at the end.
    private var history: [Double] = []
    private var bold = 0.0
    private var safe = 0.0

    /// Creates an ensemble that holds all strategies evenly.
    ///
    /// - Parameters:
    ///   - strategies: The number of strategies K.
    ///   - rule: How they are combined.
    ///   - isSafe: Whether half of the first capital follows the universal rule.
    ///   - seed: The seed of the universal rule's combinations.
    public init(
        strategies: Int, rule: EnsembleRule = .universal(), isSafe: Bool = false, seed: UInt64 = 1
    ) {
        precondition(strategies > 0, "there must be at least one strategy")
        rule.check()
        self.strategies = strategies
        self.rule = rule
        self.isSafe = isSafe
        journal = Journal(seed: seed)
        strategyLogWealth = [Double](repeating: 0, count: strategies)
        lambda = [Double](repeating: 1 / Double(strategies), count: strategies)
        let draws: Int? =
            if case .universal(let particles) = rule { particles } else { isSafe ? 500 : nil }
        mixture = draws.map {
            UniversalMixture(strategies: strategies, draws: $0, random: CounterRandom(seed: seed, stream: 1))
        }
    }

    /// The share of each strategy in the next period.
    public var weights: [Double] {
        guard let mixture else { return lambda }
        let shares = mixture.weights
        if case .universal = rule { return shares }
        let split = VectorMath.softmax([bold, safe])
        return shares.indices.map { split[0] * lambda[$0] + split[1] * shares[$0] }
    }

    /// The growth of each strategy alone, for each period.
    public var strategyGrowth: [Double] {
        strategyLogWealth.map { wealth.periods > 0 ? $0 / Double(wealth.periods) : 0 }
    }

    /// By how much the combination grew faster than the best strategy alone, for each period.
    public var advantage: Double { wealth.growth - (strategyGrowth.max() ?? 0) }

    /// The logarithm of the wealth of each of the universal rule's combinations; empty without it.
    public var particleLogWealth: [Double] { mixture?.logWealth ?? [] }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, [Double]> { PolicyDecision(action: weights) }

    public mutating func update(_ decision: PolicyDecision<NoContext, [Double]>, _ outcome: [Double]) {
        precondition(
            outcome.count == strategies && outcome.allSatisfy { $0 > 0 && $0.isFinite },
            "a period needs a positive pay-off of every strategy")
        wealth.add(VectorMath.dot(decision.action, outcome))
        for a in outcome.indices { strategyLogWealth[a] += log(outcome[a]) }
        if mixture != nil, isSafe {
            bold += log(VectorMath.dot(lambda, outcome))
            safe += log(VectorMath.dot(mixture?.weights ?? lambda, outcome))
        }
        mixture?.learn(outcome)
        remember(outcome)
        switch rule {
        case .universal: break
        case .exponentiatedGradient(let scale):
            let eta = scale * (8 * log(Double(strategies)) / Double(wealth.periods)).squareRoot()
            let payoff = VectorMath.dot(lambda, outcome)
            lambda = VectorMath.softmax(
                lambda.indices.map { log(lambda[$0]) + eta * outcome[$0] / payoff })
        case .bestCombination(let every): follow(every: every, discount: 1)
        case .accelerated(let discount, let every): follow(every: every, discount: discount)
        }
    }

    private mutating func follow(every: Int, discount: Double) {
        guard wealth.periods % every == 0 else { return }
        lambda =
            BestCombination(
                payoffs: history, strategies: strategies, discount: discount, start: lambda, tolerance: 1e-6
            ).weights
    }

    private mutating func remember(_ payoffs: [Double]) {
        guard rule.memory != 0 else { return }
        history += payoffs
        // Cut seldom, for moving the rest costs its length.
        if let memory = rule.memory, history.count >= (memory + memory / 4 + 1) * strategies {
            history.removeFirst(history.count - memory * strategies)
        }
    }
}
