import Foundation

extension Special {
    /// Returns the standard normal density at `x`.
    ///
    /// The rounding error of `x²` is made good, so that the tails keep full relative accuracy.
    public static func normalPDF(_ x: Double) -> Double {
        let square = x * x
        guard square < 1600 else { return x.isNaN ? .nan : 0 }
        let lost = (-square).addingProduct(x, x)
        return exp(-0.5 * square) * (1 - 0.5 * lost) * 0.398942280401432677940
    }

    /// Returns the standard normal distribution function, with full relative accuracy in both tails.
    ///
    /// The upper tail is `normalCDF(-x)`.
    public static func normalCDF(_ x: Double) -> Double {
        if x > -5 { return 0.5 * erfc(-x * 0.707106781186547524401) }
        if x < -39 { return 0 }
        return normalPDF(x) * millsRatio(-x)
    }

    /// Returns the logarithm of the standard normal distribution function.
    ///
    /// Accurate in both tails: to the left `log φ(x)` plus the logarithm of the Mills ratio, to the right
    /// `log1p(−Φ(−x))`.
    public static func logNormalCDF(_ x: Double) -> Double {
        if x > 0 { return log1p(-normalCDF(-x)) }
        if x > -5 { return log(normalCDF(x)) }
        if x == -.infinity { return -.infinity }
        return log(millsRatio(-x)) - halfLogTwoPi - 0.5 * x * x
    }

    /// Returns the `p`-quantile of the standard normal distribution.
    ///
    /// Wichura's rational approximation followed by one Newton step on the tail; 0 and 1 give the infinities.
    public static func normalQuantile(_ p: Double) -> Double {
        guard p > 0 && p < 1 else { return p == 0 ? -.infinity : (p == 1 ? .infinity : .nan) }
        let start = wichuraQuantile(p)
        guard abs(p - 0.5) > 0.3 else { return start }
        let tail = min(p, 1 - p)
        let z = -abs(start)
        let slope = normalPDF(z)
        guard slope > 1e-290 else { return start }
        let polished = z - (normalCDF(z) - tail) / slope
        return p < 0.5 ? polished : -polished
    }

    /// The ratio `(1 − Φ(x)) / φ(x)` for `x >= 5`, by its continued fraction.
    private static func millsRatio(_ x: Double) -> Double {
        guard x < 1e8 else { return 1 / x }
        var tail = x
        for k in stride(from: 40.0, through: 1, by: -1) { tail = x + k / tail }
        return 1 / tail
    }

    /// Wichura's algorithm AS 241 (PPND16), good to about sixteen digits; `p` must lie in (0, 1).
    static func wichuraQuantile(_ p: Double) -> Double {
        let q = p - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * ratio(r, centralNumerator, centralDenominator)
        }
        let r = (-log(q < 0 ? p : 1 - p)).squareRoot()
        let x =
            r <= 5
            ? ratio(r - 1.6, middleNumerator, middleDenominator)
            : ratio(r - 5, farNumerator, farDenominator)
        return q < 0 ? -x : x
    }

    @inline(__always)
    private static func ratio(
        _ r: Double, _ numerator: SIMD8<Double>, _ denominator: SIMD8<Double>
    ) -> Double {
        var top = numerator[7]
        var bottom = denominator[7]
        for k in stride(from: 6, through: 0, by: -1) {
            top = top * r + numerator[k]
            bottom = bottom * r + denominator[k]
        }
        return top / bottom
    }

    private static let centralNumerator = SIMD8<Double>(
        3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
        45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727)
    private static let centralDenominator = SIMD8<Double>(
        1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
        21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610)
    private static let middleNumerator = SIMD8<Double>(
        1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
        1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833,
        7.74545014278341407640e-4)
    private static let middleDenominator = SIMD8<Double>(
        1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
        0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4,
        1.05075007164441684324e-9)
    private static let farNumerator = SIMD8<Double>(
        6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
        0.0265321895265761230930, 1.24266094738807843860e-3, 2.71155556874348757815e-5,
        2.01033439929228813265e-7)
    private static let farDenominator = SIMD8<Double>(
        1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
        2.04426310338993978564e-15)
}
