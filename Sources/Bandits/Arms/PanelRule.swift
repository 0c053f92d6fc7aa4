import Foundation

/// Sixteen points and weights that integrate polynomials over [0, 1], and over [0, each point].
struct PanelRule: Sendable {
    /// The Gauss–Legendre points in (0, 1), rising.
    let points: SIMD16<Double>
    /// Their weights, which add up to one.
    let weights: SIMD16<Double>
    /// Entry j holds what the value at point j adds to the integrals from 0 to every point.
    let partial: [SIMD16<Double>]

    static let sixteen = PanelRule()

    private init() {
        let n = BestArm.order
        var x = SIMD16<Double>(), w = x
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
        partial = (0..<n).map { j in
            var column = x + 1
            for k in 1..<n {
                let share = Self.legendre(k, x[j]).value
                for i in 0..<n {
                    column[i] +=
                        share * (Self.legendre(k + 1, x[i]).value - Self.legendre(k - 1, x[i]).value)
                }
            }
            return column * (w[j] / 4)
        }
        points = (x + 1) / 2
        weights = w / 2
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
