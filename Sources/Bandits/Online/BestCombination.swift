import Foundation

/// The constant combination of strategies with the highest growth over a history of pay-offs.
///
/// It maximises the concave Σᵢ wᵢ log⟨λ, rᵢ⟩/Σᵢ wᵢ over the simplex by Newton steps: each goes to the best
/// combination of the function's second-order model, or part of the way where that does not gain. Since ⟨g,
/// λ⟩ = 1 for the gradient g, no combination grows faster than this one by more than maxₐ gₐ − 1: the `gap`.
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
    /// - Complexity: O(periods · strategies²) for each step.
    public init(
        payoffs: [Double], strategies: Int, discount: Double = 1, start: [Double]? = nil,
        tolerance: Double = 1e-7,
        maxIterations: Int = 50
    ) {
        precondition(
            strategies > 0 && payoffs.count % strategies == 0, "each period needs a pay-off of every strategy"
        )
        precondition(discount > 0 && discount <= 1, "discount must lie in (0, 1]")
        let uniform = [Double](repeating: 1 / Double(strategies), count: strategies)
        guard !payoffs.isEmpty else {
            weights = start ?? uniform
            growth = 0
            gap = 0
            return
        }
        var point = start ?? uniform
        var model = Model(strategies)
        var value = model.fit(payoffs, point, discount)
        let set = ConvexSet.simplex(strategies)
        for _ in 0..<maxIterations where model.gap > tolerance {
            let best = ProjectedDescent.minimize(on: set, from: point, smoothness: model.trace) { x in
                model.slope(at: x, from: point)
            }
            var share = 1.0
            var next = model
            while share > 1e-9 {
                let trial = point.indices.map { point[$0] + share * (best[$0] - point[$0]) }
                let reached = next.fit(payoffs, trial, discount)
                if reached > value {
                    (point, value, model) = (trial, reached, next)
                    break
                }
                share /= 2
            }
            if share <= 1e-9 { break }
        }
        weights = point
        growth = value
        gap = max(0, model.gap)
    }
}

/// The growth's gradient and curvature at a combination.
private struct Model {
    private let count: Int
    private var gradient: [Double]
    /// The Hessian's negative on directions that keep the sum, row by row.
    private var curvature: [Double]

    init(_ count: Int) {
        self.count = count
        gradient = [Double](repeating: 0, count: count)
        curvature = [Double](repeating: 0, count: count * count)
    }

    var gap: Double { (gradient.max() ?? 1) - 1 }

    var trace: Double { (0..<count).reduce(0) { $0 + curvature[$1 * count + $1] } }

    /// The slope at `x` of the second-order model around a point.
    func slope(at x: [Double], from point: [Double]) -> [Double] {
        (0..<count).map { a in
            var sum = -gradient[a]
            for b in 0..<count { sum += curvature[a * count + b] * (x[b] - point[b]) }
            return sum
        }
    }

    /// Moves to a combination.
    ///
    /// - Returns: Its growth.
    mutating func fit(_ payoffs: [Double], _ point: [Double], _ discount: Double) -> Double {
        for a in gradient.indices { gradient[a] = 0 }
        for a in curvature.indices { curvature[a] = 0 }
        var value = 0.0, total = 0.0
        var ratios = [Double](repeating: 0, count: count)
        let count = count
        payoffs.withUnsafeBufferPointer { rows in
            ratios.withUnsafeMutableBufferPointer { ratio in
                gradient.withUnsafeMutableBufferPointer { gradient in
                    curvature.withUnsafeMutableBufferPointer { curvature in
                        var weight = 1.0
                        var row = rows.count - count
                        while row >= 0 {
                            var payoff = 0.0
                            for a in 0..<count { payoff += point[a] * rows[row + a] }
                            value += weight * log(payoff)
                            // Less one changes nothing in directions that keep the sum, and keeps numbers
                            // small.
                            for a in 0..<count { ratio[a] = rows[row + a] / payoff - 1 }
                            for a in 0..<count {
                                let scaled = weight * ratio[a]
                                gradient[a] += scaled
                                for b in 0...a { curvature[a * count + b] += scaled * ratio[b] }
                            }
                            total += weight
                            weight *= discount
                            row -= count
                        }
                    }
                }
            }
        }
        for a in 0..<count {
            gradient[a] = 1 + gradient[a] / total
            for b in 0...a {
                curvature[a * count + b] /= total
                curvature[b * count + a] = curvature[a * count + b]
            }
        }
        return value / total
    }
}
