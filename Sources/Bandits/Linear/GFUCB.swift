import Kernels

/// Runs many linear bandits at once and lets them share what their features mean.
///
/// Source: Lu, Zhao, Du and Huang, "Provable General Function Class Representation Learning in Multitask Bandits and MDPs" (2022), GFUCB. M
/// tasks are played in parallel; in each, an arm with features x pays ⟨wᵢ, φ(x)⟩ and noise, with a φ that all tasks share and a head
/// wᵢ of their own. The policy is optimistic over all (φ, w) that still fit the data of all tasks together,
///
///     Σᵢ Σ (fᵢ(x) − y)² ≤ min + β,   β ≈ σ²(M·k·log t + log N(Φ) + log 1/δ),
///
/// where heads cost M·k but the representation is paid for once. For one φ with Vᵢ = λI + Σ φφᵀ the best that task i can hope for is
///
///     ⟨ŵᵢ, φ(x)⟩ + √β'·√(φ(x)ᵀVᵢ⁻¹φ(x)),   β' = β − (what φ fits worse than the best φ)
///
/// per task, or with one ellipsoid for all tasks together Σᵢ⟨ŵᵢ, φᵢ⟩ + √β'·√(Σᵢ φᵢᵀVᵢ⁻¹φᵢ), which is maximised by one task
/// after the other until nothing changes (a local maximum). `representations:` takes a finite list of φ, one for a fixed φ; those with
/// β' < 0 are out. `rank:` learns a linear φ(x) = Bᵀx with k orthonormal directions by alternating ridge regressions, anew
/// every few rounds; before the first fit each task is a `LinUCB`.
///
/// Not for two or three tasks, where sharing gains nothing, nor for tasks without common structure.
///
/// - Complexity: O(M·K·k²) for a choice and O(M·k²) for outcomes, for each φ; a fit costs O(sweeps·((d·k)³ + M·(d·k)²)).
///
/// ```swift
/// var policy = GFUCB(tasks: 2, features: 3, rank: 1)
/// let offers = BanditContext(armFeatures: [[1, 0, 0], [0, 1, 1]])
/// let decision = policy.choose([offers, offers])
/// policy.learn(decision, [1, 0])
/// ```
public struct GFUCB: Policy, Hashable {
    public static let id = "gfucb"

    /// Which ellipsoids the optimism ranges over.
    public enum Confidence: String, Sendable, Hashable, Codable {
        /// One of radius √β for each task.
        case perTask
        /// One of radius √β for all tasks together.
        case joint
    }

    /// The number of tasks M.
    public let tasks: Int
    /// √β, the scale of the bonus.
    public let exploration: Double
    /// The ellipsoids.
    public let confidence: Confidence
    public var journal: Journal
    /// The representations; for a learned one the present one, none before the first fit.
    public private(set) var representations: [Representation]
    /// The heads of all tasks, for each representation.
    public private(set) var heads: [LinearBelief]
    /// The number of rounds learnt.
    public private(set) var rounds = 0

    private var squares = 0.0
    private var learner: RepresentationLearner?

    /// Creates a policy that chooses among given representations.
    ///
    /// - Parameters:
    ///   - tasks: The number of tasks.
    ///   - representations: The φ to choose from, at least one, all for features of one dimension.
    ///   - exploration: √β, at least 0.
    ///   - lambda: The ridge λ of the heads.
    ///   - confidence: Which ellipsoids the optimism ranges over.
    ///   - seed: The seed that breaks ties.
    public init(
        tasks: Int, representations: [Representation], exploration: Double = 0.5, lambda: Double = 1,
        confidence: Confidence = .perTask, seed: UInt64 = 1
    ) {
        precondition(tasks > 0 && !representations.isEmpty, "at least one task and one representation")
        precondition(exploration >= 0 && exploration.isFinite, "exploration is a scale of at least 0")
        precondition(
            representations.allSatisfy { $0.inputs == representations[0].inputs },
            "representations must be for features of one dimension")
        self.tasks = tasks
        self.exploration = exploration
        self.confidence = confidence
        journal = Journal(seed: seed)
        self.representations = representations
        heads = representations.map { LinearBelief(models: tasks, features: $0.outputs, lambda: lambda) }
    }

    /// Creates a policy that learns a linear representation.
    ///
    /// - Parameters:
    ///   - tasks: The number of tasks.
    ///   - features: The dimension of the arms' features.
    ///   - rank: The directions k that the tasks share, at most `features`.
    ///   - start: The round of the first fit.
    ///   - interval: The rounds from one fit to the next.
    ///   - exploration: √β, at least 0.
    ///   - lambda: The ridge λ.
    ///   - confidence: Which ellipsoids the optimism ranges over.
    ///   - seed: The seed that breaks ties.
    public init(
        tasks: Int, features: Int, rank: Int, start: Int = 15, interval: Int = 10, exploration: Double = 0.5,
        lambda: Double = 1, confidence: Confidence = .perTask, seed: UInt64 = 1
    ) {
        precondition(rank > 0 && rank <= features, "rank is between 1 and the number of features")
        precondition(start > 0 && interval > 0, "fits come after a positive number of rounds")
        self.init(
            tasks: tasks, representations: [.identity(features)], exploration: exploration, lambda: lambda,
            confidence: confidence, seed: seed)
        learner = RepresentationLearner(
            raw: LinearBelief(models: tasks, features: features, lambda: lambda), rank: rank, start: start,
            interval: interval)
    }

    /// What each representation fits worse than the best one, in sums of squares over all tasks.
    public var excess: [Double] {
        let residuals = heads.map { belief in
            (0..<tasks).reduce(squares) { sum, task in
                let w = belief.weights(task)
                return sum - VectorMath.dot(w, belief.responses(task))
                    - belief.lambda * VectorMath.dot(w, w)
            }
        }
        let least = residuals.min() ?? 0
        return residuals.map { $0 - least }
    }

    public mutating func decide(
        _ context: [BanditContext], random: inout CounterRandom
    ) -> PolicyDecision<[BanditContext], [Int]> {
        precondition(context.count == tasks, "one context for each of the \(tasks) tasks")
        var best: OptimisticChoice?
        for (index, gap) in excess.enumerated() {
            let left = exploration * exploration - gap
            if gap > 0, left < 0 { continue }
            let phi = representations[index], belief = heads[index]
            var choice = OptimisticChoice(
                context: context, radius: max(left, 0).squareRoot(), random: &random
            ) { task, arm in
                let x = phi(context[task].armFeatures[arm])
                return (belief.mean(x, model: task), belief.variance(x, model: task))
            }
            if confidence == .joint { choice.climb() }
            if best.map({ choice.value > $0.value }) ?? true { best = choice }
        }
        // The best representation has no excess, so that one choice is always found.
        return PolicyDecision(
            context: context, action: best?.arms ?? [], propensity: best?.propensity ?? 1)
    }

    public mutating func update(
        _ decision: PolicyDecision<[BanditContext], [Int]>, _ outcome: [Double]
    ) {
        precondition(outcome.count == tasks, "one reward for each of the \(tasks) tasks")
        for (task, reward) in outcome.enumerated() {
            let x = decision.context[task].armFeatures[decision.action[task]]
            squares += reward * reward
            for index in heads.indices {
                heads[index].learn(representations[index](x), reward, model: task)
            }
            learner?.raw.learn(x, reward, model: task)
        }
        rounds += 1
        if let fitted = learner?.fit(after: rounds) {
            representations = [fitted.representation]
            heads = [fitted.heads]
        }
    }
}
