/// Keeps what an online learner paid and what the best fixed point would have paid.
///
/// From the gradients gₜ at the points xₜ that were played it keeps Σ⟨gₜ, xₜ⟩ and Σgₜ, and so
///
///     Rₜ = Σ⟨gₜ, xₜ⟩ − min_x ⟨Σgₜ, x⟩,
///
/// which is the regret for linear losses and at least the regret for convex ones: a certificate that needs no
/// knowledge of the losses.
public struct RegretMeter: Sendable, Hashable, Codable {
    /// The number of gradients.
    public private(set) var rounds = 0
    /// The sum of ⟨gₜ, xₜ⟩.
    public private(set) var loss = 0.0
    /// The sum of the gradients.
    public private(set) var gradientSum: [Double]
    /// The last gradient; zeros before the first.
    public private(set) var last: [Double]
    /// The sum of ‖gₜ‖².
    public private(set) var squaredNorms = 0.0
    /// The sum of ‖gₜ − gₜ₋₁‖², with g₀ = 0: how much the stream drifts, noise included.
    public private(set) var variation = 0.0

    /// Creates a meter that has seen nothing.
    public init(dimension: Int) {
        gradientSum = [Double](repeating: 0, count: dimension)
        last = gradientSum
    }

    /// Counts a gradient at the point that was played.
    public mutating func add(_ gradient: [Double], at point: [Double]) {
        precondition(
            gradient.count == last.count && point.count == last.count,
            "a gradient needs one number for each coordinate")
        precondition(gradient.allSatisfy(\.isFinite), "a gradient must be finite")
        rounds += 1
        loss += VectorMath.dot(gradient, point)
        squaredNorms += VectorMath.dot(gradient, gradient)
        variation += VectorMath.squaredDistance(gradient, last)
        for i in gradient.indices { gradientSum[i] += gradient[i] }
        last = gradient
    }

    /// The regret against the best fixed point of a bounded set, or a bound on it where the losses are
    /// convex.
    public func regret(on set: ConvexSet) -> Double {
        loss - VectorMath.dot(gradientSum, set.minimizer(gradientSum))
    }
}
