import Foundation

extension Special {
    /// Returns `log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b)` for positive arguments, without
    /// cancellation.
    public static func logBeta(_ a: Double, _ b: Double) -> Double {
        guard a > 0, b > 0 else { return .nan }
        let (small, large) = a < b ? (a, b) : (b, a)
        let sum = small + large
        if large < 10 { return logGamma(small) + (logGamma(large) - logGamma(sum)) }
        let gap = stirlingError(large) - stirlingError(sum) - (large - 0.5) * log1p(small / large)
        if small < 10 { return logGamma(small) + gap + small * (1 - log(sum)) }
        return halfLogTwoPi - 0.5 * log(small) + gap + stirlingError(small) + small * log(small / sum)
    }

    /// Returns the regularised incomplete beta function `I_x(a, b)`, the beta distribution function at `x`.
    ///
    /// - Parameters:
    ///   - x: The point; below 0 gives 0 and above 1 gives 1.
    ///   - a: The first shape, positive.
    ///   - b: The second shape, positive.
    /// - Complexity: O(√max(*a*, *b*)).
    public static func regularizedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard a > 0, b > 0, a.isFinite, b.isFinite, !x.isNaN else { return .nan }
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        return regularizedBeta(x: x, y: 1 - x, a, b)
    }

    /// Returns the `p`-quantile of the beta distribution.
    ///
    /// Newton's method on the log odds of the result and the logarithm of the smaller tail, inside a
    /// shrinking bracket.
    ///
    /// - Parameters:
    ///   - p: The probability, in [0, 1].
    ///   - a: The first shape, positive.
    ///   - b: The second shape, positive.
    public static func betaQuantile(_ p: Double, _ a: Double, _ b: Double) -> Double {
        guard p >= 0, p <= 1, a > 0, b > 0, a.isFinite, b.isFinite else { return .nan }
        if p == 0 { return 0 }
        if p == 1 { return 1 }
        return p <= 0.5 ? logistic(lowerBetaLogit(p, a, b)) : betaUpperQuantile(1 - p, a, b)
    }

    /// Returns the point that a beta variable exceeds with the given probability, without losing small tails.
    ///
    /// - Parameters:
    ///   - tail: The probability above the point, in [0, 1].
    ///   - a: The first shape, positive.
    ///   - b: The second shape, positive.
    public static func betaUpperQuantile(_ tail: Double, _ a: Double, _ b: Double) -> Double {
        guard tail >= 0, tail <= 1, a > 0, b > 0, a.isFinite, b.isFinite else { return .nan }
        if tail == 0 { return 1 }
        if tail == 1 { return 0 }
        return tail <= 0.5 ? logistic(-lowerBetaLogit(tail, b, a)) : logistic(lowerBetaLogit(1 - tail, a, b))
    }

    /// Returns the probability of at least `successes` successes in `trials` independent trials.
    ///
    /// - Precondition: `trials >= 0`.
    public static func binomialUpperTail(successes: Int, trials: Int, probability: Double) -> Double {
        precondition(trials >= 0, "the number of trials cannot be negative")
        guard probability >= 0, probability <= 1 else { return .nan }
        if successes <= 0 { return 1 }
        if successes > trials { return 0 }
        return regularizedBeta(probability, Double(successes), Double(trials - successes + 1))
    }

    /// Returns the probability of at most `successes` successes in `trials` independent trials.
    ///
    /// - Precondition: `trials >= 0`.
    public static func binomialLowerTail(successes: Int, trials: Int, probability: Double) -> Double {
        precondition(trials >= 0, "the number of trials cannot be negative")
        guard probability >= 0, probability <= 1 else { return .nan }
        if successes < 0 { return 0 }
        if successes >= trials { return 1 }
        if probability == 0 { return 1 }
        if probability == 1 { return 0 }
        return regularizedBeta(
            x: 1 - probability, y: probability, Double(trials - successes), Double(successes + 1))
    }

    /// `I_x(a, b)` where `y = 1 − x` is given too, so that neither end loses digits.
    static func regularizedBeta(x: Double, y: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if y <= 0 { return 1 }
        if x * (a + b + 2) <= a + 1 { return betaFraction(x, y, a, b) }
        return 1 - betaFraction(y, x, b, a)
    }

    /// `log(x^a y^b / B(a, b))`, with `y = 1 − x`.
    static func betaLogWeight(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
        guard a >= 10 && b >= 10 else { return a * logOf(x, y) + b * logOf(y, x) - logBeta(a, b) }
        // x^a y^b against its largest value, at x = a / (a + b).
        let sum = a + b
        let shift = -betaShift(x, y, a, b)
        let exponent = a * log1pMinus(shift / a) + b * log1pMinus(-shift / b)
        let correction = stirlingError(sum) - stirlingError(a) - stirlingError(b)
        return exponent + correction + 0.5 * log(a * (b / sum)) - halfLogTwoPi
    }

    private static func logOf(_ x: Double, _ y: Double) -> Double { x < 0.5 ? log(x) : log1p(-y) }

    /// `a − (a + b) x` with `y = 1 − x`, from whichever end loses fewer digits.
    private static func betaShift(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
        a <= b ? a - (a + b) * x : (a + b) * y - b
    }

    /// The even part of the incomplete beta function's continued fraction, for `x` below about its mean.
    ///
    /// Its coefficients stay of moderate size when one shape is huge, where the plain fraction cancels.
    private static func betaFraction(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
        let weight = exp(betaLogWeight(x, y, a, b))
        if weight == 0 { return 0 }
        let lead = betaShift(x, y, a, b) + 1
        var c = 1e300
        var d = 1 / away(a / (a + 1) * lead)
        var h = d
        for i in 1...100_000 {
            let n = Double(i)
            let s = a + 2 * n
            let cross = n * (b - n) * x
            let top = (a + n - 1) / (s - 1) * ((a + b + n - 1) / (s - 1)) * cross * x
            let base = n + cross / (s - 1) + (a + n) / (s + 1) * (lead + n * (1 + y))
            d = 1 / away(base + top * d)
            c = away(base + top / c)
            let factor = d * c
            h *= factor
            if abs(factor - 1) < 3e-16 { break }
        }
        return min(1, weight * h)
    }

    /// The log odds of the point where the beta distribution function is `p <= ½`.
    private static func lowerBetaLogit(_ p: Double, _ a: Double, _ b: Double) -> Double {
        let target = log(p)
        var low = -745.0
        var high = 745.0
        // The leading power of the lower tail is p ≈ x^a / (a B(a, b)).
        let power = (target + log(a) + logBeta(a, b)) / a
        var u = power < -1 ? power - log1p(-exp(power)) : log(a / b)
        u = min(max(u, low + 1), high - 1)
        for _ in 0..<200 {
            let x = logistic(u)
            let y = logistic(-u)
            let tail = regularizedBeta(x: x, y: y, a, b)
            let gap = tail > 0 ? log(tail) - target : -.infinity
            if gap < 0 { low = u } else { high = u }
            if gap == 0 { break }
            let slope = exp(betaLogWeight(x, y, a, b)) / tail
            var next = u - gap / slope
            if !(next > low && next < high) { next = 0.5 * (low + high) }
            let change = abs(next - u)
            u = next
            if change <= 4e-16 * max(1, abs(u)) { break }
        }
        return u
    }
}
