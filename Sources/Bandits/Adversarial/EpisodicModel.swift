/// A decision process of a few steps whose transitions are known: states, actions, and features of each pair.
///
/// The numbers of the pairs are `state · actions + action`.
public struct EpisodicModel: Sendable, Hashable, Codable {
    /// The number H of steps in an episode.
    public let horizon: Int
    /// The number A of actions.
    public let actions: Int
    /// The probability of each state at the first step.
    public let start: [Double]
    /// For each pair the probability of each next state.
    public let transitions: [[Double]]
    /// For each pair its features, of length at most 1.
    public let features: [[Double]]

    /// Creates a model.
    ///
    /// - Parameters:
    ///   - horizon: The number of steps in an episode, at least 1.
    ///   - actions: The number of actions, at least 1.
    ///   - start: The probability of each state at the first step.
    ///   - transitions: For each pair the probability of each next state; empty where the horizon is 1.
    ///   - features: For each pair its features; `nil` for one of its own for each pair.
    public init(
        horizon: Int, actions: Int, start: [Double], transitions: [[Double]] = [],
        features: [[Double]]? = nil
    ) {
        let pairs = start.count * actions
        func isDistribution(_ p: [Double]) -> Bool {
            p.count == start.count && p.allSatisfy { $0 >= 0 } && abs(p.reduce(0, +) - 1) < 1e-6
        }
        precondition(horizon > 0 && actions > 0, "an episode needs steps and actions")
        precondition(isDistribution(start), "start is a distribution over the states")
        precondition(
            (horizon == 1 && transitions.isEmpty)
                || (transitions.count == pairs && transitions.allSatisfy(isDistribution)),
            "transitions hold a distribution over the states for each state and action")
        let features =
            features ?? (0..<pairs).map { pair in (0..<pairs).map { $0 == pair ? 1 : 0 } }
        precondition(
            features.count == pairs && features.allSatisfy { $0.count == features[0].count && !$0.isEmpty },
            "features hold a vector of one dimension for each state and action")
        precondition(
            features.allSatisfy { $0.reduce(0) { $0 + $1 * $1 } <= 1 + 1e-9 },
            "a pair's features are longer than 1; divide all of them by the largest length")
        self.horizon = horizon
        self.actions = actions
        self.start = start
        self.transitions = transitions
        self.features = features
    }

    /// The number of states.
    public var states: Int { start.count }

    /// The probability of each pair at each step under a policy.
    ///
    /// - Parameter policy: For each step the probability of each pair's action in its state.
    public func occupancies(_ policy: [[Double]]) -> [[Double]] {
        var now = start
        return (0..<horizon).map { step in
            let pairs = policy[step].enumerated().map { now[$0.offset / actions] * $0.element }
            if step + 1 < horizon {
                var next = [Double](repeating: 0, count: states)
                for (share, row) in zip(pairs, transitions) where share > 0 {
                    for state in next.indices { next[state] += share * row[state] }
                }
                now = next
            }
            return pairs
        }
    }
}
