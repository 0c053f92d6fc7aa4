import Foundation

/// Special functions and distribution functions in double precision.
///
/// Arguments outside a function's domain, and NaN, give NaN unless stated otherwise.
public enum Special {
    static let halfLogTwoPi = 0.918938533204672741780329736406

    /// Returns the logistic function `1 / (1 + e^(−x))`, with full relative accuracy in the lower tail.
    public static func logistic(_ x: Double) -> Double {
        if x >= 0 { return 1 / (1 + exp(-x)) }
        let e = exp(x)
        return e / (1 + e)
    }

    /// Returns the log odds `log(p / (1 − p))`; the ends 0 and 1 give the infinities.
    public static func logit(_ p: Double) -> Double {
        if p > 0.25 && p < 0.75 {
            // Near one half the quotient loses the leading digits; 2p − 1 does not.
            let t = 2 * p - 1
            return log1p(t) - log1p(-t)
        }
        return log(p) - log1p(-p)
    }

    /// Returns `log(1 + e^x)` without overflow and with full relative accuracy.
    public static func log1pExp(_ x: Double) -> Double {
        if x > 0 { return x + log1p(exp(-x)) }
        return log1p(exp(x))
    }

    /// Returns the logarithm of the logistic function, `−log(1 + e^(−x))`.
    public static func logLogistic(_ x: Double) -> Double { -log1pExp(-x) }

    /// Returns `log Σ e^(xᵢ)` without overflow.
    ///
    /// No elements give −∞; an element of +∞ gives +∞.
    ///
    /// - Complexity: O(*n*).
    public static func logSumExp(_ x: UnsafeBufferPointer<Double>) -> Double {
        var largest = -Double.infinity
        for value in x {
            if value.isNaN { return .nan }
            largest = max(largest, value)
        }
        guard largest.isFinite else { return largest }
        var sum = 0.0
        for value in x { sum += exp(value - largest) }
        return largest + log(sum)
    }

    /// Returns `log Σ e^(xᵢ)` without overflow.
    ///
    /// No elements give −∞; an element of +∞ gives +∞.
    ///
    /// - Complexity: O(*n*).
    public static func logSumExp(_ x: [Double]) -> Double {
        x.withUnsafeBufferPointer { logSumExp($0) }
    }

    /// Returns `log(1 + t) − t`, without cancellation for small `t`.
    static func log1pMinus(_ t: Double) -> Double {
        guard abs(t) <= 0.5 else { return log1p(t) - t }
        let r = t / (2 + t)
        let r2 = r * r
        var power = 2 * r * r2
        var sum = 0.0
        var odd = 3.0
        while true {
            let term = power / odd
            sum += term
            if abs(term) <= 1e-17 * abs(sum) || term == 0 { break }
            power *= r2
            odd += 2
        }
        return sum - r * t
    }
}
