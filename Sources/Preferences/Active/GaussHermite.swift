import Foundation

/// Averages a smooth function over a normal distribution.
///
/// Gauss–Hermite quadrature: E[f(z)] ≈ Σ_k w_k f(z_k) for z ~ N(0, 1), exact for polynomials of degree 2n −
/// 1. The nodes are √2 times the roots of the Hermite polynomial H_n, found by Newton's method on the
/// orthonormal recurrence. Complexity: O(n²) to make.
struct GaussHermite: Sendable {
    /// Where to evaluate, in standard deviations from the mean.
    let nodes: [Double]
    /// What each value counts; they add up to one.
    let weights: [Double]

    /// The rule that everything here uses.
    static let standard = GaussHermite(count: 32)

    init(count n: Int) {
        var nodes = [Double](repeating: 0, count: n)
        var weights = nodes
        let size = Double(n)
        var x = 0.0
        for k in 0..<(n + 1) / 2 {
            // Starting values for the roots from the largest down (Abramowitz and Stegun 22.16; then by the
            // gaps).
            switch k {
            case 0: x = (2 * size + 1).squareRoot() - 1.85575 * pow(2 * size + 1, -1.0 / 6)
            case 1: x -= 1.14 * pow(size, 0.426) / x
            case 2: x = 1.86 * x - 0.86 * nodes[0] / 2.0.squareRoot()
            case 3: x = 1.91 * x - 0.91 * nodes[1] / 2.0.squareRoot()
            default: x = 2 * x - nodes[k - 2] / 2.0.squareRoot()
            }
            var slope = 1.0
            for _ in 0..<50 {
                // Orthonormal Hermite polynomials: h_j = x √(2/j) h_{j−1} − √((j−1)/j) h_{j−2}.
                var high = pow(Double.pi, -0.25), low = 0.0
                for j in 1...n {
                    let next =
                        x * (2 / Double(j)).squareRoot() * high
                        - (Double(j - 1) / Double(j)).squareRoot() * low
                    low = high
                    high = next
                }
                slope = (2 * size).squareRoot() * low
                let step = high / slope
                x -= step
                if abs(step) < 1e-15 * max(1, abs(x)) { break }
            }
            if 2 * k == n - 1 { x = 0 }
            nodes[k] = 2.0.squareRoot() * x
            nodes[n - 1 - k] = -nodes[k]
            weights[k] = 2 / (slope * slope * Double.pi.squareRoot())
            weights[n - 1 - k] = weights[k]
        }
        let total = weights.reduce(0, +)
        self.nodes = nodes
        self.weights = weights.map { $0 / total }
    }
}
