import Evaluation
import Kernels

/// Gives an interval from the same estimate on redrawn logs, whole units at a time.
///
/// Source: Efron, "Better bootstrap confidence intervals" (1987); units as in Field and Welsh, "Bootstrapping clustered
/// data" (2007), through `ClusterBootstrap`. In a replicate unit u counts w₍ᵤ₎ times and the mean is Σ w₍ᵤ₎ Sᵤ / Σ w₍ᵤ₎
/// mᵤ. `.bca` corrects for bias and skewness, `.percentile` does not.
///
/// The promise is asymptotic; for contributions with large weights it covers a little more often than `StudentInterval`
/// and less often than `SkewCorrectedInterval`, which needs no random numbers. The same seed gives the same bits on any
/// number of threads.
///
/// - Complexity: O(replicates · G), in parallel.
///
/// ```swift
/// let interval = try BootstrapInterval(replicates: 2000).interval(contributions, level: 0.95)
/// ```
public struct BootstrapInterval: ValueInterval, Hashable {
    public static let id = "bootstrap"

    /// How the ends are read off the replicates.
    public var method: BootstrapDistribution.Method
    /// The number of replicates.
    public var replicates: Int
    /// The seed of the draws.
    public var seed: UInt64

    /// Creates the method.
    public init(method: BootstrapDistribution.Method = .bca, replicates: Int = 1000, seed: UInt64 = 1) {
        self.method = method
        self.replicates = replicates
        self.seed = seed
    }

    public func interval(_ contributions: Contributions, level: Double) throws(BanditError) -> Interval {
        try IntervalCheck.level(level)
        try IntervalCheck.units(contributions)
        let sums = contributions.unitSums
        let sizes = contributions.unitSizes.map(Double.init)
        let distribution: BootstrapDistribution
        do {
            distribution = try ClusterBootstrap(replicates: replicates, seed: seed)
                .run(clusters: sums.count, jackknife: method == .bca) { weights in
                    var sum = 0.0
                    var size = 0.0
                    for g in weights.indices {
                        sum += weights[g] * sums[g]
                        size += weights[g] * sizes[g]
                    }
                    return size > 0 ? sum / size : .nan
                }
        } catch {
            throw .data(error.description)
        }
        let plain = distribution.interval(level: level, method: .percentile)
        guard let interval = distribution.interval(level: level, method: method) ?? plain else {
            throw .data("the bootstrap found no interval: too many replicates are undefined")
        }
        return interval
    }
}
