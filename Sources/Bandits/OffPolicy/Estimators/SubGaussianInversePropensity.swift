import Foundation

/// Values a policy by weighted logged rewards, each weight shrunk so that the estimate concentrates like a normal one.
///
/// Source: Metelli, Russo and Restelli, "Subgaussian and Differentiable Importance Sampling for Off-Policy Evaluation and
/// Learning" (2021), the harmonic correction.
///
///     V̂ = (1/n) Σᵢ ŵᵢ·rᵢ,   ŵ = w / (1 − λ + λ·w),   λ* = √(2·ln(1/δ) / (3·n·d₂)),   d₂ = (1/n) Σᵢ wᵢ²
///
/// Weights stay below 1/λ; λ = 0 is inverse propensity scoring, λ = 1 the plain mean over the rows whose action the policy
/// might take. For bounded rewards, and with E[w²] in place of d₂, λ* keeps the error below a multiple of √(E[w²]·ln(1/δ)/n)
/// with probability 1 − δ.
///
/// - Complexity: O(n).
///
/// ```swift
/// let estimate = try SubGaussianInversePropensity().estimate(sample)
/// ```
public struct SubGaussianInversePropensity: TunableEstimator, Hashable {
    public static let id = "sg-ips"
    public static let needsPredictions = false

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
        weight > 0 ? weight / (1 - setting + setting * weight) : 0
    }

    public static func candidates(_ weights: [Double]) -> [Double] { Candidates.harmonic }

    public func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        let strength = lambda ?? Self.strength(sample, delta)
        return ValueEstimate(Self.id, sample.weighted { Self.shrink($0, strength) })
    }

    /// λ*, at most 1.
    static func strength(_ sample: OffPolicySample, _ delta: Double) -> Double {
        var squares = 0.0
        for i in 0..<sample.count {
            let weight = sample.weight(i)
            squares += weight * weight
        }
        return squares > 0 ? min(1, (2 * log(1 / delta) / (3 * squares)).squareRoot()) : 1
    }
}
