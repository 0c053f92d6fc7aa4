import Foundation
import Kernels

/// Scores things by a weighted sum of their features: the model to try first, and the one to beat.
///
/// Source: Bradley and Terry, "Rank analysis of incomplete block designs: I. The method of paired comparisons" (1952), with
/// covariates.
///
///     r(x) = w·x,   P(a ≻ b) = σ(r(a) − r(b))
///     w = argmin (1/Σᵢ cᵢ) Σᵢ cᵢ ℓ(w·(aᵢ − bᵢ), yᵢ) + (λ/2) ‖w − w₀‖²
///
/// with c the weights of the comparisons, ℓ the loss and w₀ = 0 unless a start is given that the model is pulled to. There
/// is no intercept: it would say that the first of two is preferred for being first. The standard error of a difference is
/// √(xᵀ H⁻¹ x), H being the Hessian of the sum of logistic losses (with up to `widestCovariance` features; of
/// more than 20,000 comparisons from a sample of them).
///
/// What the data cannot say: features that are the same on both sides of every comparison get the weight of w₀.
///
/// - Complexity: O(n d) for each of some dozens of iterations; the covariance takes O(n d²) once.
///
/// ```swift
/// let model = try LinearReward(ridge: 1e-3).fit(data)
/// print(model.weights, model.certificate.converged)
/// ```
public struct LinearReward<Loss: PairLoss>: PreferenceLearner {
    public static var id: String { "linear" }

    /// ℓ.
    public var loss: Loss
    /// λ, on the scale of the mean loss.
    public var ridge: Double
    /// w₀, what the weights are pulled to; nil for 0.
    public var prior: [Double]?
    /// The largest component of the gradient at which the fit has converged.
    public var tolerance: Double
    /// The most iterations.
    public var maxIterations: Int
    /// Up to how many features standard errors are computed.
    public var widestCovariance: Int

    /// Creates the learner.
    public init(
        loss: Loss, ridge: Double = 1e-3, prior: [Double]? = nil, tolerance: Double = 1e-6,
        maxIterations: Int = 500, widestCovariance: Int = 512
    ) {
        precondition(ridge >= 0, "λ is \(ridge), but must not be negative")
        self.loss = loss
        self.ridge = ridge
        self.prior = prior
        self.tolerance = tolerance
        self.maxIterations = maxIterations
        self.widestCovariance = widestCovariance
    }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> LinearRewardModel {
        try require(data)
        return try fit(data, PairRows(data), from: nil, watch: watch)
    }

    /// Fits rows that were made before, beginning at some weights: the same result in fewer steps.
    func fit(_ data: ComparisonSet, _ rows: PairRows, from start: [Double]?, watch: FitWatch) throws
        -> LinearRewardModel
    {
        let width = data.items.features.columns
        if let prior, prior.count != width {
            throw LearningError.data("the weights to start from are \(prior.count), the features \(width)")
        }
        let total = data.weights.reduce(0, +)
        guard total > 0 else { throw LearningError.data("all comparisons have weight 0") }
        let center = prior ?? [Double](repeating: 0, count: width)
        let search = LBFGS(maxIterations: maxIterations, gradientTolerance: tolerance)
        var calls = 0
        let result = try search.minimize(from: start ?? center) { weights, gradient in
            var value = rows.sum(weights, into: &gradient) { place, d in
                let (y, c, m) = (data.labels[place], data.weights[place], data.margins[place])
                let (value, slope) = loss.valueAndSlope(y >= 0.5 ? d - m : d + m, label: y)
                return (c * value / total, c * slope / total)
            }
            for column in 0..<width {
                let pull = weights[column] - center[column]
                value += ridge / 2 * pull * pull
                gradient[column] += ridge * pull
            }
            calls += 1
            try watch.step(calls, of: maxIterations, loss: value)
            return value
        }
        guard result.value.isFinite else {
            throw LearningError.training(method: Self.id, reason: "the loss is \(result.value)")
        }
        var limits: [String] = []
        // Of hashed words most are new to everybody.
        let still = data.items.features.isSparse ? 0 : rows.constantColumns
        if still > 0 {
            limits.append(
                "\(still) of \(width) features are alike on both sides of every comparison: their weights are not learnt"
            )
        }
        if ridge == 0, !result.converged || Self.separates(result.x, rows, data) {
            limits.append(
                "without a ridge the best weights may be infinite: some features separate all answers")
        }
        let covariance =
            width <= widestCovariance && width > 0
            ? rows.covariance(result.x, weights: data.weights, ridge: ridge * total) : nil
        return LinearRewardModel(
            weights: result.x, covariance: covariance,
            certificate: FitCertificate(
                converged: result.converged, steps: result.iterations, loss: result.value, limits: limits))
    }

