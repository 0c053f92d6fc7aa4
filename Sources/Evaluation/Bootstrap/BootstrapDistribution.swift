import Foundation
import Kernels

/// What a figure became in each replicate of a bootstrap.
///
/// Sources: Efron, "Better bootstrap confidence intervals" (1987) for `.bca`; Davison and Hinkley, "Bootstrap
/// Methods and their Application" (1997) for `.basic`.
public struct BootstrapDistribution: Sendable, Hashable, Codable {
    /// The figure on the data as they are.
    public var estimate: Double
    /// The figure in each replicate, in the order of the replicates; not a number where it was undefined.
    public var replicates: [Double]
    /// The figure with each group of clusters left out in turn; empty where it was not asked for.
    public var jackknife: [Double]
    /// The number of clusters that were drawn from.
    public var clusters: Int

    /// How an interval is read off a bootstrap distribution.
    public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
        /// The quantiles of the replicates.
        case percentile
        /// The quantiles mirrored at the estimate: (2θ − q₁₋ₐ, 2θ − qₐ).
        case basic
        /// Percentiles shifted for bias and skewness; needs the jackknife values.
        case bca
    }

    /// The number of replicates in which the figure was undefined.
    public var undefined: Int { replicates.count { !$0.isFinite } }

    /// The standard deviation of the defined replicates, or `nil` where fewer than two are defined.
    public var standardError: Double? {
        let defined = replicates.filter(\.isFinite)
        guard defined.count > 1 else { return nil }
        let mean = defined.reduce(0, +) / Double(defined.count)
        let squares = defined.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(defined.count - 1)).squareRoot()
    }

    /// An interval for the figure, or `nil` where it or more than one replicate in twenty is undefined, or
    /// where `.bca` is asked for without jackknife values or on the edge of the distribution.
    ///
    /// - Parameters:
    ///   - level: The promised coverage, between 0 and 1.
    ///   - method: How the ends are found.
    /// - Complexity: O(replicates · log replicates).
    public func interval(level: Double = 0.95, method: Method = .percentile) -> Interval? {
        guard level > 0, level < 1, estimate.isFinite, 20 * undefined <= replicates.count else { return nil }
        let sorted = replicates.filter(\.isFinite).sorted()
        guard sorted.count > 1 else { return nil }
        let tail = (1 - level) / 2
        var low = tail
        var high = 1 - tail
        if method == .bca {
            guard let shift = bca(sorted) else { return nil }
            low = shift(tail)
            high = shift(1 - tail)
        }
        let lower = Statistics.quantile(sorted, min(1, max(0, low)))
        let upper = Statistics.quantile(sorted, min(1, max(0, high)))
        return method == .basic
            ? Interval(lower: 2 * estimate - upper, upper: 2 * estimate - lower, level: level)
            : Interval(lower: lower, upper: upper, level: level)
    }

    /// The distribution of this figure minus another one from the same draws.
    ///
    /// - Precondition: Both come from one call of `ClusterBootstrap.run`.
    public func difference(from other: BootstrapDistribution) -> BootstrapDistribution {
        BootstrapDistribution(
            estimate: estimate - other.estimate,
            replicates: zip(replicates, other.replicates).map { $0 - $1 },
            jackknife: zip(jackknife, other.jackknife).map { $0 - $1 }, clusters: clusters)
    }

    /// The map from a plain tail probability to the corrected one:
    /// α ↦ Φ(z₀ + (z₀ + zₐ) / (1 − a (z₀ + zₐ))).
    private func bca(_ sorted: [Double]) -> (@Sendable (Double) -> Double)? {
        let values = jackknife.filter(\.isFinite)
        guard values.count > 1 else { return nil }
        let below = Double(sorted.count { $0 < estimate }) + 0.5 * Double(sorted.count { $0 == estimate })
        let share = below / Double(sorted.count)
        guard share > 0, share < 1 else { return nil }
        let z0 = Special.normalQuantile(share)
        let mean = values.reduce(0, +) / Double(values.count)
        var squares = 0.0
        var cubes = 0.0
        for value in values {
            let d = mean - value
            squares += d * d
            cubes += d * d * d
        }
        let acceleration = squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0
        return { alpha in
            let z = z0 + Special.normalQuantile(alpha)
            return Special.normalCDF(z0 + z / (1 - acceleration * z))
        }
    }
}
