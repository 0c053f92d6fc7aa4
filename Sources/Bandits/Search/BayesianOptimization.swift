import Foundation
import Kernels

/// Finds good settings of something that is expensive to try: a training run, a simulation, a study with
/// people.
///
/// Source: Frazier, "A Tutorial on Bayesian Optimization" (2018); Snoek, Larochelle and Adams, "Practical
/// Bayesian Optimization of Machine Learning Algorithms" (2012). A Gaussian process with Matérn-5/2
/// covariance and a length scale for each parameter models what has been measured; after a Latin
/// hypercube of 2(d + 1) points the next point is
///
///     x = argmax a(x),
///
/// a one of expected improvement, its version for noisy values (the default), and the knowledge gradient.
///
/// Several evaluations may run at once: a point without an outcome counts as if it had given the best
/// value so far (the "constant liar" of Ginsbourger, Le Riche and Carraro, 2010), so that the next one
/// lies elsewhere; `journal.forget(before:)` gives up on those that never came back. An outcome that is not a finite number says that the evaluation failed; it counts as
/// the worst value seen. Outcomes of decisions made elsewhere are welcome.
///
/// Not for more than some 20 parameters or some 500 evaluations, nor where an evaluation costs less than
/// some milliseconds.
///
/// - Complexity: O(n³) for a choice after n outcomes.
///
/// ```swift
/// let space = try SearchSpace(parsing: ["lr=log:1e-5..1e-1", "layers=int:1..8", "act=relu|tanh"])
/// var search = BayesianOptimization(space: space, goal: .minimize)
/// for _ in 0..<30 {
///     let decision = search.choose()
///     search.learn(decision, loss(decision.action))
/// }
/// print(search.recommendation!.point)
/// ```
public struct BayesianOptimization: Policy, Hashable {
    public static let id = "bayesian-optimization"

    /// What a measurement is expected to bring.
    public enum Acquisition: String, Sendable, Hashable, Codable, CaseIterable {
        /// By how much it exceeds the best value measured.
        case expectedImprovement
        /// By how much it raises the largest mean among the measured points.
        case noisyExpectedImprovement
        /// By how much it raises the largest mean anywhere.
        case knowledgeGradient
    }

    /// The parameters.
    public let space: SearchSpace
    /// Whether large or small outcomes are wanted.
    public let goal: SearchGoal
    /// What is maximised to find the next point.
    public let acquisition: Acquisition
    /// What is known about the noise of outcomes.
    public let noise: GaussianProcess.Noise
    /// The number of points before the first that is chosen by the model.
    public let initialPoints: Int
    public var journal: Journal
    /// The evaluations that came back, in the order of coming back.
    public private(set) var evaluations: [Evaluation] = []

    private var pending: [Pending] = []
    private var hyperparameters: [Double]?

    /// A point and what came of it.
    public struct Evaluation: Sendable, Hashable, Codable {
        /// The point.
        public let point: SearchPoint
        /// What came of it; not finite where it failed.
        public let outcome: Double
    }

    private struct Pending: Sendable, Hashable, Codable {
        let id: Int
        let unit: [Double]
    }

    /// Creates a search that has seen nothing.
    ///
    /// - Parameters:
    ///   - space: The parameters.
    ///   - goal: Whether large or small outcomes are wanted.
    ///   - acquisition: What is maximised to find the next point. Where outcomes are exact, the default
    ///     is expected improvement.
    ///   - noise: What is known about the variance of outcomes at one point.
    ///   - initialPoints: The number of points before the model chooses; `nil` for 2(d + 1) with d
    ///     parameters.
    ///   - seed: The seed.
    public init(
        space: SearchSpace, goal: SearchGoal = .maximize,
        acquisition: Acquisition = .noisyExpectedImprovement,
        noise: GaussianProcess.Noise = .fitted, initialPoints: Int? = nil, seed: UInt64 = 1
    ) {
        let count = initialPoints ?? 2 * (space.parameters.count + 1)
        precondition(count > 0, "a model needs a first point")
        if case .known(let variance) = noise { precondition(variance >= 0, "a variance is not negative") }
        self.space = space
        self.goal = goal
        self.acquisition = acquisition
        self.noise = noise
        self.initialPoints = count
        journal = Journal(seed: seed)
    }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, SearchPoint> {
        pending.removeAll { !journal.isWaiting($0.id) }
        let unit = nextUnit(&random)
        pending.append(Pending(id: journal.decided - 1, unit: unit))
        return PolicyDecision(action: space.decode(unit))
    }

