import Kernels

/// Learns what somebody is after from which stretches of behaviour they prefer, taking it that they prefer
/// what collects more.
///
/// Source: Christiano, Leike, Brown, Martic, Legg and Amodei, "Deep reinforcement learning from human
/// preferences" (2017).
///
///     P(σ₁ ≻ σ₂) = logistic(Σ r(σ₁) − Σ r(σ₂)),   r(s, a) = w·φ(s, a)
///
/// What the data cannot say: a constant added to all rewards changes nothing where segments are equally
/// long, although it can turn the best behaviour round where episodes end. Where people look at where a
/// segment leads, this model can learn to avoid the goal; see `RegretReward`.
///
/// - Complexity: as `LinearReward`.
public struct PartialReturnReward: Sendable, Hashable {
    /// λ of the linear reward.
    public var ridge: Double

    /// Creates the learner.
    public init(ridge: Double = 1e-3) {
        precondition(ridge > 0, "the pull is positive: without it the optimum may be infinite")
        self.ridge = ridge
    }

    /// Learns.
    ///
    /// - Throws: `LearningError`.
    public func fit(_ data: SegmentSet, watch: FitWatch = FitWatch()) throws -> SegmentRewardModel {
        guard data.count > 0 else { throw LearningError.data("partial returns need comparisons of segments") }
        let model = try LinearReward(ridge: ridge).fit(data.collected(), seed: 1, watch: watch)
        var certificate = model.certificate
        certificate.limits.append(
            "a constant added to all rewards is not seen where segments are equally long")
        return SegmentRewardModel(
            process: data.process, kind: .partialReturn, weights: model.weights, covariance: model.covariance,
            certificate: certificate)
    }
}
