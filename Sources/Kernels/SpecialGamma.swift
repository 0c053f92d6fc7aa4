import Foundation

extension Special {
    /// Returns `log |Γ(x)|`, with full relative accuracy for positive `x` also near the zeros at 1 and 2.
    ///
    /// Stirling's series from 10 up, a zeta series around 2 below; negative `x` go through the reflection
    /// formula. The poles at 0, −1, −2, … give +∞.
    public static func logGamma(_ x: Double) -> Double {
        if x.isNaN { return x }
        if x == .infinity { return x }
        if x <= 0 {
            if x == x.rounded(.down) { return .infinity }
            let fraction = x - x.rounded(.down)
            return log(Double.pi / sin(Double.pi * fraction)) - logGamma(1 - x)
        }
        if x >= 10 { return (x - 0.5) * (log(x) - 1) - 0.5 + halfLogTwoPi + stirlingError(x) }
        if x < 0.5 { return logGammaNearTwo(x) - log(x) - log1p(x) }
        if x < 1.5 { return logGammaNearTwo(x - 1) - log1p(x - 1) }
        if x <= 2.5 { return logGammaNearTwo(x - 2) }
        var base = x
        var product = 1.0
        while base > 2.5 {
            base -= 1
            product *= base
        }
        return logGammaNearTwo(base - 2) + log(product)
    }

    /// Returns the digamma function, the derivative of `log Γ`.
    ///
    /// The poles at 0, −1, −2, … give NaN.
    public static func digamma(_ x: Double) -> Double {
        if x <= 0 {
            if x == x.rounded(.down) { return .nan }
            let fraction = x - x.rounded(.down)
            return digamma(1 - x) - Double.pi / tan(Double.pi * fraction)
        }
        var x = x
        var sum = 0.0
        while x < 10 {
            sum -= 1 / x
            x += 1
        }
        let w = 1 / (x * x)
        let series =
            w
            * (1.0 / 12 - w
                * (1.0 / 120 - w
                    * (1.0 / 252 - w
                        * (1.0 / 240 - w
                            * (1.0 / 132
                                - w * (691.0 / 32760 - w / 12))))))
        return sum + log(x) - 0.5 / x - series
    }

    /// Returns the trigamma function, the second derivative of `log Γ`.
    ///
    /// The poles at 0, −1, −2, … give +∞.
    public static func trigamma(_ x: Double) -> Double {
        if x <= 0 {
            if x == x.rounded(.down) { return .infinity }
            let s = sin(Double.pi * (x - x.rounded(.down)))
            return Double.pi * Double.pi / (s * s) - trigamma(1 - x)
        }
        var x = x
        var sum = 0.0
        while x < 12 {
            sum += 1 / (x * x)
            x += 1
        }
        let w = 1 / (x * x)
        let series =
            w
            * (1.0 / 6 - w
                * (1.0 / 30 - w
                    * (1.0 / 42 - w
                        * (1.0 / 30 - w
                            * (5.0 / 66
                                - w * (691.0 / 2730 - w * 7.0 / 6))))))
        return sum + (1 + series) / x + 0.5 * w
    }

    /// Returns the regularised lower incomplete gamma function `P(a, x)`.
    ///
    /// - Parameters:
    ///   - a: The shape, positive.
    ///   - x: The point, not negative.
    /// - Complexity: O(√*a*) near `x = a`.
    public static func regularizedGammaP(_ a: Double, _ x: Double) -> Double {
        guard a > 0, x >= 0, a.isFinite else { return .nan }
        if x == 0 { return 0 }
        if x == .infinity { return 1 }
        return x < a + 1 ? gammaSeries(a, x) : 1 - gammaFraction(a, x)
    }

