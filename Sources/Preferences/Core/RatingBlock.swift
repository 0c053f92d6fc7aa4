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

    func add(_ theta: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>, to sum: inout Accumulator) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: top + 1) { p in
            var slope = [Double](repeating: 0, count: top + 1), joint = slope
            for pattern in 0..<patternCount where weights[pattern] > 0 {
                let weight = weights[pattern]
                let i = Int(left[pattern]), j = Int(right[pattern])
                let a = Int(leftLevel[pattern]), s = a + Int(rightLevel[pattern])
                let range = levels(s)
                if range.count == 1 { continue }
                sum.value += weight * solve(pattern, theta, p)
                var mean = 0.0, square = 0.0
                for x in range {
                    mean += Double(x) * p[x]
                    square += Double(x * x) * p[x]
                }
                let g = weight * (Double(a) - mean)
                sum.gradient[i] += g
                sum.gradient[j] -= g
                let h = weight * (square - mean * mean)
                sum.addInformation(i, i, h)
                sum.addInformation(j, j, h)
                sum.addInformation(i, j, -h)
                // The statistic of τ_x is −(1{left = x} + 1{right = x}); cov with the left level is `joint`.
                for x in 1..<max(1, top) {
                    slope[x] = 0
                    joint[x] = 0
                }
                for x in range {
                    for level in [x, s - x] where level > 0 && level < top {
                        slope[level] += p[x]
                        joint[level] += Double(x) * p[x]
                    }
                }
                for x in 1..<max(1, top) {
                    let seen = (a == x ? 1.0 : 0) + (s - a == x ? 1.0 : 0)
                    if slope[x] == 0, seen == 0 { continue }
                    let parameter = thresholdParameter + x - 1
                    sum.gradient[parameter] += weight * (slope[x] - seen)
                    let c = -weight * (joint[x] - mean * slope[x])
                    sum.addInformation(parameter, i, c)
                    sum.addInformation(parameter, j, -c)
                    for y in 1...x {
                        // E[n_x n_y] with n_x = 1{left = x} + 1{right = x}.
                        var both = 0.0
                        if range.contains(x) { both += p[x] * ((x == y ? 1 : 0) + (s - x == y ? 1 : 0)) }
                        if range.contains(s - x) { both += p[s - x] * ((s - x == y ? 1 : 0) + (x == y ? 1 : 0)) }
                        sum.addInformation(parameter, thresholdParameter + y - 1, weight * (both - slope[x] * slope[y]))
                    }
                }
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
                leftLevel[pattern] > rightLevel[pattern] ? 1 : leftLevel[pattern] < rightLevel[pattern] ? 0 : 0.5
            wins[i] += share * weights[pattern]
            losses[i] += (1 - share) * weights[pattern]
            wins[j] += (1 - share) * weights[pattern]
            losses[j] += share * weights[pattern]
        }
    }
}
