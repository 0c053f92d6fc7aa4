import Foundation
import Kernels

/// Follows a stream of convex losses and bets that the next gradient is like the last one.
///
/// Source: Chen, Zhang, Tu, Zhao and Zhang, "Optimistic Online Mirror Descent for Bridging Stochastic and
/// Adversarial Online Convex Optimization" (2023). With the hint Mₜ = gₜ₋₁ (M₁ = 0) and the divergence B of
/// the geometry,
///
///     xₜ   = argmin_{x∈X} ηₜ⟨Mₜ, x⟩ + B(x, x̂ₜ)       (played)
///     x̂ₜ₊₁ = argmin_{x∈X} ηₜ⟨gₜ, x⟩ + B(x, x̂ₜ)       (kept: `anchor`)
///
/// with the steps of `OptimisticStep`. For `expConcave`, B(x, y) = ½(x − y)ᵀHₜ(x − y) with Hₜ = I + (β/2)G²I
/// + (β/2)Σₛ<ₜ gₛgₛᵀ, β = ½ min(1/(4GD), α) and η = 1. On the simplex the geometry is entropic: x̂ₜ,ᵢ ∝
/// exp(−ηₜ Σₛ<ₜ gₛ,ᵢ) and xₜ,ᵢ ∝ x̂ₜ,ᵢ exp(−ηₜ Mₜ,ᵢ), which sums the gradients first, so that falling steps
/// keep the guarantee.
///
/// With σ² the variance of the gradients in a round and Σ² the squared change of their means between rounds,
/// regret is of order √(Σσ²) + √(ΣΣ²) for convex losses, and of order log(Σσ² + ΣΣ²) for the other two (times
/// 1/λ or d). It is that of the best method for random losses where nothing drifts, constant where nothing is
/// random and little drifts, and √T at worst. Most of the gain comes from steps that shrink only with what
/// was not foreseen, the rest from the bet. Under noise as large as the gradients themselves both are worth
/// nothing: `OnlineGradientDescent` does as well.
///
/// - Complexity: O(d) for each round and the projection's; O(d²) and the projection's in a metric for
///   `expConcave`.
///
/// ```swift
/// var policy = OptimisticMirrorDescent(set: .ball(5))
/// let decision = policy.choose()
/// policy.learn(decision, gradient)               // at decision.action
/// print(policy.meter.variation)                  // how much the stream drifts
/// ```
public struct OptimisticMirrorDescent: Policy, Hashable {
    public static let id = "optimistic-omd-sea"

    /// The points that may be played.
    public let set: ConvexSet
    /// The distance that steps are measured in.
    public let geometry: MirrorGeometry
    /// How far each step goes.
    public let step: OptimisticStep
    /// Whether the last gradient is the hint for the next; without it this is ordinary mirror descent.
    public let usesHint: Bool
    public var journal: Journal
    /// What was paid so far; its `variation` measures the stream's drift.
    public private(set) var meter: RegretMeter
    /// The sum of ‖gₛ − Mₛ‖² in the geometry's norm.
    public private(set) var surprise = 0.0
    private var base: [Double]
    private var metric: RankOneInverse?

    /// Creates a learner at the set's centre.
    ///
    /// - Parameters:
    ///   - set: The points that may be played.
    ///   - step: How far each step goes.
    ///   - geometry: The distance that steps are measured in; `nil` takes the entropic one on the simplex
    ///     where the step allows it.
    ///   - usesHint: Whether to bet on the last gradient.
    ///   - seed: Kept in the journal; nothing is random.
    public init(
        set: ConvexSet, step: OptimisticStep = .convex(), geometry: MirrorGeometry? = nil,
        usesHint: Bool = true,
        seed: UInt64 = 1
    ) {
        self.set = set
        self.step = step
        switch step {
        case .fixed, .convex: self.geometry = geometry ?? .suiting(set)
        case .stronglyConvex, .expConcave: self.geometry = geometry ?? .euclidean
        }
        self.geometry.check(on: set)
        step.check(on: set, geometry: self.geometry)
        self.usesHint = usesHint
        journal = Journal(seed: seed)
        meter = RegretMeter(dimension: set.dimension)
        base = set.center
        if case .expConcave(_, let bound) = step, let weight = step.metricWeight(on: set) {
            metric = RankOneInverse(set.dimension, diagonal: 1 + weight * bound * bound)
        }
    }

    /// The step ηₜ of the next round.
    public var eta: Double {
        switch step {
        case .fixed(let eta): eta
        case .convex(let delta, let own): (own ?? geometry.scale(on: set)) / (delta + surprise).squareRoot()
        case .stronglyConvex(let lambda): 2 / (lambda * Double(meter.rounds + 1))
        case .expConcave: 1
        }
    }

    /// The point x̂ₜ without the bet on the next gradient.
    public var anchor: [Double] {
        switch geometry {
        case .euclidean: return base
        case .entropic:
            let eta = eta
            return VectorMath.softmax(meter.gradientSum.map { -eta * $0 })
        }
    }

    /// The point xₜ that is played next.
    public var point: [Double] {
        guard usesHint else { return anchor }
        switch geometry {
        case .euclidean: return moved(by: meter.last)
        case .entropic:
            let eta = eta
            return VectorMath.softmax(
                meter.gradientSum.indices.map { -eta * (meter.gradientSum[$0] + meter.last[$0]) })
        }
    }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, [Double]> { PolicyDecision(action: point) }

    public mutating func update(_ decision: PolicyDecision<NoContext, [Double]>, _ outcome: [Double]) {
        precondition(outcome.count == set.dimension, "a gradient needs one number for each coordinate")
        if geometry == .euclidean { base = moved(by: outcome) }
        let unforeseen = usesHint ? outcome.indices.map { outcome[$0] - meter.last[$0] } : outcome
        surprise += geometry.squaredNorm(unforeseen)
        meter.add(outcome, at: decision.action)
        if let weight = step.metricWeight(on: set) { metric?.add(outcome, weight: weight) }
    }

    /// The point of the set that a step against a gradient leads to from x̂ₜ.
    private func moved(by gradient: [Double]) -> [Double] {
        if let metric {
            let direction = metric.solve(gradient)
            let target = base.indices.map { base[$0] - direction[$0] }
            let start = set.projection(target)
            if start == target { return target }
            return ProjectedDescent.minimize(on: set, from: start, smoothness: metric.trace) { x in
                metric.multiply(x.indices.map { x[$0] - target[$0] })
            }
        }
        let eta = eta
        return set.projection(base.indices.map { base[$0] - eta * gradient[$0] })
    }
}
