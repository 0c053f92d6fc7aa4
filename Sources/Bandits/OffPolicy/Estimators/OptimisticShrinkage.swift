import Kernels

/// Values a policy by the doubly robust estimate with heavy weights shrunk smoothly.
///
/// Source: Su, Dimakopoulou, Krishnamurthy and Dudík, "Doubly Robust Off-Policy Evaluation with Shrinkage" (2020).
///
///     V̂ = (1/n) Σᵢ { Σₐ π(a|xᵢ)·q̂(xᵢ, a) + ŵᵢ·(rᵢ − q̂(xᵢ, aᵢ)) },   ŵ = λ·w / (w² + λ)
///
/// ŵ minimises a bound on the mean squared error for a model fitted by weighted least squares. Weights up to √λ grow, those
/// beyond fall back to zero: λ = 0 is the direct method, λ = ∞ the doubly robust estimate. ``Tuned`` chooses λ from the data.
///
/// - Complexity: O(n·K).
///
/// ```swift
/// let estimate = try OptimisticShrinkage(lambda: 400).estimate(sample)
/// ```
public struct OptimisticShrinkage: TunableEstimator, Hashable {
    public static let id = "dros"
    public static let needsPredictions = true

    public static let criterion = TuningCriterion.meanSquaredError(bounded: false)

    /// The square of the weight that is halved, λ.
    public let lambda: Double

    /// Creates the estimator.
    ///
    /// - Parameter lambda: The square of the weight that is halved, at least 0.
    public init(lambda: Double = 100) {
        precondition(lambda >= 0, "lambda is at least 0")
        self.lambda = lambda
    }

    public init(setting: Double) { self.init(lambda: setting) }

    public static func shrink(_ weight: Double, _ setting: Double) -> Double {
        guard setting > 0, weight > 0 else { return 0 }
        return setting.isInfinite ? weight : setting * weight / (weight * weight + setting)
    }

    public static func candidates(_ weights: [Double]) -> [Double] {
        let present = weights.filter { $0 > 0 }
        guard !present.isEmpty else { return [.infinity] }
        let low = Statistics.quantile(present, 0.05), high = Statistics.quantile(present, 0.95)
        return Candidates.geometric(from: 100 * high * high, to: 0.01 * low * low, count: 30)
    }

    public func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        ValueEstimate(Self.id, try sample.corrected(Self.id) { Self.shrink($0, lambda) })
    }
}
