import Foundation
import Kernels

/// Follows a stream of convex losses whose best point moves, by many optimistic learners with different steps
/// and a blend of them.
///
/// Source: the dynamic-regret part of Chen, Zhang, Tu, Zhao and Zhang, "Optimistic Online Mirror Descent for
/// Bridging Stochastic and Adversarial Online Convex Optimization" (2023); the constants here are this
/// implementation's. Learner i plays
///
///     xₜ,ᵢ = Π_X(x̂ₜ,ᵢ − ηᵢ gₜ₋₁),   x̂ₜ₊₁,ᵢ = Π_X(x̂ₜ,ᵢ − ηᵢ gₜ),
///     ηᵢ = 2ⁱ·D/(G√T), up to 1/(8L), or D/G where L = 0,
///
/// and the blend xₜ = Σᵢ pₜ,ᵢ xₜ,ᵢ has the weights of optimistic Hedge,
///
///     pₜ,ᵢ ∝ exp(−εₜ(Σₛ<ₜ ℓₛ,ᵢ + mₜ,ᵢ)),   εₜ = √(log N/(1 + Σₛ<ₜ rangeᵢ(ℓₛ,ᵢ − mₛ,ᵢ)²)),
///     ℓₜ,ᵢ = ⟨gₜ, xₜ,ᵢ⟩ + λ‖xₜ,ᵢ − xₜ₋₁,ᵢ‖²,   mₜ,ᵢ = ⟨gₜ₋₁, xₜ,ᵢ⟩ + λ‖xₜ,ᵢ − xₜ₋₁,ᵢ‖².
///
/// It competes with every path of points, at a price that grows with the path's length, and finds the right
/// step by itself. Where one fixed point is good throughout, a single `OptimisticMirrorDescent` is as good
/// and N times cheaper.
///
/// - Complexity: O(Nd) for each round and N projections, with N about ½ log₂ T learners.
///
/// ```swift
/// var policy = OptimisticEnsemble(set: .ball(5), horizon: 4000, gradientBound: 1.2)
/// let decision = policy.choose()
/// policy.learn(decision, gradient)
/// print(policy.etas, policy.weights)             // which step is trusted
/// ```
public struct OptimisticEnsemble: Policy, Hashable {
    public static let id = "optimistic-omd-sea-ensemble"

    /// The points that may be played.
    public let set: ConvexSet
    /// The price λ on a learner's own movement.
    public let switching: Double
    /// The step of each learner.
    public let etas: [Double]
    public var journal: Journal
    /// What was paid so far.
    public private(set) var meter: RegretMeter
    private var anchors: [[Double]]
    private var played: [[Double]]
    private var losses: [Double]
    private var surprise = 0.0

    /// Creates an ensemble at the set's centre.
    ///
    /// - Parameters:
    ///   - set: The points that may be played; bounded.
    ///   - horizon: The number of rounds T that are expected.
    ///   - gradientBound: A bound G on the gradients' norms.
    ///   - smoothness: How fast gradients change with the point, L; 0 for linear losses.
    ///   - switching: The price λ on a learner's movement; 0 will do for linear losses.
    ///   - seed: Kept in the journal; nothing is random.
    public init(
        set: ConvexSet, horizon: Int, gradientBound: Double, smoothness: Double = 0, switching: Double = 0,
        seed: UInt64 = 1
    ) {
        precondition(
            set.diameter.isFinite && set.diameter > 0, "the ensemble needs a bounded set of more than a point"
        )
        precondition(horizon > 0, "horizon must be positive")
        precondition(gradientBound > 0 && gradientBound.isFinite, "gradientBound must be positive")
        precondition(smoothness >= 0 && switching >= 0, "smoothness and switching must not be negative")
        self.set = set
        self.switching = switching
        let largest = set.diameter / gradientBound
        let limit = smoothness > 0 ? min(1 / (8 * smoothness), largest) : largest
        var steps = [min(largest / Double(horizon).squareRoot(), limit)]
        while let last = steps.last, 2 * last <= limit { steps.append(2 * last) }
        etas = steps
        journal = Journal(seed: seed)
        meter = RegretMeter(dimension: set.dimension)
        anchors = steps.map { _ in set.center }
        played = anchors
        losses = [Double](repeating: 0, count: steps.count)
    }

    /// The weight of each learner in the next round.
    public var weights: [Double] { weights(of: points) }

    /// The point that each learner would play next.
    public var points: [[Double]] { etas.indices.map { moved($0, by: meter.last) } }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, [Double]> {
        let points = points
        let weights = weights(of: points)
        var blend = [Double](repeating: 0, count: set.dimension)
        for (point, weight) in zip(points, weights) {
            for i in blend.indices { blend[i] += weight * point[i] }
        }
        return PolicyDecision(action: blend)
    }

    public mutating func update(_ decision: PolicyDecision<NoContext, [Double]>, _ outcome: [Double]) {
        precondition(outcome.count == set.dimension, "a gradient needs one number for each coordinate")
        let points = points
        var unforeseen = [Double](repeating: 0, count: etas.count)
        for i in etas.indices {
            let loss = VectorMath.dot(outcome, points[i])
            unforeseen[i] = loss - VectorMath.dot(meter.last, points[i])
            losses[i] += loss + movement(i, to: points[i])
            anchors[i] = moved(i, by: outcome)
        }
        let range = VectorMath.range(unforeseen)
        surprise += range * range
        played = points
        meter.add(outcome, at: decision.action)
    }

    private func weights(of points: [[Double]]) -> [Double] {
        let epsilon = (log(Double(etas.count)) / (1 + surprise)).squareRoot()
        return VectorMath.softmax(
            etas.indices.map {
                -epsilon
                    * (losses[$0] + VectorMath.dot(meter.last, points[$0]) + movement($0, to: points[$0]))
            })
    }

    private func movement(_ learner: Int, to point: [Double]) -> Double {
        switching > 0 ? switching * VectorMath.squaredDistance(point, played[learner]) : 0
    }

    private func moved(_ learner: Int, by gradient: [Double]) -> [Double] {
        let anchor = anchors[learner]
        return set.projection(anchor.indices.map { anchor[$0] - etas[learner] * gradient[$0] })
    }
}
