import Foundation

/// Summaries, rank correlations and interval estimates.
public enum Statistics {
    /// Returns the arithmetic mean; no values give NaN.
    public static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
    }

    /// Returns the variance by Welford's running update.
    ///
    /// - Parameters:
    ///   - values: The sample.
    ///   - degreesRemoved: What to take off the count in the divisor: 1 for the unbiased estimate (the
    ///     default), 0 for the variance of the values themselves.
    /// - Returns: The variance, or NaN when the divisor is not positive.
    public static func variance(_ values: [Double], degreesRemoved: Int = 1) -> Double {
        guard values.count > max(0, degreesRemoved) else { return .nan }
        var mean = 0.0
        var squares = 0.0
        for (index, value) in values.enumerated() {
            let gap = value - mean
            mean += gap / Double(index + 1)
            squares += gap * (value - mean)
        }
        return squares / Double(values.count - degreesRemoved)
    }

    /// Returns the mean of the values in proportion to their weights, `Σ wᵢ xᵢ / Σ wᵢ`.
    ///
    /// Weights that sum to zero give NaN.
    ///
    /// - Precondition: there is one weight for each value.
    public static func weightedMean(_ values: [Double], weights: [Double]) -> Double {
        precondition(values.count == weights.count, "there must be one weight for each value")
        var sum = 0.0
        var total = 0.0
        for (value, weight) in zip(values, weights) {
            sum += value * weight
            total += weight
        }
        return total == 0 ? .nan : sum / total
    }

    /// Returns a sample quantile by linear interpolation between order statistics (type 7).
    ///
    /// The result is the value at position `(n − 1) p` of the sorted sample. No values, or a NaN among them,
    /// give NaN.
    ///
    /// - Precondition: `0 <= p <= 1`.
    /// - Complexity: O(*n* log *n*).
    public static func quantile(_ values: [Double], _ p: Double) -> Double {
        precondition(p >= 0 && p <= 1, "a quantile needs a probability")
        guard !values.isEmpty, !values.contains(where: \.isNaN) else { return .nan }
        let sorted = values.sorted()
        let position = Double(sorted.count - 1) * p
        let below = Int(position)
        let fraction = position - Double(below)
        guard fraction > 0, below + 1 < sorted.count else { return sorted[below] }
        let (low, high) = (sorted[below], sorted[below + 1])
        return low == high ? low : low + fraction * (high - low)
    }

    /// Returns the median; no values, or a NaN among them, give NaN.
    ///
    /// - Complexity: O(*n* log *n*).
    public static func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

    /// Returns Pearson's correlation, or NaN when either sample has no spread.
    ///
    /// - Precondition: both samples have the same size.
    public static func pearson(_ x: [Double], _ y: [Double]) -> Double {
        precondition(x.count == y.count, "the samples must be paired")
        let (meanX, meanY) = (mean(x), mean(y))
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) {
            let (u, v) = (a - meanX, b - meanY)
            xx += u * u
            yy += v * v
            xy += u * v
        }
        guard xx > 0 && yy > 0 else { return .nan }
        return max(-1, min(1, xy / xx.squareRoot() / yy.squareRoot()))
    }

    /// Returns the Wilson score interval for a success probability.
    ///
    /// No trials give the whole interval [0, 1].
    ///
    /// - Parameters:
    ///   - successes: The number of successes.
    ///   - trials: The number of trials.
    ///   - confidence: The two-sided confidence level, in (0, 1).
    /// - Precondition: `0 <= successes <= trials`.
    public static func wilsonInterval(
        successes: Int, trials: Int, confidence: Double = 0.95
    ) -> ClosedRange<Double> {
        precondition(successes >= 0 && successes <= trials, "successes must lie in 0...trials")
        precondition(confidence > 0 && confidence < 1, "a confidence level lies between 0 and 1")
        guard trials > 0 else { return 0...1 }
        let n = Double(trials)
        let p = Double(successes) / n
        let z = -Special.normalQuantile(0.5 * (1 - confidence))
        let z2 = z * z / n
        let centre = (p + z2 / 2) / (1 + z2)
        let half = (p * (1 - p) * z2 + z2 * z2 / 4).squareRoot() / (1 + z2)
        let low = successes == 0 ? 0 : max(0, centre - half)
        let high = successes == trials ? 1 : min(1, centre + half)
        return low...high
    }

    /// Returns the Jeffreys interval for a success probability.
    ///
    /// The ends are quantiles of Beta(s + ½, n − s + ½); the lower end is 0 without successes and the upper
    /// end 1 without failures.
    ///
    /// - Parameters:
    ///   - successes: The number of successes.
    ///   - trials: The number of trials.
    ///   - confidence: The two-sided probability, in (0, 1).
    /// - Precondition: `0 <= successes <= trials`.
    public static func jeffreysInterval(
        successes: Int, trials: Int, confidence: Double = 0.95
    ) -> ClosedRange<Double> {
        precondition(successes >= 0 && successes <= trials, "successes must lie in 0...trials")
        precondition(confidence > 0 && confidence < 1, "a confidence level lies between 0 and 1")
        let a = Double(successes) + 0.5
        let b = Double(trials - successes) + 0.5
        let tail = 0.5 * (1 - confidence)
        let low = successes == 0 ? 0 : Special.betaQuantile(tail, a, b)
        let high = successes == trials ? 1 : Special.betaUpperQuantile(tail, a, b)
        return low...max(low, high)
    }
}
