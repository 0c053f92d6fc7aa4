import Foundation

/// How far an optimistic learner moves, by what is known of the losses.
public enum OptimisticStep: Sendable, Hashable, Codable {
    /// The same step for ever.
    case fixed(Double)
    /// For convex losses: ηₜ = c/√(δ + Σₛ<ₜ ‖gₛ − Mₛ‖²), where `delta` keeps the first steps finite.
    ///
    /// Without a scale, c is the set's diameter, or 2√(log d) in the entropic geometry.
    case convex(delta: Double = 1, scale: Double? = nil)
    /// For losses that curve by at least λ everywhere: ηₜ = 2/(λt).
    case stronglyConvex(lambda: Double)
    /// For losses f with exp(−αf) concave, such as squared and logistic losses: steps in the metric of the
    /// gradients seen.
    case expConcave(alpha: Double, gradientBound: Double)

    /// Traps where a number of the step makes no sense.
    func check(on set: ConvexSet, geometry: MirrorGeometry) {
        switch self {
        case .fixed(let eta): precondition(eta > 0 && eta.isFinite, "a step must be positive")
        case .convex(let delta, let own):
            let used = own ?? geometry.scale(on: set)
            precondition(delta > 0 && delta.isFinite, "delta must be positive")
            precondition(
                used >= 0 && used.isFinite, "an adaptive step on an unbounded set needs a positive scale")
        case .stronglyConvex(let lambda):
            precondition(lambda > 0 && lambda.isFinite, "lambda must be positive")
            precondition(geometry == .euclidean, "the step for strongly convex losses is Euclidean")
        case .expConcave(let alpha, let bound):
            precondition(alpha > 0 && bound > 0 && bound.isFinite, "alpha and gradientBound must be positive")
            precondition(geometry == .euclidean, "the step for exp-concave losses has its own metric")
            precondition(set.diameter.isFinite, "the step for exp-concave losses needs a bounded set")
        }
    }

    /// The factor β/2 of the metric, β = ½ min(1/(4GD), α); `nil` for the other steps.
    func metricWeight(on set: ConvexSet) -> Double? {
        guard case .expConcave(let alpha, let bound) = self else { return nil }
        return 0.25 * min(1 / (4 * bound * set.diameter), alpha)
    }
}
