import Foundation
import Kernels

/// The likelihood of rankings and choices under Plackett–Luce with ties.
///
/// At each stage the next tier S is picked from the items A that are left, with probability
/// δ_|S| (Π_{i∈S} α_i)^{1/|S|} / Σ_{t≤D} δ_t Σ_{|T|=t, T⊆A} (Π_{i∈T} α_i)^{1/t}, α = e^θ, δ_1 = 1
/// (Turner, van Etten, Firth and Kosmidis, "Modelling rankings in R: the PlackettLuce package", 2020). D is the
/// largest tie in the data. The inner sums are elementary symmetric polynomials of α^{1/t}. Items that are only
/// known to be below the last tier are in A and have no stage of their own.
///
/// Complexity: O(n D) a stage for a value, O(n² D) with the curvature, O(n³ D) with it where ties occur.
struct LuceBlock: LikelihoodBlock {
    /// One distinct ranking.
    struct Patterns: Sendable {
        /// Where each pattern's items end.
        var ends: [Int] = []
        /// The item parameters, best first.
        var items: [UInt32] = []
        /// Where each pattern's tiers end in `tierEnds`.
        var tierStarts: [Int] = [0]
        /// The place in `items` after each tier. Items after the last tier are unplaced.
        var tierEnds: [Int] = []

        func range(_ pattern: Int) -> Range<Int> { (pattern == 0 ? 0 : ends[pattern - 1])..<ends[pattern] }
        func tiers(_ pattern: Int) -> ArraySlice<Int> {
            tierEnds[tierStarts[pattern]..<tierStarts[pattern + 1]]
        }
    }

    let patterns: Patterns
    let weights: [Double]
    let rows: ObservationRows
    /// The size of the largest tie that is modelled, 1 without ties.
    let maxTie: Int
    /// The parameter of log δ_2; log δ_t is at `tieParameter + t − 2`.
    let tieParameter: Int

    var patternCount: Int { patterns.ends.count }

    func add(
        _ theta: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>, to sum: inout Accumulator
    ) {
        // Each pattern's derivatives are worked out on their own and added up in order: the same bits for any
        // number of threads.
        let wantsInformation = sum.wantsInformation
        let chunks = Parallel.chunks(patternCount, size: 256)
        nonisolated(unsafe) let theta = theta
        nonisolated(unsafe) let weights = weights
        let count = sum.count
        if count > 400 || patternCount <= 256 {
            for pattern in 0..<patternCount where weights[pattern] > 0 {
                addPattern(pattern, theta, weight: weights[pattern], to: &sum, information: wantsInformation)
            }
            return
        }
        let parts = Parallel.map(chunks.count) { chunk -> Accumulator in
            var part = Accumulator(count: count, information: wantsInformation)
            for pattern in chunks[chunk] where weights[pattern] > 0 {
                addPattern(pattern, theta, weight: weights[pattern], to: &part, information: wantsInformation)
            }
            return part
        }
        for part in parts {
            sum.value += part.value
            for i in 0..<count {
                sum.gradient[i] += part.gradient[i]
                sum.diagonal[i] += part.diagonal[i]
            }
            if wantsInformation {
                for i in sum.information.indices { sum.information[i] += part.information[i] }
            }
        }
    }

    func gradient(_ theta: UnsafeBufferPointer<Double>, pattern: Int, visit: (Int, Double) -> Void) {
        forEachStage(pattern) { set, chosen in
            let stage = Stage(self, set: set, chosen: chosen, theta: theta)
            for (place, item) in set.enumerated() {
                let picked = place < chosen ? 1 / Double(chosen) : 0
                visit(Int(item), picked - stage.inclusion[place])
            }
            if maxTie > 1 {
                for t in 2...maxTie {
                    visit(tieParameter + t - 2, (t == chosen ? 1 : 0) - stage.sizeProbability(t))
                }
            }
        }
    }

    /// Calls `body` for each stage with the items that are left, the picked tier first, and the tier's size.
    private func forEachStage(_ pattern: Int, _ body: (ArraySlice<UInt32>, Int) -> Void) {
        let range = patterns.range(pattern)
        var start = range.lowerBound
        for end in patterns.tiers(pattern) {
            let left = patterns.items[start..<range.upperBound]
            // The last tier of a full ranking has no alternative unless it could have been broken up.
            if left.count > 1 { body(left, end - start) }
            start = end
        }
    }

