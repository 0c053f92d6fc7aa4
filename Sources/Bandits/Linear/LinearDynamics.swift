import Kernels

/// A linear system with a hidden state that actions move and rewards show: x ← A x + B u, y = ωᵀx + θᵀu.
///
/// - Complexity: O(n² + n·d) for a step with n states and d inputs.
public struct LinearDynamics: Sendable, Hashable {
    /// A, n × n: how the state carries over.
    public let transition: Matrix
    /// B, n × d: how an action moves it.
    public let input: Matrix
    /// ω, n: how the state shows in the reward.
    public let omega: [Double]
    /// θ, d: what an action earns at once.
    public let theta: [Double]
    /// The state x.
    public private(set) var state: [Double]

    /// Creates a system in state 0.
    public init(transition: Matrix, input: Matrix, omega: [Double], theta: [Double]) {
        precondition(
            transition.rows == transition.columns && input.rows == transition.rows
                && omega.count == transition.rows && theta.count == input.columns,
            "A is n × n, B n × d, omega has n and theta d elements")
        self.transition = transition
        self.input = input
        self.omega = omega
        self.theta = theta
        state = [Double](repeating: 0, count: omega.count)
    }

    /// The reward of an action now; moves the state.
    ///
    /// - Parameters:
    ///   - action: u.
    ///   - noise: What is added to the state; nothing where it is empty.
    public mutating func step(_ action: [Double], noise: [Double] = []) -> Double {
        let reward = VectorMath.dot(omega, state) + VectorMath.dot(theta, action)
        let carried = transition.multiply(state), moved = input.multiply(action)
        for i in state.indices { state[i] = carried[i] + moved[i] + (noise.isEmpty ? 0 : noise[i]) }
        return reward
    }

    /// The Markov parameters h⁽⁰⁾ = θ, h⁽ˢ⁾ = Bᵀ(Aᵀ)ˢ⁻¹ω: what an action earns s rounds later.
    public func markovParameters(_ count: Int) -> [[Double]] {
        var found = [theta], carried = omega
        while found.count < count {
            found.append(input.transposedMultiply(carried))
            carried = transition.transposedMultiply(carried)
        }
        return Array(found.prefix(count))
    }
}
