import Foundation
import Kernels

/// Refits an objective on resampled units.
///
/// Each replicate draws as many units as there are, with replacement, and maximises the objective under the
/// resulting weights, starting from the fit. Steps use the factored information of the fit, which is close to that
/// of every replicate, so that a step costs one gradient and one pair of triangular solves; where that does not
/// settle, full Newton steps follow.
///
/// The draws of a replicate come from the seed and its number alone: the same for any number of threads.
struct BootstrapRefits {
    let objective: Objective
    let clusters: Clusters
    let solution: Newton.Solution
    let itemCount: Int
    let comparability: Comparability

    /// The refitted parameters, scores centred within parts, one row for each replicate that converged.
    struct Draws: Sendable {
        var rows: [[Double]]

        /// The covariance of the draws.
        func uncertainty(itemCount: Int, sparse: [Bool]) -> ScoreUncertainty {
            let n = Double(max(rows.count - 1, 1))
            var mean = [Double](repeating: 0, count: itemCount)
            for row in rows { for i in 0..<itemCount { mean[i] += row[i] / Double(rows.count) } }
            var variance = [Double](repeating: 0, count: itemCount)
            for row in rows {
                for i in 0..<itemCount { variance[i] += (row[i] - mean[i]) * (row[i] - mean[i]) / n }
            }
            var covariance: Matrix?
            if itemCount <= BoardFitter.denseLimit {
                let centred = Matrix(rows: itemCount, columns: rows.count) { i, r in
                    (rows[r][i] - mean[i]) / n.squareRoot()
                }
                covariance = centred.multiplyTransposed(centred)
            }
            return ScoreUncertainty(covariance: covariance, variance: variance, modelCovariance: nil, sparse: sparse)
        }

        /// The standard deviations of the parameters beside the items.
        func extraErrors(itemCount: Int) -> [Double] {
            guard let first = rows.first else { return [] }
            return (itemCount..<first.count).map { i in
                let values = rows.map { $0[i] }
                return Statistics.variance(values).squareRoot()
            }
        }
    }

    func run(_ replicates: Int, seed: UInt64) -> Draws {
        let root = CounterRandom(seed: seed)
        let factor = solution.factor ?? BoardFitter.factor(objective, solution.theta)
        let results = Parallel.map(replicates) { replicate -> [Double]? in
            refit(weights: weights(root.split(UInt64(replicate))), factor: factor)
        }
        return Draws(rows: results.compactMap { $0 })
    }

    /// The weights of all patterns when units are drawn with replacement.
    private func weights(_ random: CounterRandom) -> [[Double]] {
        var random = random
        let times = UnsafeMutablePointer<UInt32>.allocate(capacity: clusters.count)
        defer { times.deallocate() }
        times.update(repeating: 0, count: clusters.count)
        for _ in 0..<clusters.count { times[random.below(clusters.count)] += 1 }
        return objective.blocks.enumerated().map { index, block in
            var weights = [Double](repeating: 0, count: block.patternCount)
            let rows = block.rows
            weights.withUnsafeMutableBufferPointer { weights in
            clusters.rows[index].withUnsafeBufferPointer { order in
            rows.pattern.withUnsafeBufferPointer { pattern in
                for unit in 0..<clusters.count where times[unit] > 0 {
                    let factor = Double(times[unit])
                    for place in clusters.starts[index][unit]..<clusters.starts[index][unit + 1] {
                        let row = Int(order[place])
                        weights[Int(pattern[row])] += factor * rows.weight(row)
                    }
                }
            }}}
            return weights
        }
    }

    private func refit(weights: [[Double]], factor: Cholesky?) -> [Double]? {
        var theta = solution.theta
        let scale = max(1, weights.reduce(0) { $0 + $1.reduce(0, +) })
        var settled = false
        if let factor {
            var sum = Accumulator(count: objective.count, information: false)
            var last = Double.infinity
            for _ in 0..<30 {
                objective.evaluate(theta, weights: weights, into: &sum)
                let step = factor.solve(sum.gradient)
                let length = Newton.norm(step)
                if !(length < 0.7 * last) { break }
                for i in theta.indices { theta[i] += step[i] }
                last = length
                // The interval needs the draws to a small part of their spread, not to the last digit.
                if length < 1e-6 {
                    settled = true
                    break
                }
            }
        }
        if !settled {
            var resampled = objective
            resampled.blocks = zip(objective.blocks, weights).map { ReweightedBlock(base: $0, weights: $1) }
            let again = Newton(tolerance: 1e-8).maximize(resampled, from: solution.theta)
            guard again.theta.allSatisfy(\.isFinite), again.gradientNorm <= 1e-6 * scale else { return nil }
            theta = again.theta
        }
        var sum = [Double](repeating: 0, count: comparability.partCount), size = sum
        for i in 0..<itemCount {
            sum[comparability.part[i]] += theta[i]
            size[comparability.part[i]] += 1
        }
        for i in 0..<itemCount { theta[i] -= sum[comparability.part[i]] / size[comparability.part[i]] }
        return theta
    }
}

/// A block whose patterns have other weights.
private struct ReweightedBlock: LikelihoodBlock {
    let base: any LikelihoodBlock
    let weights: [Double]
    var patternCount: Int { base.patternCount }
    var rows: ObservationRows { base.rows }
    var observations: Double { base.observations }
    func add(_ theta: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>, to sum: inout Accumulator) {
        base.add(theta, weights: weights, to: &sum)
    }
    func gradient(_ theta: UnsafeBufferPointer<Double>, pattern: Int, visit: (Int, Double) -> Void) {
        base.gradient(theta, pattern: pattern, visit: visit)
    }
    func visitOrders(_ visit: (Int, Int) -> Void) { base.visitOrders(visit) }
    func countAppearances(_ counts: inout [Double]) { base.countAppearances(&counts) }
    func countOutcomes(wins: inout [Double], losses: inout [Double]) {
        base.countOutcomes(wins: &wins, losses: &losses)
    }
}
