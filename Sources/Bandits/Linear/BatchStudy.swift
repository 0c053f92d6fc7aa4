import Kernels

/// How the value of a policy moves from generation to generation: whether it falls after a good start, and how much it swings.
///
/// ```swift
/// let study = BatchStudy(values: policy.reports.map(\.meanReward))
/// print(study.drop, study.deviation, study.flips)
/// ```
public struct BatchStudy: Sendable, Hashable {
    /// The value of each generation.
    public let values: [Double]
    /// The generation from which on the policy counts as settled.
    public let settled: Int

    /// Creates a study.
    ///
    /// - Parameters:
    ///   - values: The value of each generation, from 0 on.
    ///   - settled: The first generation of the later ones.
    /// - Precondition: at least two later generations.
    public init(values: [Double], settled: Int = 4) {
        precondition(settled > 1 && values.count >= settled + 2, "a study needs later generations")
        self.values = values
        self.settled = settled
    }

    /// The mean value of the later generations.
    public var mean: Double { Statistics.mean(Array(values[settled...])) }

    /// How far the later generations fall below the first one that had a model.
    public var drop: Double { values[1] - mean }

    /// The standard deviation over the later generations.
    public var deviation: Double { Statistics.variance(Array(values[settled...])).squareRoot() }

    /// The share of successive changes with opposite signs; 2/3 is what independent noise around a constant level gives.
    public var flips: Double {
        let changes = zip(values.dropFirst(), values).map { $0 - $1 }
        let pairs = Array(zip(changes.dropFirst(), changes))
        return Double(pairs.lazy.filter { $0 * $1 < 0 }.count) / Double(pairs.count)
    }
}
