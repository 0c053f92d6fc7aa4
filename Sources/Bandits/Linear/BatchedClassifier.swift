import Foundation
import Kernels

/// Learns from closed batches which arm is paid most often, and explores by how much worse the other arms look.
///
/// Source: Vangara and Egg, "Contextual Bandits in Payment Processing: Non-uniform Exploration and Supervised Learning at Adyen" (2024).
/// Rewards r in 0...1 become usable when their batch is closed. A logistic model f(x, a) = P(r = 1 | x, a) is then fitted to the last
/// `memory` batches by regularised log-loss,
///
///     min  Σ w·(−r·log f − (1 − r)·log(1 − f)) + λ/2·|θ|²,
///
/// and serves the next generation, which explores around b = argmax f with K arms available:
///
///     uniform    p(a) = ε/K + (1 − ε)·1[a = b], all rewards or only those of the uniform draws being learnt from
///     SquareCB   p(a) = 1/(K + γ(f(b) − f(a))),   γ = γ₀√n
///     FastCB     p(a) = l(b)/(K·l(b) + γ(l(a) − l(b))) with losses l = 1 − f
///
/// n is the number of training records; w = 1, or min(1/p, `weightCap`). The first generation is uniform. The intercept is free but for
/// a pull of 0.01 towards the base rate, which is what an arm without records is predicted to earn. Each closed batch leaves a report: what
/// the generation earned, what the next one would have earned, how one-sided the labels have become. Later models learn from
/// data that their own policy made, and may be worse than the first: `BatchStudy` measures it.
///
/// Not for rewards that come at once, where learning after each (`LogisticThompson`, `NeuFastCB`) is faster. Training on the
/// uniform draws alone wastes nearly all records.
///
/// - Complexity: O(K·d) for a choice; O(iterations·n·d²) to close a batch.
///
/// ```swift
/// var policy = BatchedClassifier(arms: 3, features: 2)
/// let decision = policy.choose(BanditContext(features: [0.2, -1], available: [0, 2]))
/// policy.learn(decision, 1)
/// policy.closeBatch()
/// ```
public struct BatchedClassifier: ArmPolicy, Hashable {
    public static let id = "igw-batch-cb"

    /// How arms are chosen around the best one.
    public enum Exploration: Sendable, Hashable, Codable {
        /// The best arm, and with probability `epsilon` any arm.
        case uniform(epsilon: Double)
        /// Inverse-gap weighting of predicted rewards, γ = gamma·√n.
        case squareCB(gamma: Double)
        /// Inverse-gap weighting of predicted losses, γ = gamma·√n.
        case fastCB(gamma: Double)
    }

    /// Which records the model is fitted to.
    public enum Training: String, Sendable, Hashable, Codable {
        /// All of them.
        case all
        /// Those whose arm came from a uniform draw: `mark` 1 in the decision.
        case uniformDraws
    }

    public let arms: Int?
    /// The dimension of the features.
    public let features: Int
    /// How arms are chosen.
    public let exploration: Exploration
    /// Which records the model is fitted to.
    public let training: Training
    /// The closed batches that a model is fitted to.
    public let memory: Int
    /// The ridge λ.
    public let lambda: Double
    /// The largest weight 1/p of a record; `nil` for equal weights.
    public let weightCap: Double?
    /// The number of outcomes that closes a batch by itself; `nil` where only `closeBatch()` does.
    public let batch: Int?
    public var journal: Journal
    /// The model in use; `nil` in the first generation.
    public private(set) var model: ChoiceModel?
    /// What was found as each batch was closed.
    public private(set) var reports: [GenerationReport] = []

    private var open: [BatchRecord] = []
    private var closed: [[BatchRecord]] = []

    /// Creates a policy with weights for each arm on the features of the occasion.
    ///
    /// - Parameters:
    ///   - arms: The number of arms.
    ///   - features: The dimension of the context's features, without a constant: each arm has an intercept.
    ///   - exploration: How arms are chosen.
    ///   - training: Which records the model is fitted to.
    ///   - memory: The closed batches that a model is fitted to, at least 1.
    ///   - lambda: The ridge λ, greater than 0.
    ///   - weightCap: The largest weight 1/p of a record; `nil` for equal weights.
    ///   - batch: The number of outcomes that closes a batch by itself.
    ///   - seed: The seed of the draws.
    public init(
        arms: Int, features: Int, exploration: Exploration = .squareCB(gamma: 4), training: Training = .all,
        memory: Int = 1, lambda: Double = 1, weightCap: Double? = nil, batch: Int? = nil, seed: UInt64 = 1
    ) {
        precondition(arms > 0, "a bandit needs at least one arm")
        self.init(
            arms, features, exploration, training, memory, lambda, weightCap, batch, seed)
    }

