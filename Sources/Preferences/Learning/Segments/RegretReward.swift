import Foundation
import Kernels

/// Learns what somebody is after from which stretches of behaviour they prefer, taking it that they prefer
/// what is nearer to acting well.
///
/// Source: Knox, Hatgis-Kessell, Booth, Niekum, Stone and Allievi, "Models of human preference for learning
/// reward functions" (2022).
///
///     reg(σ) = Σₜ V*(sₜ) − Q*(sₜ, aₜ) ≥ 0,   P(σ₁ ≻ σ₂) = logistic(reg(σ₂) − reg(σ₁)),   r(s, a) = w·φ(s, a)
///     w = argmin −mean log P + λ |w|²
///
/// V* and Q* depend on w; here they are smooth maxima over a library of policies that are best for random
/// weights, to which the policies best for the weights found are added, and w is fitted again. The best of
/// several starts is kept.
///
/// What the data cannot say: all rewards under which the same behaviour loses equally much explain the
/// comparisons equally well, so that adding to w what changes no advantage changes nothing.
/// `certificate.limits` names directions that the data leave open. Whether people judge like this is
/// another question: where they judge by what a segment collects, `PartialReturnReward` is the right model;
/// `SegmentModelComparison` tells them apart by predictions.
///
/// - Complexity: O(places · policies · features) for each iteration, places being the states and actions in
///   the segments.
///
/// ```swift
/// let model = try RegretReward().fit(data, seed: 1)
/// let policy = try model.plan().policy
/// ```
public struct RegretReward: Sendable, Hashable {
    /// The method's id.
    public static let id = "regret-preference"

    /// How many random weights the first policies are best for.
    public var policies: Int
    /// T, the temperature of the smooth maximum.
    public var temperature: Double
    /// λ.
    public var ridge: Double
    /// The number of starts.
    public var starts: Int
    /// How many times the policies best for the weights found are added, and the weights fitted again.
    public var refinements: Int

    /// Creates the learner.
    public init(
        policies: Int = 60, temperature: Double = 0.1, ridge: Double = 1e-3, starts: Int = 3,
        refinements: Int = 2
    ) {
        precondition(policies > 0 && starts > 0 && refinements >= 0, "counts are at least 1")
        precondition(temperature > 0 && ridge > 0, "the temperature and the pull are positive")
        self.policies = policies
        self.temperature = temperature
        self.ridge = ridge
        self.starts = starts
        self.refinements = refinements
    }

    /// Learns.
    ///
    /// - Throws: `LearningError`.
    public func fit(
        _ data: SegmentSet, seed: UInt64 = 1, watch: FitWatch = FitWatch()
    ) throws -> SegmentRewardModel {
        guard data.count > 0 else { throw LearningError.data("\(Self.id) needs comparisons of segments") }
        let root = CounterRandom(seed: seed)
        var library = SuccessorLibrary(data.process, temperature: temperature)
        var random = root.split(1)
        library.addRandom(policies, using: &random)
        guard !library.policies.isEmpty else {
            throw LearningError.training(
                method: Self.id, reason: "no policy of the process has a value without discounting")
        }
        var points = [try PartialReturnReward(ridge: max(ridge, 1e-3)).fit(data).weights]
        for start in 1..<max(starts, 1) {
            var random = root.split(UInt64(1 + start))
            points.append((0..<data.process.features).map { _ in random.normal() })
        }
        // Each start grows a library of its own, so that only losses by exact values compare.
        var best: (model: SegmentRewardModel, loss: Double)?
        for (number, point) in points.enumerated() {
            let model = search(point, data, library)
            let loss = exactLoss(model, data)
            try watch.step(number + 1, of: points.count, loss: loss)
            if loss < best?.loss ?? .infinity { best = (model, loss) }
        }
        guard let best else {
            throw LearningError.training(method: Self.id, reason: "the loss is not finite")
        }
        return best.model
    }

    /// Fits from one start, adding the policies best for the weights found.
    private func search(_ point: [Double], _ data: SegmentSet, _ library: SuccessorLibrary)
        -> SegmentRewardModel
    {
        var library = library
        let terms = RegretTerms(data, library)
        let search = LBFGS(maxIterations: 300, gradientTolerance: 1e-6)
        func fit(_ point: [Double], _ library: SuccessorLibrary) -> LBFGS.Result {
            search.minimize(from: point) { terms.loss($0, library, ridge: ridge, into: &$1) }
        }
        var best = fit(point, library)
        for _ in 0..<refinements where library.add(best.x) { best = fit(best.x, library) }
        return model(best, terms, library, data)
    }

