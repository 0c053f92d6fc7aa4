import Foundation
import Kernels

/// A network with one hidden layer that gives an item a utility: h(e) = vᵀ tanh(W e + b).
///
/// A constant cannot be seen in comparisons, so that there is none at the output. The parameters lie in
/// one array: W row after row, b, v.
struct UtilityNetwork: Sendable, Hashable, Codable {
    let features: Int
    let width: Int
    var parameters: [Double]

    /// W and v normal with variance one over the number of inputs, b = 0.
    init(features: Int, width: Int, random: inout CounterRandom) {
        self.features = features
        self.width = width
        parameters = []
        for _ in 0..<width * features { parameters.append(random.normal() / Double(features).squareRoot()) }
        for _ in 0..<width { parameters.append(0) }
        for _ in 0..<width { parameters.append(random.normal() / Double(width).squareRoot()) }
    }

    func value(_ item: [Double]) -> Double {
        var sum = 0.0
        item.withUnsafeBufferPointer { e in
            parameters.withUnsafeBufferPointer { theta in
                for u in 0..<width { sum += theta[width * (features + 1) + u] * hidden(u, e, theta) }
            }
        }
        return sum
    }

    func gradient(_ item: [Double]) -> [Double] {
        var gradient = [Double](repeating: 0, count: parameters.count)
        var activations = [Double](repeating: 0, count: width)
        _ = forward(item, &activations, at: 0)
        addGradient(item, activations, at: 0, weight: 1, to: &gradient)
        return gradient
    }

    /// h(e), with the units' activations kept from `start` on.
    private func forward(_ item: [Double], _ activations: inout [Double], at start: Int) -> Double {
        var sum = 0.0
        item.withUnsafeBufferPointer { e in
            parameters.withUnsafeBufferPointer { theta in
                for u in 0..<width {
                    let a = hidden(u, e, theta)
                    activations[start + u] = a
                    sum += theta[width * (features + 1) + u] * a
                }
            }
        }
        return sum
    }

    /// Adds `weight` times ∇h(e) to a gradient.
    private func addGradient(
        _ item: [Double], _ activations: [Double], at start: Int, weight: Double, to gradient: inout [Double]
    ) {
        gradient.withUnsafeMutableBufferPointer { out in
            item.withUnsafeBufferPointer { e in
                for u in 0..<width {
                    let a = activations[start + u]
                    let back = weight * parameters[width * (features + 1) + u] * (1 - a * a)
                    for k in 0..<features { out[u * features + k] += back * e[k] }
                    out[width * features + u] += back
                    out[width * (features + 1) + u] += weight * a
                }
            }
        }
    }

    @inline(__always)
    private func hidden(
        _ unit: Int, _ e: UnsafeBufferPointer<Double>, _ theta: UnsafeBufferPointer<Double>
    ) -> Double {
        var sum = theta[width * features + unit]
        for k in 0..<features { sum += theta[unit * features + k] * e[k] }
        return tanh(sum)
    }

    /// Fits the choices of duels from these parameters on: full-batch Adam on Σ log(1 + e^(−±Δ)) +
    /// ridge·‖θ‖².
    mutating func fit(
        _ duels: [Duel<[Double]>], _ outcomes: [Double], steps: Int, eta: Double, ridge: Double
    ) {
        var adam = AdamState(count: parameters.count)
        var gradient = [Double](repeating: 0, count: parameters.count)
        // An item counts once for every step, however many duels it was in.
        var items: [[Double]] = []
        func place(_ item: [Double]) -> Int {
            if let known = items.firstIndex(of: item) { return known }
            items.append(item)
            return items.count - 1
        }
        let places = duels.map { (place($0.first), place($0.second)) }
        var activations = [Double](repeating: 0, count: items.count * width)
        for _ in 0..<max(steps, 1) {
            for k in parameters.indices { gradient[k] = 2 * ridge * parameters[k] }
            let values = items.indices.map { forward(items[$0], &activations, at: $0 * width) }
            var slopes = [Double](repeating: 0, count: items.count)
            for ((i, j), outcome) in zip(places, outcomes) {
                let slope = Special.logistic(values[i] - values[j]) - outcome
                slopes[i] += slope
                slopes[j] -= slope
            }
            for i in items.indices {
                addGradient(items[i], activations, at: i * width, weight: slopes[i], to: &gradient)
            }
            adam.step(&parameters, against: gradient, eta: eta)
        }
    }
}
