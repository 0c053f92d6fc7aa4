import Foundation
import Kernels

/// What many policies collect from each state, so that values for any reward are a product and a smooth
/// maximum away.
///
///     ψ_k(s) = E[Σ γᵗ φ(sₜ, aₜ) | s₀ = s, π_k],   ψ_k(s, a) = φ(s, a) + γ Σ P(s′|s, a) ψ_k(s′)
///     Ṽ(s; w) = Σ_k softmax_k(ψ_k(s)·w / T) ψ_k(s)·w,   and Q̃(s, a; w) alike
///
/// The policies are optimal for random weights, and for those added later.
///
/// - Complexity: O(states³) for each policy.
public struct SuccessorLibrary: Sendable {
    /// T.
    public let temperature: Double
    /// The policies, without repetitions.
    public private(set) var policies: [[Int]] = []
    private let process: TabularProcess
    /// For each policy ψ(s), then ψ(s, a): (states + states · actions) by features.
    private var psi: [[Double]] = []

    /// Creates a library without policies.
    public init(_ process: TabularProcess, temperature: Double = 0.1) {
        precondition(temperature > 0, "a temperature is positive")
        self.process = process
        self.temperature = temperature
    }

    /// Adds policies that are best for random weights of unit length, fewer where several are the same.
    public mutating func addRandom(_ count: Int, using random: inout CounterRandom) {
        for _ in 0..<count {
            var weights = (0..<process.features).map { _ in random.normal() }
            let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
            for place in weights.indices { weights[place] /= length }
            add(weights)
        }
    }

    /// Adds the policy that is best for some weights; false where it is there already, or has no value.
    @discardableResult public mutating func add(_ weights: [Double]) -> Bool {
        guard let best = try? ProcessValues.optimal(process, weights: weights),
            !policies.contains(best.policy), let features = Self.successors(process, best.policy)
        else { return false }
        policies.append(best.policy)
        psi.append(features)
        return true
    }

    /// The place of V(s).
    @inline(__always) func place(_ state: Int) -> Int { state }
    /// The place of Q(s, a).
    @inline(__always) func place(_ state: Int, _ action: Int) -> Int {
        process.states + state * process.actions + action
    }

    /// The smooth maximum at some places, and its gradient (places by features).
    func values(_ weights: [Double], at places: [Int]) -> (values: [Double], gradients: [Double]) {
        let d = process.features
        var values = [Double](repeating: 0, count: places.count)
        var gradients = [Double](repeating: 0, count: places.count * d)
        var products = [Double](repeating: 0, count: psi.count)
        for (row, place) in places.enumerated() {
            for k in psi.indices {
                var sum = 0.0
                for column in 0..<d { sum += psi[k][place * d + column] * weights[column] }
                products[k] = sum
            }
            let top = products.max() ?? 0
            var (total, value) = (0.0, 0.0)
            for product in products {
                let share = exp((product - top) / temperature)
                total += share
                value += share * product
            }
            value /= total
            values[row] = value
            for k in psi.indices {
                let share = exp((products[k] - top) / temperature) / total
                if share < 1e-17 { continue }
                // d/dw Σ p v = Σ p (1 + (v − Ṽ)/T) ψ.
                let factor = share * (1 + (products[k] - value) / temperature)
                for column in 0..<d { gradients[row * d + column] += factor * psi[k][place * d + column] }
            }
        }
        return (values, gradients)
    }

    /// ψ(s) and ψ(s, a) of a policy; nil where it has none.
    static func successors(_ process: TabularProcess, _ policy: [Int]) -> [Double]? {
        let (n, d) = (process.states, process.features)
        var system = PolicySystem(process)
        var sides = [Double](repeating: 0, count: n * d)
        for state in 0..<n where !process.isEnd[state] {
            system.add(state, policy[state], 1)
            let row = (state * process.actions + policy[state]) * d
            for column in 0..<d { sides[state * d + column] = process.phi[row + column] }
        }
        guard system.solve(&sides, width: d) else { return nil }
        var result = sides + process.phi
        for row in 0..<n * process.actions {
            for step in process.starts[row]..<process.starts[row + 1] {
                let scale = process.gamma * process.probabilities[step]
                for column in 0..<d {
                    result[(n + row) * d + column] += scale * sides[process.nextStates[step] * d + column]
                }
            }
        }
        return result
    }
}
