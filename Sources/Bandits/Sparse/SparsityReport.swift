import Foundation
import Kernels

/// Says of a table of features and mean rewards how linear the rewards are in few features, and which search
/// that speaks for.
///
/// Source: Dong and Yang, "Does Sparsity Help in Learning Misspecified Linear Bandits?" (2023). Over all
/// supports of size s, it looks for the weights whose largest error on a random half of the actions is
/// smallest, and measures them on the other half.
///
/// Noise in the rewards counts as error: average repeated rewards first.
///
/// - Complexity: O(C(d, s)·n·s²) times the steps of the fit, up to 300.
///
/// ```swift
/// let report = SparsityReport(actions: features, rewards: rewards, sparsity: 2)
/// print(report.epsilon, report.support, report.advice)
/// ```
public struct SparsityReport: Sendable, Hashable {
    /// What to do.
    public enum Advice: String, Sendable, Hashable, CaseIterable {
        /// Search with `SparseCoverSearch`: a gap of 3ε for the fewest tries.
        case cover
        /// Search with `LinearSearch` and the lasso: a gap of (2 + s/κ)ε.
        case lasso
        /// Search with `LinearSearch` without a penalty: a gap of (2 + √d)ε.
        case leastSquares
        /// The features say too little: no guarantee is smaller than the spread of the rewards.
        case tryAll
    }

    /// The features of the best support.
    public let support: [Int]
    /// Their weights.
    public let weights: [Double]
    /// The smallest possible largest error on the half that was fitted lies in this range.
    public let fitted: ClosedRange<Double>
    /// The largest error on the other half.
    public let heldOut: Double
    /// ε: the larger of the two errors.
    public let epsilon: Double
    /// κ: the smallest eigenvalue of the features' scaled second moments over all supports of size s.
    public let restrictedEigenvalue: Double
    /// The number of tries of `SparseCoverSearch` at this ε.
    public let coverQueries: Int
    /// C(d, s)·(1 + 2/ε)ˢ.
    public let queryBound: Double
    /// The difference between the largest and the smallest reward.
    public let spread: Double
    /// Which search that speaks for.
    public let advice: Advice

    /// Examines a table.
    ///
    /// - Parameters:
    ///   - actions: The features of each action.
    ///   - rewards: The mean reward of each action.
    ///   - sparsity: The number s of features that may matter.
    ///   - seed: The seed of the halves.
    /// - Throws: `BanditError.data` where there are too few actions or numbers that are not finite.
    public init(actions: [[Double]], rewards: [Double], sparsity: Int, seed: UInt64 = 1) throws(BanditError) {
        let d = actions.first?.count ?? 0, n = actions.count
        precondition(sparsity > 0 && sparsity <= d, "sparsity lies in 1...features")
        guard rewards.count == n, actions.allSatisfy({ $0.count == d }) else {
            throw .data("the table's rows differ in length")
        }
        guard n >= 4 * sparsity else { throw .data("\(n) actions are too few for \(sparsity) features") }
        guard rewards.allSatisfy(\.isFinite), actions.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw .data("a feature or reward is not finite")
        }
        var random = CounterRandom(seed: seed)
        let order = random.permutation(n), half = n / 2
        let rows = order[..<half].map { actions[$0] }, values = order[..<half].map { rewards[$0] }
        var best: (fit: UniformFit, support: [Int])?
        var least = Double.infinity, kappa = Double.infinity
        let moments = Self.scaledMoments(actions, d)
        Supports.forEach(of: d, size: sparsity) { support in
            let fit = UniformFit(rows, values, on: support, ceiling: best?.fit.upper ?? .infinity)
            least = min(least, fit.lower)
            if fit.upper < best?.fit.upper ?? .infinity { best = (fit, support) }
            let part = Matrix(rows: sparsity, columns: sparsity) { moments[support[$0], support[$1]] }
            kappa = min(kappa, SymmetricEigen(part)?.values.min() ?? 0)
        }
        support = best?.support ?? []
        let weights = best?.fit.weights ?? []
        self.weights = weights
        let upper = best?.fit.upper ?? .infinity
        fitted = min(least, upper)...upper
        let chosen = support
        heldOut = order[half...].reduce(0) { worst, action in
            let linear = zip(chosen, weights).reduce(0) { $0 + $1.1 * actions[action][$1.0] }
            return max(worst, abs(rewards[action] - linear))
        }
        epsilon = max(upper, heldOut)
        restrictedEigenvalue = kappa
        let cover = SupportCover(actions: actions, sparsity: sparsity, epsilon: max(epsilon, 1e-9))
        coverQueries = cover.queries.count
        queryBound = cover.bound
        spread = (rewards.max() ?? 0) - (rewards.min() ?? 0)
        let byLasso = 2 + Double(sparsity) / max(kappa, 1e-12), byLeastSquares = 2 + Double(d).squareRoot()
        if 3 * epsilon >= spread {
            advice = .tryAll
        } else if 2 * coverQueries <= n {
            advice = .cover
        } else if min(byLasso, byLeastSquares) * epsilon >= spread {
            advice = .tryAll
        } else {
            advice = byLasso <= byLeastSquares ? .lasso : .leastSquares
        }
    }

    private static func scaledMoments(_ actions: [[Double]], _ d: Int) -> Matrix {
        let moments = Matrix(rows: d, columns: d) { a, b in
            actions.reduce(0) { $0 + $1[a] * $1[b] } / Double(actions.count)
        }
        return Matrix(rows: d, columns: d) { a, b in
            let scale = (moments[a, a] * moments[b, b]).squareRoot()
            return scale > 0 ? moments[a, b] / scale : 0
        }
    }
}