    private func addPattern(
        _ pattern: Int, _ theta: UnsafeBufferPointer<Double>, weight: Double, to sum: inout Accumulator,
        information: Bool
    ) {
        forEachStage(pattern) { set, chosen in
            let stage = Stage(self, set: set, chosen: chosen, theta: theta)
            sum.value += weight * stage.logProbability
            let items = set.map(Int.init)
            for (place, item) in items.enumerated() {
                let picked = place < chosen ? 1 / Double(chosen) : 0
                sum.gradient[item] += weight * (picked - stage.inclusion[place])
            }
            if maxTie > 1 {
                for t in 2...maxTie {
                    sum.gradient[tieParameter + t - 2] +=
                        weight * ((t == chosen ? 1 : 0) - stage.sizeProbability(t))
                }
            }
            stage.addInformation(
                items: items, weight: weight, tieParameter: tieParameter, to: &sum, full: information)
        }
    }

    func visitOrders(_ visit: (Int, Int) -> Void) {
        for pattern in 0..<patternCount where weights[pattern] > 0 {
            let range = patterns.range(pattern)
            var start = range.lowerBound
            for end in patterns.tiers(pattern) {
                for place in start..<end {
                    let item = Int(patterns.items[place])
                    if place + 1 < end {
                        let next = Int(patterns.items[place + 1])
                        visit(item, next)
                        visit(next, item)
                    }
                }
                // A chain of neighbours is enough; the unplaced hang on the last tier one by one.
                if end < range.upperBound {
                    let last = Int(patterns.items[end - 1])
                    if end == patterns.tiers(pattern).last! {
                        for place in end..<range.upperBound { visit(last, Int(patterns.items[place])) }
                    } else {
                        visit(last, Int(patterns.items[end]))
                    }
                }
                start = end
            }
        }
    }

    func countAppearances(_ counts: inout [Double]) {
        for pattern in 0..<patternCount {
            for place in patterns.range(pattern) { counts[Int(patterns.items[place])] += weights[pattern] }
        }
    }

    func countOutcomes(wins: inout [Double], losses: inout [Double]) {
        for pattern in 0..<patternCount where weights[pattern] > 0 {
            forEachStage(pattern) { set, chosen in
                // One stage is one pick: won by the picked, lost by the rest.
                for (place, item) in set.enumerated() {
                    if place < chosen {
                        wins[Int(item)] += weights[pattern] / Double(chosen)
                    } else {
                        losses[Int(item)] += weights[pattern]
                    }
                }
            }
        }
    }
}

/// The probabilities of one stage.
private struct Stage {
    let count: Int
    let maxTie: Int
    let logProbability: Double
    /// E[1{i ∈ S} / |S|] for each item left.
    let inclusion: [Double]
    /// δ_t Σ_{|T| = t} …, over the sum of all, for t = 1, 2, …
    private let sizes: [Double]
    /// α_i^{1/t}, scaled, for each t (row) and item.
    private let strengths: [[Double]]
    /// δ_t over the (scaled) normaliser.
    private let rates: [Double]

