import Foundation
import Kernels

/// How the true value rises and falls as ever more candidates are searched for the best score.
///
/// Averages best-of-n curves over pools of candidates. The index of over-optimisation is the highest true value on the way less
/// that at the largest n: 0 where searching harder never hurts.
///
/// ```swift
/// let report = OveroptimizationReport(proxy: careful, gold: truth, counts: [1, 4, 16, 64, 256])
/// print(report.gold, report.index)
/// ```
public struct OveroptimizationReport: Sendable, Hashable, Codable {
    /// The n.
    public let counts: [Int]
    /// KLₙ for each.
    public let divergences: [Double]
    /// The score that is chosen by, for each n.
    public let proxy: [Double]
    /// The true value, for each n.
    public let gold: [Double]
    /// The standard error of the true value over pools; not a number with one pool.
    public let goldErrors: [Double]

    /// Makes the curves.
    ///
    /// - Parameters:
    ///   - proxy: For each pool the scores of its candidates that are chosen by.
    ///   - gold: For each pool the true values of the same candidates.
    ///   - counts: The n, rising, none above the size of a pool.
    public init(proxy pools: [[Double]], gold truths: [[Double]], counts: [Int]) {
        precondition(
            !pools.isEmpty && pools.count == truths.count, "a pool of true values for each of scores")
        precondition(zip(pools, truths).allSatisfy { $0.count == $1.count }, "a true value for each score")
        precondition(
            !counts.isEmpty && zip(counts, counts.dropFirst()).allSatisfy { $0 < $1 }, "the counts rise")
        self.counts = counts
        divergences = counts.map { BestOfN.divergence(n: $0) }
        let curves = Parallel.map(pools.count) { pool in
            let best = BestOfN(pools[pool])
            return counts.map { n in
                let weights = best.weights(n: n)
                func mean(_ values: [Double]) -> Double {
                    zip(weights, values).reduce(0) { $1.0 > 0 ? $0 + $1.0 * $1.1 : $0 }
                }
                return (proxy: mean(pools[pool]), gold: mean(truths[pool]))
            }
        }
        proxy = counts.indices.map { place in Statistics.mean(curves.map { $0[place].proxy }) }
        gold = counts.indices.map { place in Statistics.mean(curves.map { $0[place].gold }) }
        goldErrors = counts.indices.map { place in
            (Statistics.variance(curves.map { $0[place].gold }) / Double(curves.count)).squareRoot()
        }
    }

    /// max over n of the true value, less that at the largest n.
    public var index: Double { gold.max()! - gold[gold.count - 1] }
}