    /// - Precondition: The decision's point is one of this space.
    public mutating func update(_ decision: PolicyDecision<NoContext, SearchPoint>, _ outcome: Double) {
        precondition(space.encode(decision.action) != nil, "the point \(decision.action) is not in the space")
        if let id = decision.id { pending.removeAll { $0.id == id } }
        evaluations.append(Evaluation(point: decision.action, outcome: outcome))
    }

    /// The number of points that were handed out and whose outcome is awaited.
    public var waitingPoints: Int { pending.count { journal.isWaiting($0.id) } }

    /// What the search would settle on: the evaluated point with the best expected outcome; `nil` before
    /// any evaluation succeeded.
    ///
    /// - Parameter confidence: The probability of the interval for what the point's outcome is on average.
    public func recommendation(confidence: Double = 0.9) -> SearchRecommendation? {
        precondition(confidence > 0 && confidence < 1, "a confidence level lies between 0 and 1")
        // What failed says where not to look, not what its neighbours give.
        let places = evaluations.indices.filter { evaluations[$0].outcome.isFinite }
        guard !places.isEmpty else { return nil }
        let data = Data(
            units: places.map { space.encode(evaluations[$0].point)! },
            values: places.map { goal.sign * evaluations[$0].outcome })
        let process = fit(data).process
        var best: (place: Int, mean: Double, variance: Double)?
        for (i, unit) in zip(places, data.units) {
            let (mean, variance) = process.predict(unit)
            if mean > best?.mean ?? -.infinity { best = (i, mean, variance) }
        }
        guard let best else { return nil }
        let half = Special.normalQuantile(0.5 + confidence / 2) * best.variance.squareRoot()
        let mean = goal.sign * best.mean
        return SearchRecommendation(
            point: evaluations[best.place].point, mean: mean, interval: mean - half...mean + half,
            outcome: evaluations[best.place].outcome)
    }

    /// What the model expects at a point, and the variance of that; `nil` before any evaluation succeeded
    /// or outside the space.
    public func prediction(at point: SearchPoint) -> (mean: Double, variance: Double)? {
        guard let data = measured, let unit = space.encode(point) else { return nil }
        let (mean, variance) = fit(data).process.predict(unit)
        return (goal.sign * mean, variance)
    }

    // MARK: - The model

    private struct Data {
        var units: [[Double]]
        var values: [Double]
    }

    /// All evaluations in the unit cube, larger is better, failures as the worst value seen; `nil` before
    /// any succeeded.
    private var measured: Data? {
        let values = evaluations.map { goal.sign * $0.outcome }
        guard let worst = values.filter(\.isFinite).min() else { return nil }
        return Data(
            units: evaluations.map { space.encode($0.point)! },
            values: values.map { $0.isFinite ? $0 : worst })
    }

    private func fit(_ data: Data) -> (process: GaussianProcess, hyperparameters: [Double]) {
        GaussianProcess.fit(
            points: data.units, values: data.values, noise: noise, groups: space.groups,
            start: hyperparameters)
    }

    private mutating func nextUnit(_ random: inout CounterRandom) -> [Double] {
        let place = evaluations.count + pending.count
        guard place >= initialPoints, let data = measured else {
            // The design belongs to the seed: every decision takes its own row.
            var design = CounterRandom(seed: journal.seed, stream: 1)
            let rows = space.latinHypercube(initialPoints, &design)
            let row = journal.decided - 1
            return row >= 0 && row < rows.count ? rows[row] : space.randomUnit(&random)
        }
        let fitted = fit(data)
        hyperparameters = fitted.hyperparameters
        var process = fitted.process
        let best = data.values.max()!
        if !pending.isEmpty {
            process = GaussianProcess(
                points: data.units + pending.map(\.unit), values: data.values + pending.map { _ in best },
                kernel: process.kernel, noise: process.noise, mean: process.mean)
        }
        let means = data.units.map { process.mean(at: $0) }
        let near = means.indices.sorted { (-means[$0], $0) < (-means[$1], $1) }.prefix(3).map {
            data.units[$0]
        }
        let search = AcquisitionSearch()
        switch acquisition {
        case .expectedImprovement:
            return search.maximum(
                ExpectedImprovement(process, best: best), space: space, near: near, random: &random)
        case .noisyExpectedImprovement:
            return search.maximum(
                NoisyExpectedImprovement(process), space: space, near: near, random: &random)
        case .knowledgeGradient:
            let candidates = process.rows + (0..<100).map { _ in space.randomUnit(&random) }
            return search.maximum(
                KnowledgeGradient(process, candidates: candidates), space: space, near: near, random: &random)
        }
    }
}
