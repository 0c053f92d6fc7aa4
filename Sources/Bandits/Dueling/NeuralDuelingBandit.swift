import Foundation
import Kernels

/// Finds the best prompt, or anything with a feature vector, from choices between two: the favourite
/// meets the most promising rival.
///
/// Source: Lin, Dai, Verma, Ng, Jaillet and Low, "Prompt Optimization with Human Feedback" (2024). Item e
/// has a utility h(e; θ), and the first of a duel wins with probability σ(h(e₁) − h(e₂)). θ is fitted to
/// all choices; with g(e) = ∇h(e; θ) and V = λI + Σ (g(e₁) − g(e₂))(g(e₁) − g(e₂))ᵀ over the duels,
///
///     first  = argmax h(e),
///     second = argmax over the others of h(e) + ν ‖g(e) − g(e_first)‖ in the norm of V⁻¹,
///
/// after some duels of random pairs. The utility is linear, h = θᵀe with g = e (fitted by Newton's method
/// on log loss + λ‖θ‖²), or a network with one hidden layer (full-batch Adam from the same initial
/// weights at every fit, V diagonal and rebuilt at every fit, because g moves with θ). Items come with
/// the context and may be others each time. Which side an item is shown on is up to the caller.
///
/// The linear model is the safer choice below some hundred comparisons; features from a sentence encoder
/// should have about length 1.
///
/// - Complexity: linear O(t d² + d³) for an outcome, O(K d²) for a choice; a network with w units O(t w
///   d) for each of 150 steps of a fit.
///
/// ```swift
/// let prompts = BanditContext(armFeatures: [[1, 0], [0.6, 0.8], [0, 1]])
/// var policy = NeuralDuelingBandit(features: 2)
/// let decision = policy.choose(prompts)
/// policy.learn(decision, 1)      // the first was preferred
/// print(policy.recommendation(prompts))
/// ```
public struct NeuralDuelingBandit: DuelPolicy, Hashable {
    public static let id = "apohf"

    /// What a utility looks like.
    public enum Model: Sendable, Hashable, Codable {
        /// An inner product with the features.
        case linear
        /// A hidden layer of this many units.
        case network(width: Int)
    }

    /// The number of features of an item.
    public let features: Int
    /// What a utility looks like.
    public let model: Model
    /// The ridge λ.
    public let lambda: Double
    /// The scale ν of the bonus for what is not known.
    public let exploration: Double
    /// The number of random duels at the start.
    public let initialDuels: Int
    /// The number of outcomes from one fit to the next.
    public let refitEvery: Int
    public var journal: Journal

    private var duels: [Duel<[Double]>] = []
    private var outcomes: [Double] = []
    private var linear: LinearUtility
    private var network: UtilityNetwork?
    /// The diagonal of V, for a network.
    private var diagonal: [Double] = []

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - features: The number of features of an item.
    ///   - model: What a utility looks like.
    ///   - exploration: The scale ν of the bonus.
    ///   - lambda: The ridge λ, positive.
    ///   - initialDuels: The number of random duels at the start.
    ///   - refitEvery: The number of outcomes from one fit to the next; `nil` for 1 where linear and 3
    ///     for a network.
    ///   - seed: The seed.
    public init(
        features: Int, model: Model = .linear, exploration: Double = 1, lambda: Double = 1,
        initialDuels: Int = 5, refitEvery: Int? = nil,
        seed: UInt64 = 1
    ) {
        precondition(features > 0, "an item has at least one feature")
        precondition(lambda > 0 && exploration >= 0 && initialDuels >= 0, "a setting is negative")
        precondition(refitEvery ?? 1 > 0, "a fit comes after at least one outcome")
        self.features = features
        self.model = model
        self.lambda = lambda
        self.exploration = exploration
        self.initialDuels = initialDuels
        self.refitEvery = refitEvery ?? (model == .linear ? 1 : 3)
        journal = Journal(seed: seed)
        linear = LinearUtility(features: model == .linear ? features : 0, lambda: lambda)
        if case .network(let width) = model {
            precondition(width > 0, "a layer has at least one unit")
            let initial = Self.initial(features, width, seed)
            network = initial
            diagonal = [Double](repeating: lambda, count: initial.parameters.count)
        }
    }