    init(_ block: LuceBlock, set: ArraySlice<UInt32>, chosen: Int, theta: UnsafeBufferPointer<Double>) {
        let items = Array(set)
        count = items.count
        maxTie = min(block.maxTie, count)
        var top = -Double.infinity
        for item in items { top = max(top, theta[Int(item)]) }
        var mean = 0.0
        for place in 0..<chosen { mean += theta[Int(items[place])] }
        mean /= Double(chosen)
        let logDelta: (Int) -> Double = { $0 == 1 ? 0 : theta[block.tieParameter + $0 - 2] }
        if maxTie == 1 {
            var sum = 0.0
            var p = items.map { item -> Double in
                let e = exp(theta[Int(item)] - top)
                sum += e
                return e
            }
            for i in p.indices { p[i] /= sum }
            inclusion = p
            sizes = [1]
            strengths = []
            rates = []
            logProbability = mean - top - log(sum)
            return
        }
        var strengths: [[Double]] = []
        var logTotals: [Double] = []
        var polynomials: [[Double]] = []
        for t in 1...maxTie {
            let x = items.map { exp((theta[Int($0)] - top) / Double(t)) }
            strengths.append(x)
            let e = Self.elementary(x, degree: t, without: -1, -1)
            polynomials.append(e)
            logTotals.append(logDelta(t) + top + log(e[t]))
        }
        let logSum = Special.logSumExp(logTotals)
        sizes = logTotals.map { exp($0 - logSum) }
        rates = (1...maxTie).map { exp(logDelta($0) + top - logSum) }
        var inclusion = [Double](repeating: 0, count: count)
        for t in 1...maxTie {
            let x = strengths[t - 1]
            for i in 0..<count {
                let e = t == 1 ? 1 : Self.elementary(x, degree: t - 1, without: i, -1)[t - 1]
                inclusion[i] += rates[t - 1] * x[i] * e / Double(t)
            }
        }
        self.inclusion = inclusion
        self.strengths = strengths
        logProbability = (chosen <= maxTie ? logDelta(chosen) : -.infinity) + mean - logSum
    }

    /// The probability that the next tier has t items.
    func sizeProbability(_ t: Int) -> Double { t <= sizes.count ? sizes[t - 1] : 0 }

    /// The information of the stage: the covariance of its sufficient statistics 1{i ∈ S}/|S| and 1{|S| = t}.
    func addInformation(
        items: [Int], weight: Double, tieParameter: Int, to sum: inout Accumulator, full: Bool
    ) {
        if maxTie == 1 {
            for i in 0..<count {
                let p = inclusion[i]
                sum.addInformation(items[i], items[i], weight * p * (1 - p))
                if full {
                    for j in 0..<i { sum.addInformation(items[i], items[j], -weight * p * inclusion[j]) }
                }
            }
            return
        }
        // E[1{i ∈ S}/|S| · 1{|S| = t}] and its pairwise counterpart.
        var bySize = [[Double]](repeating: [Double](repeating: 0, count: count), count: maxTie)
        for t in 1...maxTie {
            let x = strengths[t - 1]
            for i in 0..<count {
                let e = t == 1 ? 1 : Self.elementary(x, degree: t - 1, without: i, -1)[t - 1]
                bySize[t - 1][i] = rates[t - 1] * x[i] * e / Double(t)
            }
        }
        for i in 0..<count {
            var second = 0.0
            for t in 1...maxTie { second += bySize[t - 1][i] / Double(t) }
            sum.addInformation(items[i], items[i], weight * (second - inclusion[i] * inclusion[i]))
            for t in 2...max(2, maxTie) where t <= maxTie {
                sum.addInformation(
                    tieParameter + t - 2, items[i], weight * (bySize[t - 1][i] - inclusion[i] * sizes[t - 1]))
            }
            if !full { continue }
            for j in 0..<i {
                var joint = 0.0
                for t in 2...max(2, maxTie) where t <= maxTie {
                    let x = strengths[t - 1]
                    let e = t == 2 ? 1 : Self.elementary(x, degree: t - 2, without: i, j)[t - 2]
                    joint += rates[t - 1] * x[i] * x[j] * e / Double(t * t)
                }
                sum.addInformation(items[i], items[j], weight * (joint - inclusion[i] * inclusion[j]))
            }
        }
        for t in 2...max(2, maxTie) where t <= maxTie {
            for s in 2...t {
                let joint = s == t ? sizes[t - 1] : 0
                sum.addInformation(
                    tieParameter + t - 2, tieParameter + s - 2, weight * (joint - sizes[t - 1] * sizes[s - 1])
                )
            }
        }
    }

    /// e_0 … e_degree of the values, leaving out up to two of them.
    private static func elementary(_ x: [Double], degree: Int, without a: Int, _ b: Int) -> [Double] {
        var e = [Double](repeating: 0, count: degree + 1)
        e[0] = 1
        var seen = 0
        for i in x.indices where i != a && i != b {
            seen += 1
            var k = min(degree, seen)
            while k > 0 {
                e[k] += x[i] * e[k - 1]
                k -= 1
            }
        }
        return e
    }
}
