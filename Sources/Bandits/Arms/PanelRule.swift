import Foundation

/// Points and weights that integrate polynomials over [0, 1], and over [0, each point].
struct PanelRule: Sendable {
    /// The Gauss–Legendre points in (0, 1), rising.
    let points: [Double]
    /// Their weights, which add up to one.
    let weights: [Double]
    /// Row i integrates the polynomial through the values from 0 to point i.
    let partial: [Double]

    static let sixteen = PanelRule(BestArm.order)

    init(_ n: Int) {
        var x = [Double](repeating: 0, count: n), w = x
        for i in 0..<n {
            var root = -cos(Double.pi * (Double(i) + 0.75) / (Double(n) + 0.5))
            for _ in 0..<20 {
                let (value, slope) = Self.legendre(n, root)
                root -= value / slope
            }
            x[i] = root
            let slope = Self.legendre(n, root).slope
            w[i] = 2 / ((1 - root * root) * slope * slope)
        }
        // The polynomial through values y is Σₖ (2k+1)/2·Pₖ·Σⱼ wⱼ·Pₖ(xⱼ)·yⱼ, and ∫Pₖ = (Pₖ₊₁ − Pₖ₋₁)/(2k+1).
        var rows = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
            for j in 0..<n {
                var sum = x[i] + 1
                for k in 1..<n {
                    let upper = Self.legendre(k + 1, x[i]).value, lower = Self.legendre(k - 1, x[i]).value
                    sum += Self.legendre(k, x[j]).value * (upper - lower)
                }
                rows[i * n + j] = w[j] * sum / 4
            }
        }
        points = x.map { ($0 + 1) / 2 }
        weights = w.map { $0 / 2 }
        partial = rows
    }

    private static func legendre(_ n: Int, _ x: Double) -> (value: Double, slope: Double) {
        var before = 0.0, value = 1.0
        for k in 0..<n {
            let next = (Double(2 * k + 1) * x * value - Double(k) * before) / Double(k + 1)
            before = value
            value = next
        }
        return (value, Double(n) * (x * value - before) / (x * x - 1))
    }
}
