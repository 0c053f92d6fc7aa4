import Foundation

/// The running moments of Adam, and its steps.
///
/// Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015). With the gradient g of step t,
///
///     m ← 0.9·m + 0.1·g,   v ← 0.999·v + 0.001·g²,   θ ← θ − η·m̂/(√v̂ + 10⁻⁸),
///     m̂ = m/(1 − 0.9ᵗ),    v̂ = v/(1 − 0.999ᵗ).
struct AdamState: Sendable, Hashable, Codable {
    /// The number of steps taken, t.
    private(set) var steps = 0
    private var first: [Double]
    private var second: [Double]

    init(count: Int) {
        first = [Double](repeating: 0, count: count)
        second = first
    }

    /// Moves parameters against a gradient.
    mutating func step(_ parameters: inout [Double], against gradient: [Double], eta: Double) {
        steps += 1
        let t = Double(steps)
        let rate = eta / (1 - pow(0.9, t)), correction = 1 / (1 - pow(0.999, t))
        for k in parameters.indices {
            let g = gradient[k]
            first[k] = 0.9 * first[k] + 0.1 * g
            second[k] = 0.999 * second[k] + 0.001 * g * g
            parameters[k] -= rate * first[k] / ((second[k] * correction).squareRoot() + 1e-8)
        }
    }
}
