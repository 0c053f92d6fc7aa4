import Kernels

/// Follows a stream of convex losses by a step against each gradient and back into the set.
///
/// Source: Zinkevich, "Online Convex Programming and Generalized Infinitesimal Gradient Ascent" (2003); the
/// adaptive step as in Streeter and McMahan, "Less Regret via Online Conditioning" (2010). In round t it
/// plays xₜ in the set X, is told gₜ, a gradient of the loss at xₜ, and moves to
///
///     xₜ₊₁ = Π_X(xₜ − ηₜ gₜ),   ηₜ = (D/√2)/√(Σₛ≤ₜ ‖gₛ‖²),
///
/// where Π_X is the nearest point of X and D its diameter. On every stream, chosen by an enemy or not,
///
///     Σ fₜ(xₜ) − min_x Σ fₜ(x) ≤ √2·D·√(Σ‖gₜ‖²),
///
/// of order √T, and of order log T with `StepSize.stronglyConvex` where the losses curve. `meter.regret(on:
/// set)` is the regret so far. In many dimensions on the simplex `MirrorDescent` is better, on predictable
/// streams `OptimisticMirrorDescent`.
///
/// An outcome is the gradient at the decision's point; one that comes late moves the point where it then is.
///
/// - Complexity: O(d) for each round and the projection's.
///
/// ```swift
/// var policy = OnlineGradientDescent(set: .ball(2))
/// let decision = policy.choose()
/// policy.learn(decision, [0.3, -1])        // the gradient at decision.action
/// print(policy.point, policy.meter.regret(on: policy.set))
/// ```
public struct OnlineGradientDescent: Policy, Hashable {
    public static let id = "online-gradient-descent"

    /// The points that may be played.
    public let set: ConvexSet
    /// How far each step goes.
    public let step: StepSize
    public var journal: Journal
    /// The point that is played next.
    public private(set) var point: [Double]
    /// What was paid so far.
    public private(set) var meter: RegretMeter

    /// Creates a learner at the set's centre.
    ///
    /// - Parameters:
    ///   - set: The points that may be played.
    ///   - step: How far each step goes. The adaptive step's own scale is D/√2.
    ///   - seed: Kept in the journal; nothing is random.
    public init(set: ConvexSet, step: StepSize = .adaptive(), seed: UInt64 = 1) {
        step.check(scale: set.diameter / 2.0.squareRoot())
        self.set = set
        self.step = step
        journal = Journal(seed: seed)
        point = set.center
        meter = RegretMeter(dimension: set.dimension)
    }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, [Double]> { PolicyDecision(action: point) }

    public mutating func update(_ decision: PolicyDecision<NoContext, [Double]>, _ outcome: [Double]) {
        meter.add(outcome, at: decision.action)
        let eta = step.value(
            rounds: meter.rounds, squaredNorms: meter.squaredNorms, scale: set.diameter / 2.0.squareRoot())
        for i in point.indices { point[i] -= eta * outcome[i] }
        set.project(&point)
    }
}
