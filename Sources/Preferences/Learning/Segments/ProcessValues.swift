import Kernels

/// The values of a process under its best policy, or under a given one.
///
///     Q(s, a) = r(s, a) + γ Σ P(s′|s, a) V(s′),   V*(s) = maxₐ Q*(s, a)
///
/// - Complexity: O(states³) for each policy that is valued exactly, O(sweeps · transitions) for value
///   iteration.
public struct ProcessValues: Sendable, Hashable {
    /// V, one for each state.
    public let values: [Double]
    /// Q, states by actions; 0 in ends.
    public let actionValues: [Double]
    /// The best action in each state by Q, the first of equals; 0 in ends.
    public let policy: [Int]

    /// A(s, a) = Q(s, a) − V(s).
    public func advantage(_ state: Int, _ action: Int, actions: Int) -> Double {
        actionValues[state * actions + action] - values[state]
    }

    /// V*, Q* and a best policy.
    ///
    /// For γ < 1 by policy iteration, exactly; for γ = 1 by value iteration.
    ///
    /// - Throws: `LearningError.training` for γ = 1 where the best policy goes round for ever collecting
    ///   reward.
    public static func optimal(_ process: TabularProcess, weights: [Double]) throws -> ProcessValues {
        let rewards = process.rewards(weights)
        if process.gamma == 1 { return try valueIteration(process, rewards) }
        var policy = ProcessValues(process, rewards, [Double](repeating: 0, count: process.states)).policy
        for _ in 0..<process.states * process.actions + 50 {
            let values = try evaluate(process, rewards, policy)
            let found = ProcessValues(process, rewards, values)
            var changed = false
            for state in 0..<process.states where !process.isEnd[state] {
                let row = state * process.actions
                let gain =
                    found.actionValues[row + found.policy[state]] - found.actionValues[row + policy[state]]
                if gain > 1e-10 * max(1, abs(values[state])) {
                    policy[state] = found.policy[state]
                    changed = true
                }
            }
            if !changed { return found }
        }
        throw LearningError.training(method: "planning", reason: "policy iteration did not settle")
    }

    /// The values of a policy.
    ///
    /// - Throws: `LearningError.training` for γ = 1 where the policy never ends.
    public static func of(
        _ policy: [Int], in process: TabularProcess, weights: [Double]
    ) throws -> ProcessValues {
        let rewards = process.rewards(weights)
        return ProcessValues(process, rewards, try evaluate(process, rewards, policy))
    }

    /// The values of acting at random, each action alike.
    ///
    /// - Throws: `LearningError.training` where acting at random never ends and γ = 1.
    public static func uniform(_ process: TabularProcess, weights: [Double]) throws -> ProcessValues {
        let rewards = process.rewards(weights)
        let share = 1 / Double(process.actions)
        var system = PolicySystem(process)
        for state in 0..<process.states where !process.isEnd[state] {
            for action in 0..<process.actions { system.add(state, action, share) }
        }
        var sides = [Double](repeating: 0, count: process.states)
        for state in 0..<process.states {
            for action in 0..<process.actions {
                sides[state] += share * rewards[state * process.actions + action]
            }
        }
        guard system.solve(&sides, width: 1) else { throw neverEnds }
        return ProcessValues(process, rewards, sides)
    }

    /// Everything from V.
    private init(_ process: TabularProcess, _ rewards: [Double], _ values: [Double]) {
        var q = [Double](repeating: 0, count: process.states * process.actions)
        var policy = [Int](repeating: 0, count: process.states)
        for state in 0..<process.states where !process.isEnd[state] {
            let row = state * process.actions
            for action in 0..<process.actions {
                q[row + action] =
                    rewards[row + action] + process.gamma * process.following(values, row + action)
                if q[row + action] > q[row + policy[state]] { policy[state] = action }
            }
        }
        self.values = values
        actionValues = q
        self.policy = policy
    }

    private static func valueIteration(_ process: TabularProcess, _ rewards: [Double]) throws -> ProcessValues
    {
        var values = [Double](repeating: 0, count: process.states)
        for _ in 0..<100 * process.states + 1000 {
            let found = ProcessValues(process, rewards, values)
            let next = (0..<process.states).map { state in
                process.isEnd[state] ? 0 : found.actionValues[state * process.actions + found.policy[state]]
            }
            let change = zip(next, values).reduce(0) { max($0, abs($1.0 - $1.1)) }
            values = next
            if change <= 1e-12 * values.reduce(1, { max($0, abs($1)) }) {
                return ProcessValues(process, rewards, values)
            }
        }
        throw LearningError.training(
            method: "planning",
            reason: "without discounting values do not settle: some way never ends and collects reward")
    }

    private static func evaluate(
        _ process: TabularProcess, _ rewards: [Double], _ policy: [Int]
    ) throws -> [Double] {
        precondition(policy.count == process.states, "an action for each state")
        var system = PolicySystem(process)
        var sides = [Double](repeating: 0, count: process.states)
        for state in 0..<process.states where !process.isEnd[state] {
            system.add(state, policy[state], 1)
            sides[state] = rewards[state * process.actions + policy[state]]
        }
        guard system.solve(&sides, width: 1) else { throw neverEnds }
        return sides
    }

    static var neverEnds: LearningError {
        .training(method: "planning", reason: "without discounting, a policy that never ends has no value")
    }
}

/// The linear system (I − γ P_π) x = b of a policy.
struct PolicySystem {
    private let process: TabularProcess
    private var matrix: [Double]
    private let n: Int

    init(_ process: TabularProcess) {
        self.process = process
        n = process.states
        matrix = [Double](repeating: 0, count: n * n)
        for state in 0..<n { matrix[state * n + state] = 1 }
    }

    /// Adds an action that is taken in a state with some probability.
    mutating func add(_ state: Int, _ action: Int, _ share: Double) {
        let place = state * process.actions + action
        for step in process.starts[place]..<process.starts[place + 1] {
            matrix[state * n + process.nextStates[step]] -=
                process.gamma * share * process.probabilities[step]
        }
    }

    /// Solves for several right-hand sides (rows of `width`) by elimination with row exchanges; false where
    /// the matrix is singular.
    mutating func solve(_ sides: inout [Double], width: Int) -> Bool {
        let n = n
        return matrix.withUnsafeMutableBufferPointer { m in
            sides.withUnsafeMutableBufferPointer { b in
                for column in 0..<n {
                    var pivot = column
                    for row in column + 1..<max(n, column + 1)
                    where abs(m[row * n + column]) > abs(m[pivot * n + column]) { pivot = row }
                    guard abs(m[pivot * n + column]) > 1e-12 else { return false }
                    if pivot != column {
                        for k in 0..<n { m.swapAt(pivot * n + k, column * n + k) }
                        for k in 0..<width { b.swapAt(pivot * width + k, column * width + k) }
                    }
                    for row in column + 1..<max(n, column + 1) where m[row * n + column] != 0 {
                        let factor = m[row * n + column] / m[column * n + column]
                        for k in column..<n { m[row * n + k] -= factor * m[column * n + k] }
                        for k in 0..<width { b[row * width + k] -= factor * b[column * width + k] }
                    }
                }
                for row in stride(from: n - 1, through: 0, by: -1) {
                    for k in row + 1..<max(n, row + 1) where m[row * n + k] != 0 {
                        for j in 0..<width { b[row * width + j] -= m[row * n + k] * b[k * width + j] }
                    }
                    for j in 0..<width { b[row * width + j] /= m[row * n + row] }
                }
                return true
            }
        }
    }
}
