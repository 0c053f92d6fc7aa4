import Kernels

/// An online learner that was itself learnt: a layer of attention over the losses so far.
///
/// Train its layer with `RegretLoss`; the learner then plays it, one round after the other.
///
/// - Complexity: O(d) for a choice, O(d²) for an outcome.
///
/// ```swift
/// var loss = RegretLoss(rounds: 25)
/// loss.stages = [.init(steps: 50, eta: 5e-3)]
/// let layer = loss.train(dimension: 2, set: .ball(radius: 1)) { random, losses in
///     for i in losses.indices { losses[i] = random.normal() }
/// }
/// var learner = AttentionLearner(layer)
/// let decision = learner.choose()
/// learner.learn(decision, [0.3, -1.2])
/// ```
public struct AttentionLearner: Policy, Hashable {
    public static let id = "regret-loss"

    /// The layer.
    public let layer: AttentionLayer
    public var journal: Journal
    /// The sum u over the losses so far.
    public private(set) var u: [Double]

    /// Creates a learner that has seen nothing.
    ///
    /// - Parameters:
    ///   - layer: The layer that it plays.
    ///   - seed: The journal's seed; nothing is left to chance.
    public init(_ layer: AttentionLayer, seed: UInt64 = 1) {
        self.layer = layer
        journal = Journal(seed: seed)
        u = [Double](repeating: 0, count: layer.dimension)
    }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, [Double]> {
        PolicyDecision(action: layer.projects ? layer.set.point(u) : u)
    }

    public mutating func update(_ decision: PolicyDecision<NoContext, [Double]>, _ outcome: [Double]) {
        precondition(outcome.count == layer.dimension, "\(outcome.count) losses, not \(layer.dimension)")
        precondition(outcome.allSatisfy(\.isFinite), "losses must be finite numbers")
        layer.add(outcome, to: &u)
    }
}