    /// Creates a policy with shared weights on the features of the arms.
    ///
    /// - Parameters:
    ///   - armFeatures: The dimension of the arms' features.
    ///   - exploration: How arms are chosen.
    ///   - training: Which records the model is fitted to.
    ///   - memory: The closed batches that a model is fitted to, at least 1.
    ///   - lambda: The ridge λ, greater than 0.
    ///   - weightCap: The largest weight 1/p of a record; `nil` for equal weights.
    ///   - batch: The number of outcomes that closes a batch by itself.
    ///   - seed: The seed of the draws.
    public init(
        armFeatures: Int, exploration: Exploration = .squareCB(gamma: 4), training: Training = .all,
        memory: Int = 1, lambda: Double = 1, weightCap: Double? = nil, batch: Int? = nil, seed: UInt64 = 1
    ) {
        self.init(
            nil, armFeatures, exploration, training, memory, lambda, weightCap, batch, seed)
    }

    private init(
        _ arms: Int?, _ features: Int, _ exploration: Exploration, _ training: Training, _ memory: Int,
        _ lambda: Double, _ weightCap: Double?, _ batch: Int?, _ seed: UInt64
    ) {
        switch exploration {
        case .uniform(let epsilon):
            precondition(epsilon >= 0 && epsilon <= 1, "epsilon is a probability")
        case .squareCB(let gamma), .fastCB(let gamma):
            precondition(gamma >= 0 && gamma.isFinite, "gamma is a number of at least 0")
        }
        precondition(features > 0 && memory > 0, "features and memory must be positive")
        precondition(lambda > 0 && lambda.isFinite, "lambda must be positive")
        precondition((weightCap ?? 1) > 0 && (batch ?? 1) > 0, "weightCap and batch must be positive")
        self.arms = arms
        self.features = features
        self.exploration = exploration
        self.training = training
        self.memory = memory
        self.lambda = lambda
        self.weightCap = weightCap
        self.batch = batch
        journal = Journal(seed: seed)
    }

    /// The number of the generation in use, from 0 on.
    public var generation: Int { reports.count }

    /// The outcomes in the batch that is not closed yet.
    public var pending: Int { open.count }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        write(model, context, into: &p)
    }

    private func write(_ model: ChoiceModel?, _ context: BanditContext, into p: inout [Double]) {
        let choices = context.choices(of: p.count)
        guard let model else {
            for arm in choices { p[arm] = 1 / Double(choices.count) }
            return
        }
        var chances = [Double](repeating: 0, count: p.count)
        for arm in choices { chances[arm] = model.chance(context, arm) }
        let growth = Double(model.records).squareRoot()
        switch exploration {
        case .uniform(let epsilon):
            Arms.putOnBest(choices, &p) { chances[$0] }
            for arm in choices { p[arm] = (1 - epsilon) * p[arm] + epsilon / Double(choices.count) }
        case .squareCB(let gamma):
            InverseGap.squareCB(chances, gamma: gamma * growth, choices: choices, into: &p)
        case .fastCB(let gamma):
            InverseGap.fastCB(
                losses: chances.map { 1 - $0 }, gamma: gamma * growth, choices: choices, into: &p)
        }
    }

    public mutating func decide(
        _ context: BanditContext, random: inout CounterRandom
    ) -> PolicyDecision<BanditContext, Int> {
        var p = [Double](repeating: 0, count: armCount(context))
        write(model, context, into: &p)
        let arm = Arms.draw(p, at: random.uniform())
        var share = model == nil ? 1.0 : 0
        if model != nil, case .uniform(let epsilon) = exploration {
            // Given the arm, the chance that it came from the uniform draw.
            share = epsilon / Double(context.choices(of: p.count).count) / p[arm]
        }
        return PolicyDecision(
            context: context, action: arm, propensity: p[arm], propensities: p,
            mark: random.bernoulli(share) ? 1 : 0)
    }

    /// Puts a reward in the open batch.
    ///
    /// - Precondition: the reward is in 0...1.
    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        precondition(outcome >= 0 && outcome <= 1, "rewards must be in 0...1; this is \(outcome)")
        open.append(
            BatchRecord(
                context: decision.context, arm: decision.action, propensity: decision.propensity,
                isUniform: decision.mark == 1, reward: outcome))
        if open.count == batch { closeBatch() }
    }

    /// Closes the open batch and fits the model of the next generation.
    ///
    /// - Returns: What was found; `nil` where the batch is empty, and nothing changes.
    @discardableResult
    public mutating func closeBatch() -> GenerationReport? {
        guard !open.isEmpty else { return nil }
        closed.append(open)
        if closed.count > memory { closed.removeFirst() }
        let usable = closed.joined().filter { training == .all || $0.isUniform }
        let next = usable.isEmpty ? model : fit(usable)
        let report = GenerationReport(
            generation: generation, records: open, arms: arms, model: model,
            trainingRewards: usable.map(\.reward), previous: reports.last?.meanReward,
            current: { propensities($0, model) }, next: { propensities($0, next) })
        reports.append(report)
        model = next
        open = []
        return report
    }

    private func propensities(_ context: BanditContext, _ model: ChoiceModel?) -> [Double] {
        var p = [Double](repeating: 0, count: armCount(context))
        write(model, context, into: &p)
        return p
    }

    private func fit(_ records: [BatchRecord]) -> ChoiceModel {
        let weights = records.map { record in weightCap.map { min(1 / record.propensity, $0) } ?? 1 }
        return ChoiceModel(
            records: records, weights: weights, arms: arms, features: features, lambda: lambda)
    }
}
