import Foundation
import Kernels

/// A smooth utility that nobody can measure, inferred from which of two points was preferred.
///
/// Source: Chu and Ghahramani, "Preference Learning with Gaussian Processes" (2005). The utility u is a
/// Gaussian process with mean 0, and the first point x of a duel wins against x′ with probability σ(u(x)
/// − u(x′)), σ the logistic function. The duels' differences δ are a Gaussian vector with covariance
///
///     Q = k(x, x) − k(x, x′) − k(x′, x) + k(x′, x′)   for every pair of duels,
///
/// so that Laplace's approximation is the one of Gaussian process classification (Rasmussen and Williams,
/// 2006, Section 3.4): with the mode δ̂ = Q g, g = y − σ(δ̂), W = σ(δ̂)(1 − σ(δ̂)), R = (W⁻¹ + Q)⁻¹ and
/// q(x) the covariances of u(x) with the differences,
///
///     μ(x) = q(x)ᵀ g,   cov(x, x′) = k(x, x′) − q(x)ᵀ R q(x′).
///
/// A utility has no zero point: only differences mean something. One unit is a choice with odds e : 1.
///
/// - Complexity: O(m³) for m duels to build, O(m²) for a variance.
public struct PreferenceProcess: Sendable {
    /// The covariance of the utility.
    public let kernel: Matern52
    /// The number of duels.
    public let count: Int
    /// The number of coordinates.
    public let dimension: Int

    let duels: DuelPairs
    /// g.
    let slopes: [Double]
    /// R.
    let resolvent: Matrix
    /// log q(y), Laplace's approximation of the evidence.
    let logEvidence: Double
    /// What `logEvidence` needs for its gradient: u with ∂ log q by the mode = uᵀ ∂Q g.
    let modeWeights: [Double]

    /// Creates the utility that duels speak for.
    ///
    /// - Parameter outcomes: For each duel 1 where the first won, 0 where the second did, or anything
    ///   between.
    /// - Precondition: as many outcomes as duels, at least one; points of the kernel's dimension;
    ///   outcomes in 0...1.
    public init(duels: [Duel<[Double]>], outcomes: [Double], kernel: Matern52) {
        self.init(pairs: DuelPairs(duels), outcomes: outcomes, kernel: kernel)
    }

    init(pairs: DuelPairs, outcomes: [Double], kernel: Matern52) {
        precondition(outcomes.count == pairs.count && pairs.count > 0, "a duel needs an outcome")
        precondition(outcomes.allSatisfy { $0 >= 0 && $0 <= 1 }, "an outcome lies between 0 and 1")
        precondition(pairs.dimension == kernel.lengthScales.count, "a point has the wrong dimension")
        self.kernel = kernel
        duels = pairs
        count = pairs.count
        dimension = pairs.dimension
        let m = pairs.count
        let q = pairs.covariance(kernel)
        var g = [Double](repeating: 0, count: m), delta = g
        func fitness(_ delta: [Double], _ g: [Double]) -> Double {
            var sum = -0.5 * VectorMath.dot(delta, g)
            for i in 0..<m {
                sum += outcomes[i] * delta[i] - Special.log1pExp(delta[i])
            }
            return sum
        }
        var value = fitness(delta, g)
        var w = [Double](repeating: 0.25, count: m), root = w
        var factor = Cholesky(Matrix.identity(m))!
        for _ in 0..<60 {
            let p = delta.map(Special.logistic)
            w = p.map { max($0 * (1 - $0), 1e-12) }
            root = w.map { $0.squareRoot() }
            factor = Self.factor(q, root)
            let b = (0..<m).map { w[$0] * delta[$0] + outcomes[$0] - p[$0] }
            let solved = factor.solve(zip(root, q.multiply(b)).map { $0 * $1 })
            let target = (0..<m).map { b[$0] - root[$0] * solved[$0] }
            // The function is concave: a step that overshoots is halved.
            var step = 1.0, improved = false
            while step > 1e-4 {
                let trial = (0..<m).map { g[$0] + step * (target[$0] - g[$0]) }
                let moved = q.multiply(trial)
                let gained = fitness(moved, trial)
                if gained >= value - 1e-13 * abs(value) {
                    improved = gained > value + 1e-12 * max(1, abs(value))
                    (g, delta, value) = (trial, moved, gained)
                    break
                }
                step /= 2
            }
            if !improved { break }
        }
        let p = delta.map(Special.logistic)
        w = p.map { max($0 * (1 - $0), 1e-12) }
        root = w.map { $0.squareRoot() }
        factor = Self.factor(q, root)
        var r = factor.inverse()
        for i in 0..<m { for j in 0..<m { r.values[i * m + j] *= root[i] * root[j] } }
        resolvent = r
        slopes = g
        logEvidence = value - 0.5 * factor.logDeterminant
        // The mode moves with the kernel: −½ ∂ log|B|/∂δ, carried back through the mode's equation.
        let rq = r.multiply(q)
        var s = [Double](repeating: 0, count: m)
        for i in 0..<m {
            var variance = q.values[i * m + i]
            for k in 0..<m { variance -= q.values[i * m + k] * rq.values[k * m + i] }
            s[i] = -0.5 * variance * w[i] * (1 - 2 * p[i])
        }
        modeWeights = zip(s, rq.multiply(s)).map { $0 - $1 }
    }

    private static func factor(_ q: Matrix, _ root: [Double]) -> Cholesky {
        let m = root.count
        var b = Matrix(rows: m, columns: m)
        for i in 0..<m {
            for j in 0...i { b.values[i * m + j] = root[i] * q.values[i * m + j] * root[j] }
            b.values[i * m + i] += 1
        }
        guard let factor = Cholesky(b) else { preconditionFailure("a covariance is not finite") }
        return factor
    }

    /// The mean of the utility at a point.
    public func mean(at x: [Double]) -> Double { VectorMath.dot(duels.covariances(x, kernel), slopes) }

    /// The mean and the variance of u(x) − u(y).
    public func difference(_ x: [Double], _ y: [Double]) -> (mean: Double, variance: Double) {
        let gap = zip(duels.covariances(x, kernel), duels.covariances(y, kernel)).map { $0 - $1 }
        let prior = 2 * (kernel.amplitude - kernel(x, y))
        return (
            VectorMath.dot(gap, slopes),
            max(0, prior - VectorMath.dot(gap, resolvent.multiply(gap)))
        )
    }

    /// The probability that x would be preferred to y, as far as the duels tell.
    ///
    /// The logistic function averaged over the normal difference, by MacKay's approximation σ(m/√(1 +
    /// πv/8)).
    public func probability(of x: [Double], over y: [Double]) -> Double {
        let (mean, variance) = difference(x, y)
        return Special.logistic(mean / (1 + .pi * variance / 8).squareRoot())
    }
}
