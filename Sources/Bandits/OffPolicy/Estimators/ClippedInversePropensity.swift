/// Values a policy by weighted logged rewards, with no weight above a bound.
///
/// Source: Ionides, "Truncated Importance Sampling" (2008).
///
///     V̂ = (1/n) Σᵢ min(wᵢ, λ)·rᵢ,   wᵢ = π(aᵢ|xᵢ) / π₀(aᵢ|xᵢ)
///
/// A bound trades variance for bias: what the policy earns in actions that the log rarely shows is partly left out, so rewards
/// that are never negative are underestimated. λ = ∞ is inverse propensity scoring; the bound √n of the paper lets the bias
/// vanish as the log grows. ``Tuned`` chooses it from the data.
///
/// - Complexity: O(n).
///
/// ```swift
/// let estimate = try ClippedInversePropensity(lambda: 20).estimate(sample)
/// ```
public struct ClippedInversePropensity: TunableEstimator, Hashable {
    public static let id = "clipped-ips"
    public static let needsPredictions = false

    /// The largest weight λ; `nil` for √n.
    public let lambda: Double?

    /// Creates the estimator.
    ///
    /// - Parameter lambda: The largest weight, at least 0; `nil` for the square root of the number of rows.
    public init(lambda: Double? = nil) {
        precondition(lambda.map { $0 >= 0 } ?? true, "the largest weight is at least 0")
        self.lambda = lambda
    }

    public init(setting: Double) { self.init(lambda: setting) }

    public static func shrink(_ weight: Double, _ setting: Double) -> Double { min(weight, setting) }

    public static func candidates(_ weights: [Double]) -> [Double] { Candidates.quantiles(weights) }

    public func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        let bound = lambda ?? Double(sample.count).squareRoot()
        return ValueEstimate(Self.id, sample.weighted { Self.shrink($0, bound) })
    }
}
