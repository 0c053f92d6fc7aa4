import Foundation

extension Special {
    /// Returns the distribution function of Student's t at `t`, accurate in both tails.
    ///
    /// - Parameters:
    ///   - t: The point.
    ///   - df: The degrees of freedom, positive; infinity gives the normal distribution.
    public static func studentCDF(_ t: Double, df: Double) -> Double {
        guard df > 0, !t.isNaN else { return .nan }
        if df == .infinity { return normalCDF(t) }
        let tail = studentTail(abs(t), df)
        return t > 0 ? 1 - tail : tail
    }

    /// Returns the `p`-quantile of Student's t distribution.
    ///
    /// Newton's method on the logarithms of the tail probability and of the point, inside a shrinking
    /// bracket; 0 and 1 give the infinities.
    ///
    /// - Parameters:
    ///   - p: The probability, in [0, 1].
    ///   - df: The degrees of freedom, positive; infinity gives the normal distribution.
    public static func studentQuantile(_ p: Double, df: Double) -> Double {
        guard p >= 0, p <= 1, df > 0 else { return .nan }
        if p == 0 { return -.infinity }
        if p == 1 { return .infinity }
        if p == 0.5 { return 0 }
        if df == .infinity { return normalQuantile(p) }
        let tail = p < 0.5 ? p : 1 - p
        let t = abs(p - 0.5) < 0.1 ? centralStudent(0.5 - tail, df) : tailStudent(tail, df)
        return p < 0.5 ? -t : t
    }

    /// The probability above `t >= 0`.
    private static func studentTail(_ t: Double, _ df: Double) -> Double {
        if t == .infinity { return 0 }
        let ratio = t * t / df
        // t² / df can overflow for huge t; the power law takes over long before.
        if ratio > 1e200 { return 0.5 * exp(betaLogWeightFar(t, df)) / (df / 2) }
        return 0.5 * regularizedBeta(x: 1 / (1 + ratio), y: ratio / (1 + ratio), df / 2, 0.5)
    }

    /// `log(x^(df/2) / B(df/2, ½))` at `x = df / t²`.
    private static func betaLogWeightFar(_ t: Double, _ df: Double) -> Double {
        0.5 * df * (log(df) - 2 * log(t)) - logBeta(df / 2, 0.5)
    }

    private static func studentLogDensity(_ t: Double, _ df: Double) -> Double {
        let q = t / df.squareRoot()
        let power = q > 1e100 ? 2 * log(q) : log1p(q * q)
        return -logBeta(df / 2, 0.5) - 0.5 * log(df) - 0.5 * (df + 1) * power
    }

    /// The point `t` with probability `mass` between 0 and `t`, for a mass of at most 0.1.
    private static func centralStudent(_ mass: Double, _ df: Double) -> Double {
        var t = mass / exp(studentLogDensity(0, df))
        for _ in 0..<50 {
            let ratio = t * t / df
            let inside = 0.5 * regularizedBeta(x: ratio / (1 + ratio), y: 1 / (1 + ratio), 0.5, df / 2)
            let change = (inside - mass) / exp(studentLogDensity(t, df))
            t -= change
            if abs(change) <= 2e-16 * abs(t) { break }
        }
        return t
    }

    /// The point `t > 0` with probability `tail` above it.
    private static func tailStudent(_ tail: Double, _ df: Double) -> Double {
        let target = log(tail)
        // The far tail is a power law: tail ≈ (df / t²)^(df/2) / (df B(df/2, ½)).
        let power = 0.5 * log(df) - (target + log(df) + logBeta(df / 2, 0.5)) / df
        var u = df < 3 ? power : log(-normalQuantile(tail))
        var low = -40.0
        var high = 700.0
        u = min(max(u, low), high)
        for _ in 0..<200 {
            let t = exp(u)
            let above = studentTail(t, df)
            let gap = above > 0 ? log(above) - target : -.infinity
            if gap > 0 { low = u } else { high = u }
            if gap == 0 { break }
            let slope = exp(studentLogDensity(t, df) + u) / above
            var next = u + gap / slope
            if !(next > low && next < high) { next = 0.5 * (low + high) }
            let change = abs(next - u)
            u = next
            if change <= 2e-16 * max(1, abs(u)) { break }
        }
        return exp(u)
    }
}
