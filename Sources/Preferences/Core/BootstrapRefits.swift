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
            return ScoreUncertainty(
                covariance: covariance, variance: variance, modelCovariance: nil, sparse: sparse)
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
        let plans = objective.blocks.indices.map { ResamplingPlan(objective.blocks[$0], clusters, block: $0) }
        let results = Parallel.map(replicates) { replicate -> [Double]? in
            refit(weights: weights(root.split(UInt64(replicate)), plans), factor: factor)
        }
        return Draws(rows: results.compactMap { $0 })
    }

    /// The weights of all patterns when units are drawn with replacement.
    private func weights(_ random: CounterRandom, _ plans: [ResamplingPlan]) -> [[Double]] {
        var random = random
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: max(1, clusters.count)) { times in
            times.update(repeating: 0)
            for _ in 0..<clusters.count { times[random.below(clusters.count)] += 1 }
            return plans.map { $0.weights(UnsafeBufferPointer(times)) }
        }
    }

    private func refit(weights: [[Double]], factor: Cholesky?) -> [Double]? {
        var theta = solution.theta
        let scale = max(1, weights.reduce(0) { $0 + $1.reduce(0, +) })
        var settled = false
        if let factor {
            var sum = Accumulator(count: objective.count, information: false, value: false)
            var last = Double.infinity
            for _ in 0..<30 {
                objective.evaluate(theta, weights: weights, into: &sum)
                let step = factor.solve(sum.gradient)
                let length = Newton.norm(step)
                if !(length < 0.7 * last) { break }
                for i in theta.indices { theta[i] += step[i] }
                // Steps shrink by a steady factor, so that the next one can be foretold. The interval needs the draws
                // to a small part of their spread, not to the last digit.
                if length * min(1, length / last) < 1e-6 {
                    settled = true
                    break
                }
                last = length
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

/// The units of a block's rows in the order of their patterns, so that new weights are read off in one pass.
private struct ResamplingPlan: Sendable {
    /// Where each pattern's rows end.
    private var ends: [UInt32]
    private var units: [UInt32]
    /// The weight of each row; empty where all are 1.
    private var rowWeights: [Double]

    init(_ block: any LikelihoodBlock, _ clusters: Clusters, block index: Int) {
        let rows = block.rows
        var unitOfRow = [UInt32](repeating: 0, count: rows.count)
        for unit in 0..<clusters.count {
            for place in clusters.starts[index][unit]..<clusters.starts[index][unit + 1] {
                unitOfRow[Int(clusters.rows[index][place])] = UInt32(unit)
            }
        }
        ends = [UInt32](repeating: 0, count: block.patternCount)
        for pattern in rows.pattern { ends[Int(pattern)] += 1 }
        var start: UInt32 = 0
        var next = ends
        for pattern in ends.indices {
            next[pattern] = start
            start += ends[pattern]
            ends[pattern] = start
        }
        units = unitOfRow
        rowWeights = rows.weight
        for row in 0..<rows.count {
            let pattern = Int(rows.pattern[row])
            let place = Int(next[pattern])
            next[pattern] += 1
            units[place] = unitOfRow[row]
            if !rowWeights.isEmpty { rowWeights[place] = rows.weight[row] }
        }
    }

    /// The weight of each pattern when each unit is there so many times.
    func weights(_ times: UnsafeBufferPointer<UInt32>) -> [Double] {
        var weights = [Double](repeating: 0, count: ends.count)
        weights.withUnsafeMutableBufferPointer { weights in
            units.withUnsafeBufferPointer { units in
                rowWeights.withUnsafeBufferPointer { rowWeights in
                    var place = 0
                    for pattern in ends.indices {
                        let end = Int(ends[pattern])
                        if rowWeights.isEmpty {
                            var sum = 0
                            while place < end {
                                sum &+= Int(times[Int(units[place])])
                                place += 1
                            }
                            weights[pattern] = Double(sum)
                        } else {
                            var sum = 0.0
                            while place < end {
                                sum += Double(times[Int(units[place])]) * rowWeights[place]
                                place += 1
                            }
                            weights[pattern] = sum
                        }
                    }
                }
            }
        }
        return weights
    }
}

/// A block whose patterns have other weights.
private struct ReweightedBlock: LikelihoodBlock {
    let base: any LikelihoodBlock
    let weights: [Double]
    var patternCount: Int { base.patternCount }
    var rows: ObservationRows { base.rows }
    var observations: Double { base.observations }
    func add(
        _ theta: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>, to sum: inout Accumulator
    ) {
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
