import Kernels

/// Follows a stream of convex losses in the geometry of its set: weights on the simplex are multiplied, not
/// shifted.
///
/// Source: Nemirovski and Yudin, "Problem Complexity and Method Efficiency in Optimization" (1983); Beck and
/// Teboulle, "Mirror Descent and Nonlinear Projected Subgradient Methods for Convex Optimization" (2003).
/// With gradients gₜ, on the simplex
///
///     xₜ₊₁,ᵢ ∝ exp(−ηₜ Σₛ≤ₜ gₛ,ᵢ),   ηₜ = 2√(log d)/√(Σₛ≤ₜ (maxᵢ gₛ,ᵢ − minᵢ gₛ,ᵢ)²),
///
/// and elsewhere xₜ₊₁ = Π_X(xₜ − ηₜ gₜ) as `OnlineGradientDescent` does. On the simplex this is the form that
/// sums gradients first (dual averaging): with a fixed step it is the step-by-step form xₜ₊₁,ᵢ ∝ xₜ,ᵢ exp(−η
/// gₜ,ᵢ), and with steps that fall it keeps its guarantee, which the other loses. Regret is about √(log d · Σ
/// rangeₜ²): it grows with the logarithm of the dimension, where Euclidean steps pay √d for gradients with d
/// coordinates of one size. Where few coordinates of a gradient are not zero, Euclidean steps are nearly as
/// good.
///
/// - Complexity: O(d) for each round.
///
/// ```swift
/// var policy = MirrorDescent(set: .simplex(1000))    // weights of 1000 experts
/// let decision = policy.choose()
/// policy.learn(decision, losses)                     // the loss of each
/// ```
public struct MirrorDescent: Policy, Hashable {
    public static let id = "mirror-descent"

    /// The points that may be played.
    public let set: ConvexSet
    /// The distance that steps are measured in.
    public let geometry: MirrorGeometry
    /// How far each step goes.
    public let step: StepSize
    public var journal: Journal
    /// The point that is played next.
    public private(set) var point: [Double]
    /// What was paid so far.
    public private(set) var meter: RegretMeter
    private var squaredNorms = 0.0

    /// Creates a learner at the set's centre.
    ///
    /// - Parameters:
    ///   - set: The points that may be played.
    ///   - geometry: The distance that steps are measured in; `nil` takes the entropic one on the simplex,
    ///     the Euclidean one elsewhere.
    ///   - step: How far each step goes. The adaptive step's own scale is 2√(log d), or D/√2 with Euclidean
    ///     steps.
    ///   - seed: Kept in the journal; nothing is random.
    public init(
        set: ConvexSet, geometry: MirrorGeometry? = nil, step: StepSize = .adaptive(), seed: UInt64 = 1
    ) {
        self.set = set
        self.geometry = geometry ?? .suiting(set)
        self.geometry.check(on: set)
        self.step = step
        journal = Journal(seed: seed)
        point = set.center
        meter = RegretMeter(dimension: set.dimension)
        step.check(scale: scale)
    }

    private var scale: Double {
        geometry == .entropic ? geometry.scale(on: set) : set.diameter / 2.0.squareRoot()
    }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, [Double]> { PolicyDecision(action: point) }

    public mutating func update(_ decision: PolicyDecision<NoContext, [Double]>, _ outcome: [Double]) {
        meter.add(outcome, at: decision.action)
        squaredNorms += geometry.squaredNorm(outcome)
        let eta = step.value(rounds: meter.rounds, squaredNorms: squaredNorms, scale: scale)
        switch geometry {
        case .euclidean:
            for i in point.indices { point[i] -= eta * outcome[i] }
            set.project(&point)
        case .entropic:
            point = VectorMath.softmax(meter.gradientSum.map { -eta * $0 })
        }
    }
}
