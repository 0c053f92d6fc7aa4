import Foundation
import Kernels

/// Accepts or rejects people when only the accepted show who they were, and heeds auditors who object to
/// unequal treatment.
///
/// Source: Bechavod and Roth, "Individually Fair Learning with One-Sided Feedback" (2023), the reduction to a
/// linear semi-bandit, with exponential weights over a finite class H of rules h(x) ∈ {0, 1}. For the k
/// people of a round,
///
///     π(x) = (1 − g)·Σ_h p(h)h(x) + g/2,     p(h) ∝ exp(−η·Λ(h))
///     ℓ̂ᵢ = 1[i accepted]·(1 − 2yᵢ)/π(xᵢ)
///     Λ(h) ← Λ(h) + (1/k) Σᵢ h(xᵢ)·ℓ̂ᵢ + C·(h(x_u) − h(x_v))
///
/// where (u, v) is the pair that was flagged, if any. It works because the error of π is Σᵢ yᵢ + π(xᵢ)(1 −
/// 2yᵢ): up to a constant linear in π, with a slope that accepting reveals, so that ℓ̂ is unbiased. C trades
/// accuracy for fairness; η is about √(log|H| / (k·T)) up to a small constant. Both the regret of the error
/// against the best fair rule and the number of flagged rounds grow slower than T.
///
/// The exploration g accepts and rejects everybody now and then, which costs an error of about g/2: not for
/// decisions where accepting by chance is out of the question.
///
/// - Complexity: O(|H|·k) calls of a rule for a round.
///
/// ```swift
/// let rules = stride(from: -1, through: 1, by: 0.1).map { LinearRule(weights: [1], threshold: $0) }
/// var policy = OneSidedFairness(rules: rules, penalty: 2)
/// let decision = policy.choose([[0.3], [0.1]])
/// let review = panel.review(people: decision.context, probabilities: decision.action.probabilities)
/// policy.learn(decision, OneSidedOutcome(labels: [true, nil], flagged: review.flagged))
/// ```
public struct OneSidedFairness<Rule: AcceptanceRule>: Policy {
    public static var id: String { "fair-one-sided" }

    /// The class H.
    public let rules: [Rule]
    /// The loss C of a flagged pair.
    public let penalty: Double
    /// The step η of the exponential weights.
    public let eta: Double
    /// The share g of decisions by the toss of a coin.
    public let exploration: Double
    public var journal: Journal
    /// Λ: the estimated loss of every rule.
    public private(set) var scores: [Double]
    /// The number of rounds learnt in which a pair was flagged.
    public private(set) var flaggedRounds = 0
    private var people = 0.0
    private var errorSum = 0.0
    private var errorSquares = 0.0

    /// Creates a learner that weighs all rules alike.
    ///
    /// - Parameters:
    ///   - rules: The class H, not empty.
    ///   - penalty: The loss C of a flagged pair; 0 learns for accuracy alone.
    ///   - exploration: The share g of decisions by the toss of a coin, in (0, 1].
    ///   - eta: The step η.
    ///   - seed: The seed of the draws.
    public init(
        rules: [Rule], penalty: Double = 2, exploration: Double = 0.1, eta: Double = 0.05, seed: UInt64 = 1
    ) {
        precondition(!rules.isEmpty, "a learner needs at least one rule")
        precondition(penalty >= 0 && eta >= 0, "penalty and eta are not negative")
        precondition(
            exploration > 0 && exploration <= 1, "exploration lies in (0, 1]: all must have a chance")
        self.rules = rules
        self.penalty = penalty
        self.eta = eta
        self.exploration = exploration
        journal = Journal(seed: seed)
        scores = [Double](repeating: 0, count: rules.count)
    }

    /// p: the weight of every rule.
    public var weights: [Double] { ExponentialWeights.distribution(scores, eta: eta) }

    /// The probability π(x) with which each person would be accepted.
    public func probabilities(_ people: [[Double]]) -> [Double] {
        let p = weights
        return people.map { person in
            var sum = 0.0
            for (rule, weight) in zip(rules, p) where rule.accepts(person) { sum += weight }
            return (1 - exploration) * min(sum, 1) + exploration / 2
        }
    }

    /// The share of people who were decided on wrongly so far, as far as the accepted tell, and its standard
    /// error.
    ///
    /// It is unbiased: an accepted person stands for 1/π people, the rejected ones among them.
    public var error: (value: Double, standardError: Double) {
        guard people > 1 else { return (errorSum, .infinity) }
        let mean = errorSum / people
        let variance = max(errorSquares / people - mean * mean, 0)
        return (mean, (variance / (people - 1)).squareRoot())
    }

    public mutating func decide(
        _ context: [[Double]], random: inout CounterRandom
    ) -> PolicyDecision<[[Double]], Acceptance> {
        let pi = probabilities(context)
        let accepted = pi.map { random.bernoulli($0) }
        let propensity = zip(pi, accepted).reduce(1) { $0 * ($1.1 ? $1.0 : 1 - $1.0) }
        return PolicyDecision(
            context: context, action: Acceptance(accepted: accepted, probabilities: pi),
            propensity: max(propensity, .leastNormalMagnitude))
    }

    /// Learns from a round; an accepted person whose label is missing teaches nothing.
    public mutating func update(
        _ decision: PolicyDecision<[[Double]], Acceptance>, _ outcome: OneSidedOutcome
    ) {
        let round = decision.context, action = decision.action
        precondition(outcome.labels.count == round.count, "an outcome needs one label or nil for each person")
        for (i, person) in round.enumerated() {
            let pi = action.probabilities[i]
            var wrong = 0.0
            if action.accepted[i], let label = outcome.labels[i] {
                let loss = (label ? -1 : 1) / pi / Double(round.count)
                for h in rules.indices where rules[h].accepts(person) { scores[h] += loss }
                wrong = (label ? 1 - pi : pi) / pi
            }
            people += 1
            errorSum += wrong
            errorSquares += wrong * wrong
        }
        if let pair = outcome.flagged {
            flaggedRounds += 1
            let u = round[pair.favoured], v = round[pair.slighted]
            for h in rules.indices {
                scores[h] += penalty * ((rules[h].accepts(u) ? 1 : 0) - (rules[h].accepts(v) ? 1 : 0))
            }
        }
    }
}