    /// Returns the regularised upper incomplete gamma function `Q(a, x) = 1 − P(a, x)`, accurate when small.
    ///
    /// - Parameters:
    ///   - a: The shape, positive.
    ///   - x: The point, not negative.
    /// - Complexity: O(√*a*) near `x = a`.
    public static func regularizedGammaQ(_ a: Double, _ x: Double) -> Double {
        guard a > 0, x >= 0, a.isFinite else { return .nan }
        if x == 0 { return 1 }
        if x == .infinity { return 0 }
        return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x)
    }

    /// Returns the chi-squared distribution function at `x` for the given degrees of freedom.
    ///
    /// Points below zero give 0.
    public static func chiSquaredCDF(_ x: Double, df: Double) -> Double {
        x < 0 ? 0 : regularizedGammaP(df / 2, x / 2)
    }

    /// Returns the probability that a chi-squared variable exceeds `x`, accurate when small.
    ///
    /// Points below zero give 1.
    public static func chiSquaredUpperTail(_ x: Double, df: Double) -> Double {
        x < 0 ? 1 : regularizedGammaQ(df / 2, x / 2)
    }

    /// The error of Stirling's formula, `log Γ(x) − ((x − ½) log x − x + ½ log 2π)`, for `x >= 10`.
    static func stirlingError(_ x: Double) -> Double {
        let w = 1 / (x * x)
        return
            (1.0 / 12 - w
            * (1.0 / 360 - w
                * (1.0 / 1260 - w
                    * (1.0 / 1680 - w
                        * (1.0 / 1188
                            - w * (691.0 / 360360 - w / 156))))))
            / x
    }

    /// `log Γ(2 + e)` for `|e| <= ½`: `(1 − γ) e + Σ (−1)ᵏ (ζ(k) − 1) eᵏ / k`.
    private static func logGammaNearTwo(_ e: Double) -> Double {
        var sum = 0.0
        for index in stride(from: zetaMinusOne.count - 1, through: 0, by: -1) {
            let k = Double(index + 2)
            sum = zetaMinusOne[index] / k - e * sum
        }
        return e * (0.422784335098467139393 + e * sum)
    }

    /// `x^a e^(−x) / Γ(a + 1)`.
    private static func gammaWeight(_ a: Double, _ x: Double) -> Double {
        if a >= 10 {
            return exp(a * log1pMinus((x - a) / a) - stirlingError(a)) / (2 * Double.pi * a).squareRoot()
        }
        return exp(a * log(x) - x - logGamma(a + 1))
    }

    private static func gammaSeries(_ a: Double, _ x: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        var k = a
        repeat {
            k += 1
            term *= x / k
            sum += term
        } while term > 1e-17 * sum
        return min(1, gammaWeight(a, x) * sum)
    }

    /// Lentz's evaluation of `1 / (x + 1 − a − 1(1 − a) / (x + 3 − a − …))`.
    private static func gammaFraction(_ a: Double, _ x: Double) -> Double {
        let weight = gammaWeight(a, x)
        if weight == 0 { return 0 }
        var b = x + 1 - a
        var c = 1e300
        var d = 1 / b
        var h = d
        for i in 1...1_000_000 {
            let k = Double(i)
            let n = -k * (k - a)
            b += 2
            d = 1 / away(n * d + b)
            c = away(b + n / c)
            let factor = c * d
            h *= factor
            if abs(factor - 1) < 2e-16 { break }
        }
        return min(1, weight * a * h)
    }

    /// Keeps a denominator away from zero.
    static func away(_ x: Double) -> Double { abs(x) < 1e-300 ? 1e-300 : x }

    /// ζ(k) − 1 for k = 2, 3, …
    private static let zetaMinusOne: [Double] = [
        0.64493406684822643647, 0.2020569031595942854, 0.082323233711138191516, 0.036927755143369926331,
        0.017343061984449139715, 0.0083492773819228268398, 0.0040773561979443393787, 0.0020083928260822144179,
        0.00099457512781808533715, 0.0004941886041194645587, 0.00024608655330804829864,
        0.00012271334757848914675, 0.000061248135058704829259, 0.000030588236307020493552,
        0.000015282259408651871733, 7.6371976378997622736e-6, 3.8172932649998398565e-6,
        1.9082127165539389257e-6, 9.5396203387279611315e-7, 4.7693298678780646312e-7, 2.3845050272773299e-7,
        1.1921992596531107307e-7, 5.9608189051259479612e-8, 2.9803503514652280186e-8,
        1.4901554828365041235e-8, 7.450711789835429492e-9,
    ]
}
