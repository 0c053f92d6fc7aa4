import Foundation
import Kernels

/// Groups forecasts of like size and sets the mean forecast beside what happened: the points of a reliability
/// diagram.
///
/// Source: Nguyen and O'Connor, "Posterior calibration and exploratory analysis" (2015): bins of equal weight
/// rather than equal width. Equal forecasts always share a bin; at most `bins` different values each get
/// their own. Frequencies carry Wilson intervals at Kish's effective count (Σw)²/Σw².
///
/// - Complexity: O(rows · log rows).
///
/// ```swift
/// for bin in try ReliabilityBins(10).group(forecasts, happened) {
///     print(bin.forecast, bin.frequency, bin.interval)
/// }
/// ```
public struct ReliabilityBins: Sendable, Hashable, Codable {
    /// Forecasts of like size, and what happened.
    public struct Bin: Sendable, Hashable, Codable {
        /// The smallest forecast in the bin.
        public var lower: Double
        /// The largest forecast in the bin.
        public var upper: Double
        /// The mean forecast.
        public var forecast: Double
        /// The share of events that happened.
        public var frequency: Double
        /// The Wilson interval of the share.
        public var interval: Interval
        /// The number of rows with a positive weight.
        public var count: Int
        /// The sum of the weights.
        public var weight: Double
        /// The effective number of rows, (Σw)²/Σw².
        public var effective: Double
    }

    /// The most bins to make.
    public var bins: Int
    /// The coverage of the intervals.
    public var level: Double

    /// Creates the grouping.
    public init(_ bins: Int = 10, level: Double = 0.95) {
        self.bins = bins
        self.level = level
    }

    /// Groups forecasts of an event.
    ///
    /// - Parameters:
    ///   - forecasts: The stated probabilities.
    ///   - happened: Whether the event came true.
    ///   - weights: How much each row counts; 1 where `nil`.
    /// - Returns: The bins that hold anything, from the smallest forecasts to the largest.
    /// - Throws: `EvaluationError` for numbers outside 0...1, bad weights, lists that do not match, or fewer
    ///   than one bin.
    public func group(
        _ forecasts: [Double], _ happened: [Bool], weights: [Double]? = nil
    ) throws(EvaluationError) -> [Bin] {
        guard bins > 0 else {
            throw .setting(name: "bins", value: Double(bins), rule: "at least one is needed")
        }
        try Forecasts(event: forecasts).check(happened.map { $0 ? 1 : 0 }, weights)
        let order = forecasts.indices.filter { weights?[$0] != 0 }.sorted { forecasts[$0] < forecasts[$1] }
        let runs = Self.runs(order, forecasts)
        let total = order.reduce(0) { $0 + (weights?[$1] ?? 1) }
        var result: [Bin] = []
        var members: [Int] = []
        var before = 0.0
        for (index, run) in runs.enumerated() {
            members.append(contentsOf: order[run])
            let weight = members.reduce(0) { $0 + (weights?[$1] ?? 1) }
            let share = (done: before / total, now: (before + weight) / total)
            let full = runs.count <= bins || mark(share.now) > mark(share.done)
            if full || index == runs.count - 1 {
                result.append(bin(members, forecasts, happened, weights))
                before += weight
                members.removeAll(keepingCapacity: true)
            }
        }
        return result
    }

    /// How many bins' worth of weight a share of all weight is.
    private func mark(_ share: Double) -> Double { (share * Double(bins) + 1e-9).rounded(.down) }

    /// The stretches of equal forecasts.
    private static func runs(_ order: [Int], _ forecasts: [Double]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = 0
        for end in 1...max(1, order.count) where end <= order.count {
            if end == order.count || forecasts[order[end]] != forecasts[order[start]] {
                runs.append(start..<end)
                start = end
            }
        }
        return runs
    }

    private func bin(_ members: [Int], _ forecasts: [Double], _ happened: [Bool], _ weights: [Double]?) -> Bin
    {
        var sum = 0.0
        var squares = 0.0
        var forecast = 0.0
        var hits = 0.0
        for row in members {
            let weight = weights?[row] ?? 1
            sum += weight
            squares += weight * weight
            forecast += weight * forecasts[row]
            if happened[row] { hits += weight }
        }
        let effective = sum * sum / squares
        let range = Self.wilson(hits / sum, effective, level)
        return Bin(
            lower: forecasts[members[0]], upper: forecasts[members[members.count - 1]],
            forecast: forecast / sum,
            frequency: hits / sum, interval: range, count: members.count, weight: sum, effective: effective)
    }

    /// The Wilson interval of a share of a count that need not be whole.
    private static func wilson(_ share: Double, _ count: Double, _ level: Double) -> Interval {
        let z = Special.normalQuantile((1 + level) / 2)
        let z2 = z * z / count
        let centre = (share + z2 / 2) / (1 + z2)
        let half = (share * (1 - share) * z2 + z2 * z2 / 4).squareRoot() / (1 + z2)
        return Interval(lower: max(0, centre - half), upper: min(1, centre + half), level: level)
    }
}
