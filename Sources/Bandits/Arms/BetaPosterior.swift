import Foundation
import Kernels

/// A beta belief about an arm's success rate x, on the line u = log(x/(1 − x)).
///
/// There its density is  xᵃ(1 − x)ᵇ/B(a, b): smooth, with one top at log(a/b), and falling like eᵃᵘ and e⁻ᵇᵘ.
struct BetaPosterior: ArmPosterior {
    let a: Double
    let b: Double
    let lower: Double
    let upper: Double
    let panel: Double

    init(a: Double, b: Double) {
        self.a = a
        self.b = b
        let deviation = (1 / a + 1 / b).squareRoot()
        panel = min(2 * deviation, 2)
        let top = log(a / b)
        lower = top + Self.edge(a, b, from: -8.72 * deviation)
        upper = top + Self.edge(a, b, from: 8.72 * deviation)
    }

    /// How far from the top the density has fallen by e⁻³⁸.
    ///
    /// Newton's method on the fall, which is convex: from the second step on it comes from outside.
    private static func edge(_ a: Double, _ b: Double, from guess: Double) -> Double {
        let sum = a + b, x = a / sum, y = b / sum
        var offset = guess
        for _ in 0..<50 {
            let fall = sum * logMix(x, y, offset) - a * offset
            if abs(fall - 38) < 0.5 { break }
            offset -= (fall - 38) / (sum * x / (x + y * exp(-offset)) - a)
        }
        return offset
    }

    /// log(y + x·eᵈ) for x + y = 1.
    private static func logMix(_ x: Double, _ y: Double, _ d: Double) -> Double {
        d > 30 ? d + log(x + y * exp(-d)) : log1p(x * expm1(d))
    }

    static func shared(start: Double, offset: Double) -> Double {
        start < -30
            ? Special.log1pExp(start + offset) - Special.log1pExp(start)
            : logMix(Special.logistic(start), Special.logistic(-start), offset)
    }

    func logDensity(_ point: Double) -> Double {
        let sum = a + b, x = a / sum, y = b / sum
        let distance = point - log(a / b)
        let top: Double
        if min(a, b) >= 30 {
            top = 0.5 * log(a * y / (2 * .pi)) + Self.stirling(sum) - Self.stirling(a) - Self.stirling(b)
        } else {
            top = a * log(x) + b * log(y) - Special.logBeta(a, b)
        }
        return top + a * distance - sum * Self.logMix(x, y, distance)
    }

    /// What Stirling's formula for log Γ leaves out, for arguments from 30 on.
    private static func stirling(_ n: Double) -> Double {
        let w = 1 / (n * n)
        return (1.0 / 12 - w * (1.0 / 360 - w * (1.0 / 1260 - w / 1680))) / n
    }

    func change(offset: Double, shared: Double) -> Double { a * offset - (a + b) * shared }

    func mass(below point: Double) -> Double {
        point <= 0
            ? Special.regularizedBeta(Special.logistic(point), a, b)
            : 1 - Special.regularizedBeta(Special.logistic(-point), b, a)
    }
}
