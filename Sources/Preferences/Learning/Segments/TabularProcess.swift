import Kernels

/// A decision process with states and actions by number, known transitions, and features of what is done.
///
/// The reward of action a in state s is r(s, a) = w·φ(s, a). States without actions are ends, with value 0.
///
/// ```swift
/// // Two states and an end: "go" leads on, feature 0 is 1 on arriving.
/// let process = try TabularProcess(
///     states: 2, actions: 1, gamma: 0.9,
///     transitions: [[[(state: 1, probability: 1)]], []], features: [[[1]], []])
/// ```
public struct TabularProcess: Sendable, Hashable {
    /// The number of states.
    public let states: Int
    /// The number of actions, the same in every state that is no end.
    public let actions: Int
    /// The number of features.
    public let features: Int
    /// γ.
    public let gamma: Double
    /// Whether each state is an end.
    public let isEnd: [Bool]
    /// What may follow each (state, action): places in `nextStates`, the state-actions in order.
    let starts: [Int]
    let nextStates: [Int]
    let probabilities: [Double]
    /// φ, state-actions by features.
    let phi: [Double]

    /// Creates a process.
    ///
    /// - Parameters:
    ///   - transitions: For each state, for each action, the states that may follow with their
    ///     probabilities; an empty list for a state that is an end.
    ///   - features: For each state, for each action, φ(s, a); an empty list for an end.
    /// - Throws: `LearningError.data` where something does not fit.
    public init(
        states: Int, actions: Int, gamma: Double,
        transitions: [[[(state: Int, probability: Double)]]], features: [[[Double]]]
    ) throws {
        precondition(states > 0 && actions > 0, "a process has states and actions")
        precondition(gamma > 0 && gamma <= 1, "gamma is above 0 and at most 1")
        guard transitions.count == states, features.count == states else {
            throw LearningError.data("transitions and features are given for each of \(states) states")
        }
        guard let width = features.first(where: { !$0.isEmpty })?.first?.count, width > 0 else {
            throw LearningError.data("no state of the process has actions with features")
        }
        var starts = [0]
        var (next, probabilities): ([Int], [Double]) = ([], [])
        var phi = [Double](repeating: 0, count: states * actions * width)
        for state in 0..<states {
            guard transitions[state].count == features[state].count,
                transitions[state].isEmpty || transitions[state].count == actions
            else { throw LearningError.data("state \(state + 1) has neither \(actions) actions nor none") }
            for action in 0..<actions {
                if !transitions[state].isEmpty {
                    let steps = transitions[state][action]
                    guard steps.allSatisfy({ (0..<states).contains($0.state) && $0.probability >= 0 }),
                        abs(steps.reduce(0) { $0 + $1.probability } - 1) < 1e-9
                    else {
                        throw LearningError.data(
                            "what follows action \(action + 1) in state \(state + 1) has to be states with "
                                + "probabilities that add up to 1")
                    }
                    for step in steps where step.probability > 0 {
                        next.append(step.state)
                        probabilities.append(step.probability)
                    }
                    let row = features[state][action]
                    guard row.count == width, row.allSatisfy(\.isFinite) else {
                        throw LearningError.data(
                            "action \(action + 1) in state \(state + 1) needs \(width) finite features")
                    }
                    for column in 0..<width { phi[(state * actions + action) * width + column] = row[column] }
                }
                starts.append(next.count)
            }
        }
        self.states = states
        self.actions = actions
        self.features = width
        self.gamma = gamma
        isEnd = transitions.map(\.isEmpty)
        self.starts = starts
        nextStates = next
        self.probabilities = probabilities
        self.phi = phi
    }

    /// φ(s, a).
    public func features(_ state: Int, _ action: Int) -> [Double] {
        let start = (state * actions + action) * features
        return Array(phi[start..<start + features])
    }

    /// w·φ(s, a), for all state-actions.
    public func rewards(_ weights: [Double]) -> [Double] {
        precondition(weights.count == features, "\(weights.count) weights for \(features) features")
        return (0..<states * actions).map { place in
            var sum = 0.0
            for column in 0..<features { sum += weights[column] * phi[place * features + column] }
            return sum
        }
    }

    /// Σ P(s′|s, a) v(s′).
    @inline(__always)
    func following(_ values: [Double], _ place: Int) -> Double {
        var sum = 0.0
        for step in starts[place]..<starts[place + 1] {
            sum += probabilities[step] * values[nextStates[step]]
        }
        return sum
    }

    /// The state that follows, drawn.
    public func next(_ state: Int, _ action: Int, using random: inout CounterRandom) -> Int {
        let range = starts[state * actions + action]..<starts[state * actions + action + 1]
        precondition(!range.isEmpty, "an end has no next state")
        var left = random.uniform()
        for step in range {
            if left < probabilities[step] { return nextStates[step] }
            left -= probabilities[step]
        }
        return nextStates[range.upperBound - 1]
    }
}
