import Foundation

/// The constant combination of strategies with the highest growth over a history of pay-offs.
///
/// It maximises the concave Σᵢ wᵢ log⟨λ, rᵢ⟩/Σᵢ wᵢ by multiplicative steps λₐ ∝ λₐ exp(s(gₐ − ⟨g, λ⟩)), whose length s doubles after a gain and
/// halves after a loss. Since ⟨g, λ⟩ = 1, no combination grows faster than this one by more than maxₐ gₐ − 1: the `gap`.
public struct BestCombination: Sendable, Hashable {
    /// The combination λ.
    public let weights: [Double]
    /// Its growth for each period.
    public let growth: Double
    /// By how much the best growth exceeds it at most.
    public let gap: Double

    /// Finds the combination.
    ///
    /// - Parameters:
    ///   - payoffs: The pay-offs, one period after the other, each of all strategies; positive.
    ///   - strategies: The number of strategies.
    ///   - discount: The factor by which a period counts less than the next.
    ///   - start: A combination to start from; `nil` for the uniform one.
    ///   - tolerance: The gap at which to stop.
    ///   - maxIterations: The number of steps at which to stop.
    /// - Complexity: O(periods · strategies) for each step.
    public init(
        payoffs: [Double], strategies: Int, discount: Double = 1, start: [Double]? = nil, tolerance: Double = 1e-7,
        maxIterations: Int = 500
    ) {
        precondition(
            strategies > 0 && payoffs.count % strategies == 0, "each period needs a pay-off of every strategy")
        precondition(discount > 0 && discount <= 1, "discount must lie in (0, 1]")
        let uniform = [Double](repeating: 1 / Double(strategies), count: strategies)
        guard !payoffs.isEmpty else {
            weights = start ?? uniform
            growth = 0
            gap = 0
            return
        }
        // A step only multiplies: weights that vanished before could not come back.
        var point = start.map { old in uniform.indices.map { 0.999 * old[$0] + 0.001 * uniform[$0] } } ?? uniform
        var slope = uniform
        var value = Self.evaluate(payoffs, point, discount, &slope)
        var step = 1.0
        var trial = point, trialSlope = slope
        for _ in 0..<maxIterations where (slope.max() ?? 1) - 1 > tolerance && step > 1e-9 {
            for a in point.indices { trial[a] = log(point[a]) + step * (slope[a] - 1) }
            trial = Vector.softmax(trial)
            let reached = Self.evaluate(payoffs, trial, discount, &trialSlope)
            if reached >= value {
                (point, value, slope) = (trial, reached, trialSlope)
                step *= 2
            } else {
                step /= 2
            }
        }
        weights = point
        growth = value
        gap = max(0, (slope.max() ?? 1) - 1)
    }

    /// The growth of a combination; writes the gradient.
    private static func evaluate(
        _ payoffs: [Double], _ point: [Double], _ discount: Double, _ slope: inout [Double]
    ) -> Double {
        let count = point.count
        for a in 0..<count { slope[a] = 0 }
        var value = 0.0, total = 0.0
        payoffs.withUnsafeBufferPointer { rows in
            point.withUnsafeBufferPointer { point in
                slope.withUnsafeMutableBufferPointer { slope in
                    var weight = 1.0
                    var row = rows.count - count
                    while row >= 0 {
                        var payoff = 0.0
                        for a in 0..<count { payoff += point[a] * rows[row + a] }
                        value += weight * log(payoff)
                        let share = weight / payoff
                        for a in 0..<count { slope[a] += share * rows[row + a] }
                        total += weight
                        weight *= discount
                        row -= count
                    }
                }
            }
        }
        for a in 0..<count { slope[a] /= total }
        return value / total
    }
}
