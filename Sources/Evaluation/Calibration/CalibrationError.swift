import Foundation
import Kernels

/// Measures how far stated probabilities lie from the frequencies that followed, corrected for chance.
///
/// Sources: Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning"
/// (2015) for ECE = Σ wᵦ |p̄ᵦ − ȳᵦ|; Kumar, Liang and Ma, "Verified uncertainty calibration" (2019) for the
/// debiased root mean square, √max(0, Σ wᵦ [(p̄ᵦ − ȳᵦ)² − ȳᵦ(1 − ȳᵦ)/(nᵦ − 1)]). Even perfect forecasts have
/// a positive ECE by chance; `expectedByChance` says how much, from outcomes drawn at the stated
/// probabilities.
///
/// - Complexity: O(replicates · rows + rows · log rows), in parallel.
///
/// ```swift
/// let error = try CalibrationError().measure(forecasts, happened)
/// print(error.ece, error.expectedByChance, error.debiased)
/// ```
public struct CalibrationError: Sendable, Hashable, Codable {
    /// What was measured.
    public struct Result: Sendable, Hashable, Codable {
        /// The expected calibration error, as a probability.
        public var ece: Double
        /// Its interval by the cluster bootstrap (basic form, not below 0), or `nil` for fewer than two
        /// clusters.
        public var interval: Interval?
        /// The mean error that forecasts with true probabilities would show on as many rows.
        public var expectedByChance: Double
        /// The share of such perfect forecasts that show at least the measured error.
        public var pValue: Double
        /// The debiased root mean square error; 0 where chance explains all of it.
        public var debiased: Double
    }

    /// The most bins to make.
    public var bins: Int
    /// The coverage of the interval.
    public var level: Double
    /// The draws behind the interval and the chance level.
    public var bootstrap: ClusterBootstrap

    /// Creates the measure.
    public init(bins: Int = 10, level: Double = 0.95, bootstrap: ClusterBootstrap = .init(replicates: 500)) {
        self.bins = bins
        self.level = level
        self.bootstrap = bootstrap
    }

    /// Measures forecasts of an event.
    ///
    /// - Parameters:
    ///   - forecasts: The stated probabilities.
    ///   - happened: Whether the event came true.
    ///   - weights: How much each row counts; 1 where `nil`.
    ///   - clusters: The cluster of each row, numbered from 0; each on its own where `nil`.
    /// - Throws: `EvaluationError` for bad numbers, weights, clusters, or lists that do not match.
    public func measure(
        _ forecasts: [Double], _ happened: [Bool], weights: [Double]? = nil, clusters: [Int]? = nil
    ) throws(EvaluationError) -> Result {
        let groups = try Clusters(clusters, rows: forecasts.count)
        let table = try ReliabilityBins(bins, level: level).group(forecasts, happened, weights: weights)
        let place = forecasts.map { p in min(table.count - 1, table.count { $0.upper < p }) }
        let weights = weights ?? [Double](repeating: 1, count: forecasts.count)
        let gaps = forecasts.indices.map { weights[$0] * (forecasts[$0] - (happened[$0] ? 1 : 0)) }
        let total = weights.reduce(0, +)
        let count = table.count
        let binned: @Sendable ([Double]) -> Double = { gaps in
            var sums = [Double](repeating: 0, count: count)
            for (row, gap) in gaps.enumerated() { sums[place[row]] += gap }
            return sums.reduce(0) { $0 + abs($1) }
        }
        let ece = binned(gaps) / total
        var interval: Interval?
        if groups.count > 1 {
            let distribution = try bootstrap.run(clusters: groups.count) { drawn in
                var sums = [Double](repeating: 0, count: count)
                var weight = 0.0
                for row in gaps.indices {
                    sums[place[row]] += drawn[groups[row]] * gaps[row]
                    weight += drawn[groups[row]] * weights[row]
                }
                return weight > 0 ? sums.reduce(0) { $0 + abs($1) } / weight : .nan
            }
            interval = distribution.interval(level: level, method: .basic).map {
                Interval(lower: max(0, $0.lower), upper: max(ece, $0.upper), level: level)
            }
        }
        let seed = bootstrap.seed
        let perfect = Parallel.map(bootstrap.replicates) { replicate in
            var random = CounterRandom(seed: seed, stream: UInt64(replicate) | 1 << 63)
            return binned(
                forecasts.indices.map { row in
                    weights[row] * (forecasts[row] - (random.bernoulli(forecasts[row]) ? 1 : 0))
                }) / total
        }
        var square = 0.0
        for bin in table {
            let gap = bin.forecast - bin.frequency
            let noise =
                bin.effective > 1 ? bin.frequency * (1 - bin.frequency) / (bin.effective - 1) : gap * gap
            square += bin.weight / total * (gap * gap - noise)
        }
        return Result(
            ece: ece, interval: interval, expectedByChance: Statistics.mean(perfect),
            pValue: Double(1 + perfect.count { $0 >= ece }) / Double(1 + perfect.count),
            debiased: max(0, square).squareRoot())
    }
}
