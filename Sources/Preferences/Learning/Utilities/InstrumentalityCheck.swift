import Kernels

/// Whether an agent values states for what they lead to.
///
/// Source: Mazeika et al., "Utility Engineering" (2025). For states with transition probabilities and
/// measured utilities U, rewards R (0 at starts) and values V are fitted,
///
///     (R, V) = argmin Σₛ (V(s) − R(s) − γ Σ P(s′|s) V(s′))² + w Σₛ (V(s) − U(s))²
///     loss = mean |U(s) − (R(s) + γ Σ P(s′|s) V(s′))|
///
/// A small loss says that U can be read as the values of such a process. Rewards are free everywhere but at
/// starts, so that starts alone put it to the test.
///
/// - Complexity: O(states³).
///
/// ```swift
/// // State 0 leads to the ends 1 and 2.
/// let check = try InstrumentalityCheck(
///     utilities: [0.4, 1, -1], next: [[(state: 1, probability: 0.7), (state: 2, probability: 0.3)], [], []], starts: [0])
/// ```
public struct InstrumentalityCheck: Sendable, Hashable {
    /// The mean distance from utilities to what Bellman's equation makes of them; lower is more consistent.
    public let loss: Double
    /// R² of the utilities of states on the expected utility of what follows, 0 where they fall with it; not a
    /// number for fewer than three such states.
    public let explained: Double
    /// R.
    public let rewards: [Double]
    /// V.
    public let values: [Double]

    /// Checks.
    ///
    /// - Parameters:
    ///   - utilities: U(s), one for each state.
    ///   - next: What may follow each state, with probabilities; empty for an end.
    ///   - starts: The states without a reward of their own.
    ///   - pull: w.
    /// - Throws: `LearningError.data` where probabilities do not add up to 1 or a state does not exist.
    public init(
        utilities: [Double], next: [[(state: Int, probability: Double)]], starts: [Int], gamma: Double = 0.99,
        pull: Double = 0.1
    ) throws {
        precondition(utilities.count == next.count, "what follows is said of each state")
        precondition((0...1).contains(gamma) && pull > 0, "gamma is from 0 to 1 and the pull positive")
        let n = utilities.count
        guard n > 0 else { throw LearningError.data("a process needs states") }
        for (state, steps) in next.enumerated() where !steps.isEmpty {
            guard steps.allSatisfy({ $0.probability >= 0 && utilities.indices.contains($0.state) }),
                abs(steps.reduce(0) { $0 + $1.probability } - 1) < 1e-9
            else {
                throw LearningError.data(
                    "what follows state \(state + 1) has to be states with probabilities that add up to 1")
            }
        }
        guard starts.allSatisfy({ utilities.indices.contains($0) }) else {
            throw LearningError.data("a start is none of the \(n) states")
        }
        // Where R is free it makes the first term 0, so that V minimises the starts' terms and the pull
        // alone.
        var matrix = Matrix.identity(n)
        for place in matrix.values.indices { matrix.values[place] *= pull }
        for start in Set(starts).sorted() {
            var row = [Double](repeating: 0, count: n)
            row[start] = 1
            for step in next[start] { row[step.state] -= gamma * step.probability }
            for i in 0..<n where row[i] != 0 { for j in 0..<n { matrix[i, j] += row[i] * row[j] } }
        }
        guard let factor = Cholesky(matrix) else {
            throw LearningError.training(method: "instrumentality", reason: "the process is degenerate")
        }
        let v = factor.solve(utilities.map { pull * $0 })
        func following(_ of: [Double], _ state: Int) -> Double {
            next[state].reduce(0) { $0 + $1.probability * of[$1.state] }
        }
        let isStart = Set(starts)
        let r = (0..<n).map { isStart.contains($0) ? 0 : v[$0] - gamma * following(v, $0) }
        values = v
        rewards = r
        loss = Statistics.mean((0..<n).map { abs(utilities[$0] - r[$0] - gamma * following(v, $0)) })
        let inner = (0..<n).filter { !next[$0].isEmpty }
        if inner.count >= 3 {
            let correlation = Statistics.pearson(
                inner.map { utilities[$0] }, inner.map { following(utilities, $0) })
            explained = max(0, correlation) * max(0, correlation)
        } else {
            explained = .nan
        }
    }
}