    /// The loss with the values of the best policy instead of the library's; infinite where there are none.
    private func exactLoss(_ model: SegmentRewardModel, _ data: SegmentSet) -> Double {
        guard let probabilities = try? model.probabilities(data) else { return .infinity }
        let size = model.weights.reduce(0) { $0 + $1 * $1 }
        return zip(probabilities, data.labels).reduce(ridge * size) { sum, answer in
            sum + Answer(probability: answer.0, label: answer.1).logLoss / Double(data.count)
        }
    }

    private func model(
        _ best: LBFGS.Result, _ terms: RegretTerms, _ library: SuccessorLibrary, _ data: SegmentSet
    ) -> SegmentRewardModel {
        let d = data.process.features
        let information = terms.information(best.x, library)
        var limits: [String] = []
        if let eigen = SymmetricEigen(information) {
            let open = eigen.values.count { $0 < 1e-2 }
            if open > 0 {
                limits.append("the comparisons leave \(open) of \(d) directions of the reward open")
            }
        }
        limits.append("rewards under which every segment has the same regret cannot be told apart")
        var hessian = information
        for place in 0..<d { hessian[place, place] += 2 * ridge * Double(data.count) }
        return SegmentRewardModel(
            process: data.process, kind: .regret, weights: best.x, covariance: Cholesky(hessian)?.inverse(),
            certificate: FitCertificate(
                converged: best.converged, steps: best.iterations, loss: best.value, limits: limits))
    }
}

/// The comparisons with the places of the library that they ask for.
struct RegretTerms {
    /// The places that occur, each once.
    private let places: [Int]
    /// For each comparison the places (rows of `places`) that its difference of regrets adds and subtracts.
    private let signs: [[(row: Int, sign: Double)]]
    private let labels: [Double]

    init(_ data: SegmentSet, _ library: SuccessorLibrary) {
        var rows: [Int: Int] = [:]
        var places: [Int] = []
        func row(_ place: Int) -> Int {
            if let row = rows[place] { return row }
            rows[place] = places.count
            places.append(place)
            return places.count - 1
        }
        // reg(second) − reg(first), regret being Σ V − Q.
        func add(_ segment: TrajectorySegment, _ sign: Double, _ terms: inout [(row: Int, sign: Double)]) {
            for (state, action) in zip(segment.states, segment.actions) where !data.process.isEnd[state] {
                terms.append((row(library.place(state)), sign))
                terms.append((row(library.place(state, action)), -sign))
            }
        }
        signs = (0..<data.count).map { place in
            var terms: [(row: Int, sign: Double)] = []
            add(data.second[place], 1, &terms)
            add(data.first[place], -1, &terms)
            return terms
        }
        self.places = places
        labels = data.labels
    }

    /// −mean log-likelihood + λ |w|², and its gradient.
    func loss(_ x: [Double], _ library: SuccessorLibrary, ridge: Double, into gradient: inout [Double])
        -> Double
    {
        let found = library.values(x, at: places)
        let (d, n) = (x.count, Double(labels.count))
        var slopes = [Double](repeating: 0, count: places.count)
        var value = 0.0
        for (label, terms) in zip(labels, signs) {
            var difference = 0.0
            for term in terms { difference += term.sign * found.values[term.row] }
            value += Special.log1pExp(difference) - label * difference
            let slope = (Special.logistic(difference) - label) / n
            for term in terms { slopes[term.row] += slope * term.sign }
        }
        value /= n
        for column in 0..<d {
            value += ridge * x[column] * x[column]
            gradient[column] = 2 * ridge * x[column]
        }
        for (row, slope) in slopes.enumerated() where slope != 0 {
            for column in 0..<d { gradient[column] += slope * found.gradients[row * d + column] }
        }
        return value
    }

    /// Σ p (1 − p) g gᵀ over comparisons, g being the gradient of the log-odds.
    func information(_ x: [Double], _ library: SuccessorLibrary) -> Matrix {
        let found = library.values(x, at: places)
        let d = x.count
        var result = Matrix(rows: d, columns: d)
        for terms in signs {
            var difference = 0.0
            var g = [Double](repeating: 0, count: d)
            for term in terms {
                difference += term.sign * found.values[term.row]
                for column in 0..<d { g[column] += term.sign * found.gradients[term.row * d + column] }
            }
            let p = Special.logistic(difference)
            for i in 0..<d { for j in 0..<d { result[i, j] += p * (1 - p) * g[i] * g[j] } }
        }
        return result
    }
}
