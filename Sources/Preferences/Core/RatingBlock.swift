import Foundation
import Kernels

/// The likelihood of ratings under the rating-scale model, conditional on each judge's severity.
///
/// A judge v gives item i the level x of 0…M with P ∝ exp(x(θ_i + b_v) − τ_x). Given the sum s of two of the
/// judge's levels, b_v cancels: P(x, s − x | s) ∝ exp(x θ_i + (s − x) θ_j − τ_x − τ_{s−x}). So severity needs no
/// estimate, and a scale of two levels is Bradley–Terry on the pairs that were told apart (Andrich, "A rating
/// formulation for ordered response categories", 1978; pairwise conditional likelihood: Zwinderman, 1995).
///
/// A unit of m ratings (one judge, one prompt, one aspect) has m(m − 1)/2 pairs; each weighs 1/(m − 1), so that a
/// rating counts once however many others stand beside it. The pairs of a unit hang together, so that standard
/// errors must be clustered by unit or coarser.
struct RatingBlock: LikelihoodBlock {
    /// The parameters of each pattern's items, left below right.
    let left: [UInt32]
    let right: [UInt32]
    /// The levels that the two were given.
    let leftLevel: [UInt8]
    let rightLevel: [UInt8]
    let weights: [Double]
    let rows: ObservationRows
    /// The highest level M.
    let top: Int
    /// The parameter of τ_1; τ_x is at `thresholdParameter + x − 1` for 0 < x < M, and τ_0 = τ_M = 0 because the
    /// sum of two levels leaves a linear trend in τ undetermined.
    let thresholdParameter: Int
    /// The weight of the ratings behind the pairs.
    let observations: Double

    var patternCount: Int { left.count }

    @inline(__always)
    private func threshold(_ level: Int, _ theta: UnsafeBufferPointer<Double>) -> Double {
        level == 0 || level == top ? 0 : theta[thresholdParameter + level - 1]
    }

    /// The levels that the left item can have when the two sum to s.
    @inline(__always)
    private func levels(_ s: Int) -> ClosedRange<Int> { max(0, s - top)...min(top, s) }

    /// Fills p with the probability of each level of the left item, and returns log P of what was seen.
    @inline(__always)
    private func solve(
        _ pattern: Int, _ theta: UnsafeBufferPointer<Double>, _ p: UnsafeMutableBufferPointer<Double>
    ) -> Double {
        let d = theta[Int(left[pattern])] - theta[Int(right[pattern])]
        let s = Int(leftLevel[pattern]) + Int(rightLevel[pattern])
        let range = levels(s)
        var highest = -Double.infinity
        for x in range {
            p[x] = Double(x) * d - threshold(x, theta) - threshold(s - x, theta)
            highest = max(highest, p[x])
        }
        let seen = p[Int(leftLevel[pattern])]
        var sum = 0.0
        for x in range {
            p[x] = exp(p[x] - highest)
            sum += p[x]
        }
        for x in range { p[x] /= sum }
        return seen - highest - log(sum)
    }

    func add(
        _ theta: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>, to sum: inout Accumulator
    ) {
        // Chunks are worked out in parallel and added up in order: the same bits for any number of threads. What a
        // pattern does to its two items is kept pattern by pattern, what it does to the few thresholds chunk by chunk.
        let stride = 3
        var parts = [Double](repeating: 0, count: stride * patternCount)
        let chunks = Parallel.chunks(patternCount, size: 65_536)
        nonisolated(unsafe) let theta = theta
        nonisolated(unsafe) let weights = weights
        let full = sum.wantsInformation
        let items = full ? sum.count : 0
        let sums = parts.withUnsafeMutableBufferPointer { parts -> [ThresholdSums] in
            nonisolated(unsafe) let parts = parts
            return Parallel.map(chunks.count) { chunk -> ThresholdSums in
                var sums = ThresholdSums(top: top, items: items)
                withUnsafeTemporaryAllocation(of: Double.self, capacity: top + 1) { p in
                    for pattern in chunks[chunk] where weights[pattern] > 0 {
                        addPattern(pattern, theta, weights[pattern], p, to: parts, &sums)
                    }
                }
                return sums
            }
        }
        let n = sum.count
        parts.withUnsafeBufferPointer { parts in
            sum.gradient.withUnsafeMutableBufferPointer { gradient in
                sum.diagonal.withUnsafeMutableBufferPointer { diagonal in
                    sum.information.withUnsafeMutableBufferPointer { information in
                        for pattern in 0..<patternCount {
                            let i = Int(left[pattern]), j = Int(right[pattern])
                            let g = parts[stride * pattern], h = parts[stride * pattern + 1]
                            sum.value += parts[stride * pattern + 2]
                            gradient[i] += g
                            gradient[j] -= g
                            diagonal[i] += h
                            diagonal[j] += h
                            if full {
                                information[i * n + i] += h
                                information[j * n + j] += h
                                information[j * n + i] -= h
                            }
                        }
                    }
                }
            }
        }
        for part in sums {
            for x in 0..<max(0, top - 1) {
                let parameter = thresholdParameter + x
                sum.gradient[parameter] += part.gradient[x]
                for y in 0...x {
                    sum.addInformation(parameter, thresholdParameter + y, part.information[x * (top - 1) + y])
                }
                if full {
                    for item in 0..<part.items where part.cross[x * part.items + item] != 0 {
                        sum.addInformation(parameter, item, part.cross[x * part.items + item])
                    }
                }
            }
        }
    }