    private static func initial(_ features: Int, _ width: Int, _ seed: UInt64) -> UtilityNetwork {
        var random = CounterRandom(seed: seed, stream: 1)
        return UtilityNetwork(features: features, width: width, random: &random)
    }

    /// The utility h of each arm; only differences mean something.
    public func utilities(_ context: BanditContext) -> [Double] {
        context.armFeatures.map { utility($0.dense(features)) }
    }

    /// How far each arm's utility may be off compared with another arm's: ‖g(e) − g(e_other)‖ in the norm
    /// of V⁻¹.
    public func widths(_ context: BanditContext, against other: Int) -> [Double] {
        let base = gradient(context.armFeatures[other].dense(features))
        return context.armFeatures.map { item in
            let gap = zip(gradient(item.dense(features)), base).map { $0 - $1 }
            if network == nil { return linear.width(gap) }
            return zip(gap, diagonal).reduce(0) { $0 + $1.0 * $1.0 / $1.1 }.squareRoot()
        }
    }

    /// The arm with the largest utility among those that were in a duel; among all where none was.
    public func recommendation(_ context: BanditContext) -> Int {
        let scores = utilities(context)
        let items = context.armFeatures.map { $0.dense(features) }
        let choices = context.choices(of: items.count)
        let shown = choices.filter { arm in
            duels.contains { $0.first == items[arm] || $0.second == items[arm] }
        }
        return (shown.isEmpty ? Array(choices) : shown).max { scores[$0] < scores[$1] }!
    }

    /// - Precondition: The context has features of at least two arms that can be chosen.
    public mutating func decide(
        _ context: BanditContext, random: inout CounterRandom
    ) -> PolicyDecision<BanditContext, Duel<Int>> {
        let choices = context.choices(of: context.armFeatures.count)
        precondition(choices.count > 1, "a duel needs two arms with armFeatures in the context")
        if outcomes.count < initialDuels {
            let i = random.below(choices.count)
            let j = (i + 1 + random.below(choices.count - 1)) % choices.count
            return PolicyDecision(
                context: context, action: Duel(choices[i], choices[j]),
                propensity: 1 / Double(choices.count * (choices.count - 1)))
        }
        let scores = utilities(context)
        let first = choices.max { scores[$0] < scores[$1] }!
        let widths = exploration > 0 ? widths(context, against: first) : scores.map { _ in 0 }
        let second = choices.filter { $0 != first }.max {
            scores[$0] + exploration * widths[$0] < scores[$1] + exploration * widths[$1]
        }!
        return PolicyDecision(context: context, action: Duel(first, second))
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Duel<Int>>, _ outcome: Double) {
        precondition(outcome >= 0 && outcome <= 1, "a duel's outcome lies between 0 and 1")
        let items = decision.context.armFeatures
        let duel = Duel(
            items[decision.action.first].dense(features), items[decision.action.second].dense(features))
        duels.append(duel)
        outcomes.append(outcome)
        let refit = outcomes.count % refitEvery == 0
        switch model {
        case .linear:
            linear.add(Self.gap(duel.first, duel.second))
            if refit { linear.fit(duels.map { Self.gap($0.first, $0.second) }, outcomes) }
        case .network(let width):
            if refit {
                var fitted = Self.initial(features, width, journal.seed)
                fitted.fit(duels, outcomes, steps: 150, eta: 0.02, ridge: 0.01)
                network = fitted
                diagonal = diagonal.map { _ in lambda }
                for old in duels { addToDiagonal(old) }
            } else {
                addToDiagonal(duel)
            }
        }
    }

    private mutating func addToDiagonal(_ duel: Duel<[Double]>) {
        let gap = Self.gap(gradient(duel.first), gradient(duel.second))
        for k in gap.indices { diagonal[k] += gap[k] * gap[k] }
    }

    private func utility(_ item: [Double]) -> Double {
        network?.value(item) ?? VectorMath.dot(linear.weights, item)
    }

    private func gradient(_ item: [Double]) -> [Double] { network?.gradient(item) ?? item }

    private static func gap(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 - $1 } }
}
