/// Values a policy by the doubly robust estimate with weights shrunk so that it concentrates like a normal one.
///
/// Source: Metelli, Russo and Restelli, "Subgaussian and Differentiable Importance Sampling for Off-Policy Evaluation and
/// Learning" (2021), the harmonic correction, applied to the correction of a reward model.
///
///     V̂ = (1/n) Σᵢ { Σₐ π(a|xᵢ)·q̂(xᵢ, a) + ŵᵢ·(rᵢ − q̂(xᵢ, aᵢ)) },   ŵ = w / (1 − λ + λ·w)
///
/// with λ* = √(2·ln(1/δ) / (3·n·d₂)) and d₂ = (1/n) Σᵢ wᵢ² where λ is not given. λ = 0 is the doubly robust estimate.
///
/// - Complexity: O(n·K).
///
/// ```swift
/// let estimate = try SubGaussianDoublyRobust().estimate(sample)
/// ```
public struct SubGaussianDoublyRobust: TunableEstimator, Hashable {
    public static let id = "sg-dr"
    public static let needsPredictions = true

    /// The strength λ of the correction; `nil` for λ*.
    public let lambda: Double?
    /// The probability δ of a larger error that λ* is made for.
    public let delta: Double

    /// Creates the estimator.
    ///
    /// - Parameters:
    ///   - lambda: The strength of the correction, in 0...1; `nil` for λ*.
    ///   - delta: The probability of a larger error, in (0, 1); plays a part in λ* only.
    public init(lambda: Double? = nil, delta: Double = 0.05) {
        precondition(lambda.map { $0 >= 0 && $0 <= 1 } ?? true, "lambda lies between 0 and 1")
        precondition(delta > 0 && delta < 1, "delta is a probability")
        self.lambda = lambda
        self.delta = delta
    }

    public init(setting: Double) { self.init(lambda: setting) }

    public static func shrink(_ weight: Double, _ setting: Double) -> Double {
        SubGaussianInversePropensity.shrink(weight, setting)
    }

    public static func candidates(_ weights: [Double]) -> [Double] { Candidates.harmonic }

    public func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        let strength = lambda ?? SubGaussianInversePropensity.strength(sample, delta)
        return ValueEstimate(Self.id, try sample.corrected(Self.id) { Self.shrink($0, strength) })
    }
}