    /// What a chunk of patterns does to the thresholds.
    private struct ThresholdSums {
        var gradient: [Double]
        var information: [Double]
        /// With the items, one row for each threshold; empty where the information is not wanted.
        var cross: [Double]
        let items: Int

        init(top: Int, items: Int) {
            let count = max(0, top - 1)
            self.items = items
            gradient = [Double](repeating: 0, count: count)
            information = [Double](repeating: 0, count: count * count)
            cross = [Double](repeating: 0, count: count * items)
        }
    }

    @inline(__always)
    private func addPattern(
        _ pattern: Int, _ theta: UnsafeBufferPointer<Double>, _ weight: Double,
        _ p: UnsafeMutableBufferPointer<Double>,
        to parts: UnsafeMutableBufferPointer<Double>, _ sums: inout ThresholdSums
    ) {
        let a = Int(leftLevel[pattern]), s = a + Int(rightLevel[pattern])
        let range = levels(s)
        if range.count == 1 { return }
        let i = Int(left[pattern]), j = Int(right[pattern])
        parts[3 * pattern + 2] = weight * solve(pattern, theta, p)
        var mean = 0.0, square = 0.0
        for x in range {
            mean += Double(x) * p[x]
            square += Double(x * x) * p[x]
        }
        parts[3 * pattern] = weight * (Double(a) - mean)
        parts[3 * pattern + 1] = weight * (square - mean * mean)
        // The statistic of τ_x is minus the number n_x of the two that have level x.
        for x in 1..<max(1, top) {
            let mirrored = s - x
            let px = range.contains(x) ? p[x] : 0, pm = range.contains(mirrored) ? p[mirrored] : 0
            let expected = px + pm
            let seen = (a == x ? 1.0 : 0) + (s - a == x ? 1.0 : 0)
            if expected == 0, seen == 0 { continue }
            sums.gradient[x - 1] += weight * (expected - seen)
            if sums.items > 0 {
                let c = -weight * (Double(x) * px + Double(mirrored) * pm - mean * expected)
                sums.cross[(x - 1) * sums.items + i] += c
                sums.cross[(x - 1) * sums.items + j] -= c
            }
            for y in 1...x {
                let py = range.contains(y) ? p[y] : 0, pym = range.contains(s - y) ? p[s - y] : 0
                var both = 0.0
                if x == y { both += px + pm }
                if s - x == y { both += px + pm }
                sums.information[(x - 1) * (top - 1) + y - 1] += weight * (both - expected * (py + pym))
            }
        }
    }

    func gradient(_ theta: UnsafeBufferPointer<Double>, pattern: Int, visit: (Int, Double) -> Void) {
        let a = Int(leftLevel[pattern]), s = a + Int(rightLevel[pattern])
        let range = levels(s)
        if range.count == 1 { return }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: top + 1) { p in
            _ = solve(pattern, theta, p)
            var mean = 0.0
            for x in range { mean += Double(x) * p[x] }
            visit(Int(left[pattern]), Double(a) - mean)
            visit(Int(right[pattern]), mean - Double(a))
            for x in 1..<max(1, top) {
                var expected = 0.0
                if range.contains(x) { expected += p[x] }
                if range.contains(s - x) { expected += p[s - x] }
                let seen = (a == x ? 1.0 : 0) + (s - a == x ? 1.0 : 0)
                if expected != 0 || seen != 0 { visit(thresholdParameter + x - 1, expected - seen) }
            }
        }
    }

    func visitOrders(_ visit: (Int, Int) -> Void) {
        for pattern in 0..<patternCount where weights[pattern] > 0 {
            let i = Int(left[pattern]), j = Int(right[pattern])
            if levels(Int(leftLevel[pattern]) + Int(rightLevel[pattern])).count == 1 { continue }
            if leftLevel[pattern] >= rightLevel[pattern] { visit(i, j) }
            if leftLevel[pattern] <= rightLevel[pattern] { visit(j, i) }
        }
    }

    func countAppearances(_ counts: inout [Double]) {
        for pattern in 0..<patternCount {
            counts[Int(left[pattern])] += weights[pattern]
            counts[Int(right[pattern])] += weights[pattern]
        }
    }

    func countOutcomes(wins: inout [Double], losses: inout [Double]) {
        for pattern in 0..<patternCount {
            let i = Int(left[pattern]), j = Int(right[pattern])
            let share =
                leftLevel[pattern] > rightLevel[pattern]
                ? 1 : leftLevel[pattern] < rightLevel[pattern] ? 0 : 0.5
            wins[i] += share * weights[pattern]
            losses[i] += (1 - share) * weights[pattern]
            wins[j] += (1 - share) * weights[pattern]
            losses[j] += share * weights[pattern]
        }
    }
}
