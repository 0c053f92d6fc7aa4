import Foundation

extension CounterRandom {
    /// Returns a draw from the standard normal distribution, using exactly one 64-bit word.
    ///
    /// The draw is `Φ⁻¹(u)` for one open uniform `u`; it lies within ±8.3.
    public mutating func normal() -> Double {
        Special.wichuraQuantile(openUniform())
    }

    /// Returns a draw from the exponential distribution with mean 1, using exactly one 64-bit word.
    public mutating func exponential() -> Double {
        -log(openUniform())
    }

    /// Returns `true` with the given probability, using exactly one 64-bit word.
    ///
    /// A probability of 0 or less never gives `true`; 1 or more always does.
    public mutating func bernoulli(_ probability: Double) -> Bool {
        uniform() < probability
    }

    /// Returns a draw from the gamma distribution with the given shape and scale 1.
    ///
    /// Uses the Marsaglia–Tsang squeeze: `d · v` with `v = (1 + x / √(9d))³`, `d = shape − ⅓` and normal `x`;
    /// shapes below 1 are boosted by one and scaled by `u^(1 / shape)`.
    ///
    /// - Precondition: `shape` is positive and finite.
    public mutating func gamma(shape: Double) -> Double {
        precondition(shape > 0 && shape.isFinite, "gamma(shape:) needs a positive finite shape")
        if shape < 1 {
            let boosted = gamma(shape: shape + 1)
            return boosted * exp(log(openUniform()) / shape)
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let root = 1 + c * x
            let u = openUniform()
            guard root > 0 else { continue }
            let v = root * root * root
            let x2 = x * x
            if u < 1 - 0.0331 * x2 * x2 || log(u) < 0.5 * x2 + d * (1 - v + log(v)) {
                return d * v
            }
        }
    }

    /// Returns a draw from the Poisson distribution with the given mean.
    ///
    /// Small means multiply uniforms until the product falls below `e^(−mean)`; means of 10 and more use
    /// Hörmann's transformed rejection.
    ///
    /// - Precondition: `0 <= mean < 1e15`.
    /// - Complexity: O(1) expected.
    public mutating func poisson(_ mean: Double) -> Int {
        precondition(mean >= 0 && mean < 1e15, "poisson(_:) needs a mean in [0, 1e15)")
        if mean < 10 {
            let floor = exp(-mean)
            var count = 0
            var product = openUniform()
            while product > floor {
                count += 1
                product *= openUniform()
            }
            return count
        }
        let logMean = log(mean)
        let b = 0.931 + 2.53 * mean.squareRoot()
        let a = -0.059 + 0.02483 * b
        let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
        let accept = 0.9277 - 3.6224 / (b - 2)
        while true {
            let u = openUniform() - 0.5
            let v = openUniform()
            let edge = 0.5 - abs(u)
            let k = ((2 * a / edge + b) * u + mean + 0.43).rounded(.down)
            if edge >= 0.07 && v <= accept { return Int(k) }
            if k < 0 || (edge < 0.013 && v > edge) { continue }
            let left = log(v * inverseAlpha / (a / (edge * edge) + b))
            if left <= k * logMean - mean - Special.logGamma(k + 1) { return Int(k) }
        }
    }

    /// Returns an index drawn in proportion to its weight, using exactly one 64-bit word.
    ///
    /// - Precondition: the weights are finite and not negative, and at least one is positive.
    /// - Complexity: O(*n*).
    public mutating func categorical(weights: [Double]) -> Int {
        var total = 0.0
        for weight in weights {
            precondition(weight >= 0, "categorical(weights:) needs weights that are not negative")
            total += weight
        }
        precondition(total > 0 && total.isFinite, "categorical(weights:) needs a positive finite total")
        var left = uniform() * total
        var lastPositive = 0
        for (index, weight) in weights.enumerated() where weight > 0 {
            if left < weight { return index }
            left -= weight
            lastPositive = index
        }
        return lastPositive
    }
}