    /// Whether weights get every answer right, so that twice these weights fit better still.
    private static func separates(_ weights: [Double], _ rows: PairRows, _ data: ComparisonSet) -> Bool {
        var gradient = [Double](repeating: 0, count: weights.count)
        let wrong = rows.sum(weights, into: &gradient) { place, d in
            let y = data.labels[place]
            return (data.weights[place] == 0 || (y == 1 && d > 0) || (y == 0 && d < 0) ? 0 : 1, 0)
        }
        return wrong == 0
    }
}

extension LinearReward where Loss == LogisticLoss {
    /// Creates the learner with the Bradley–Terry loss.
    public init(ridge: Double = 1e-3, prior: [Double]? = nil, tolerance: Double = 1e-6) {
        self.init(loss: LogisticLoss(), ridge: ridge, prior: prior, tolerance: tolerance)
    }
}

/// A weighted sum of features.
public struct LinearRewardModel: ItemScorer {
    public static var id: String { "linear" }

    /// w, one for each feature.
    public let weights: [Double]
    /// H⁻¹, the covariance of the weights; nil where it was not computed.
    public let covariance: Matrix?
    public let certificate: FitCertificate

    /// Creates a model of its weights.
    public init(
        weights: [Double], covariance: Matrix? = nil,
        certificate: FitCertificate = FitCertificate(converged: true, steps: 0, loss: .nan)
    ) {
        self.weights = weights
        self.covariance = covariance
        self.certificate = certificate
    }

    public var features: Int { weights.count }

    public func scores(_ items: ItemSet, for audience: Audience) throws -> [Prediction] {
        try audience.requireEveryone(Self.id)
        guard items.features.columns == features else {
            throw LearningError.data(
                "the items have \(items.features.columns) features, the model has learnt from \(features)")
        }
        return predictions(items.features)
    }

    public func predict(_ data: ComparisonSet, for audience: Audience) throws -> [Prediction] {
        try audience.requireEveryone(Self.id)
        try data.require(features: features)
        return predictions(data.differences())
    }

    private func predictions(_ rows: FeatureMatrix) -> [Prediction] {
        let values = rows.product(weights)
        guard let covariance else { return values.map { Prediction($0) } }
        return Parallel.map(rows.rows) { index in
            let row = rows.row(index)
            let spread = zip(row, covariance.multiply(row)).reduce(0) { $0 + $1.0 * $1.1 }
            return Prediction(values[index], deviation: max(0, spread).squareRoot())
        }
    }

    public var state: ModelState {
        var state = ModelState()
        state["weights"] = .init(weights)
        if let covariance {
            state["covariance"] = .init(covariance)
        }
        state.keep(certificate)
        return state
    }

    public init(_ state: ModelState) throws {
        weights = try state.vector("weights")
        covariance = state["covariance"] == nil ? nil : try state.matrix("covariance")
        certificate = try state.certificate
        if let covariance, covariance.rows != weights.count || covariance.columns != weights.count {
            throw LearningError.data("the model's covariance does not fit its \(weights.count) weights")
        }
    }
}
