/// Values a policy by the doubly robust estimate, but trusts the reward model alone where the weight is heavy.
///
/// Source: Wang, Agarwal and Dudík, "Optimal and Adaptive Off-policy Evaluation in Contextual Bandits" (2017).
///
///     V̂ = (1/n) Σᵢ { Σₐ π(a|xᵢ)·q̂(xᵢ, a) + wᵢ·1[wᵢ ≤ τ]·(rᵢ − q̂(xᵢ, aᵢ)) },   wᵢ = π(aᵢ|xᵢ) / π₀(aᵢ|xᵢ)
///
/// τ = 0 is the direct method, τ = ∞ the doubly robust estimate. The bias is at most what the model errs by in the actions of
/// weight above τ. ``Tuned`` chooses τ from the data.
///
/// - Complexity: O(n·K).
///
/// ```swift
/// let estimate = try SwitchDoublyRobust(tau: 20).estimate(sample)
/// ```
public struct SwitchDoublyRobust: TunableEstimator, Hashable {
    public static let id = "switch-dr"
    public static let needsPredictions = true

    /// The largest weight that still corrects the model, τ.
    public let tau: Double

    /// Creates the estimator.
    ///
    /// - Parameter tau: The largest weight that still corrects the model, at least 0.
    public init(tau: Double = 10) {
        precondition(tau >= 0, "tau is at least 0")
        self.tau = tau
    }

    public init(setting: Double) { self.init(tau: setting) }

    public static func shrink(_ weight: Double, _ setting: Double) -> Double {
        weight <= setting ? weight : 0
    }

    public static func candidates(_ weights: [Double]) -> [Double] { Candidates.quantiles(weights) }

    public func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        ValueEstimate(Self.id, try sample.corrected(Self.id) { Self.shrink($0, tau) })
    }
}
