import Kernels

/// Draws whole clusters with replacement, to see how much a figure would change with other clusters.
///
/// Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), with the cluster as the unit that
/// is drawn (Field and Welsh, "Bootstrapping clustered data", 2007). Votes of one judge, or answers to one
/// prompt, are alike; drawing single votes would make every interval too narrow.
///
/// Replicate *b* gives cluster *g* the weight wᵍ = the number of times it was drawn, (w¹…wᴳ) ~
/// Multinomial(G; 1/G, …, 1/G), from its own random stream. The statistic is a function of those weights.
/// The result has the same bits for every number of threads.
///
/// - Complexity: O(replicates · (G + cost of the statistic)), in parallel over replicates.
///
/// ```swift
/// let sums = [3.0, 1.0, 4.0], counts = [4.0, 2.0, 5.0]   // one cluster each
/// let mean = try ClusterBootstrap(seed: 7).run(clusters: 3) { w in
///     zip(w, sums).map(*).reduce(0, +) / zip(w, counts).map(*).reduce(0, +)
/// }
/// print(mean.estimate, mean.interval(level: 0.95, method: .percentile) as Any)
/// ```
public struct ClusterBootstrap: Sendable, Hashable, Codable {
    /// The number of replicates.
    public var replicates: Int
    /// The seed of the random numbers.
    public var seed: UInt64

    /// Creates a bootstrap; 1,000 replicates give 95% intervals whose ends are steady to about a tenth of a
    /// standard error.
    public init(replicates: Int = 1000, seed: UInt64 = 0) {
        self.replicates = replicates
        self.seed = seed
    }

    /// The weights of one replicate: how often each cluster was drawn; they add up to the number of clusters.
    public func weights(clusters: Int, replicate: Int) -> [Double] {
        var weights = [Double](repeating: 0, count: clusters)
        var random = CounterRandom(seed: seed, stream: UInt64(replicate))
        for _ in 0..<clusters { weights[random.below(clusters)] += 1 }
        return weights
    }

    /// The distribution of one statistic.
    ///
    /// - Parameters:
    ///   - clusters: The number of clusters.
    ///   - jackknife: Whether to leave clusters out in turn as well, which `.bca` intervals need. More than
    ///     200 clusters are left out in 200 groups.
    ///   - statistic: The figure under given cluster weights; not a number where it is undefined.
    /// - Throws: `EvaluationError.tooFewClusters` where there are fewer than two, or `.setting` for fewer
    ///   than two replicates.
    public func run(
        clusters: Int, jackknife: Bool = false, _ statistic: @Sendable ([Double]) -> Double
    ) throws(EvaluationError) -> BootstrapDistribution {
        try run(clusters: clusters, outputs: 1, jackknife: jackknife) { [statistic($0)] }[0]
    }

    /// The distributions of several statistics from the same draws, so that their differences can be taken.
    ///
    /// - Parameters:
    ///   - clusters: The number of clusters.
    ///   - outputs: How many numbers `statistic` returns.
    ///   - jackknife: Whether to leave clusters out in turn as well, which `.bca` intervals need.
    ///   - statistic: The figures under given cluster weights.
    /// - Throws: As `run(clusters:jackknife:_:)`.
    public func run(
        clusters: Int, outputs: Int, jackknife: Bool = false, _ statistic: @Sendable ([Double]) -> [Double]
    ) throws(EvaluationError) -> [BootstrapDistribution] {
        guard clusters > 1 else { throw .tooFewClusters(clusters) }
        guard replicates > 1 else {
            throw .setting(name: "replicates", value: Double(replicates), rule: "at least two are needed")
        }
        let estimate = statistic([Double](repeating: 1, count: clusters))
        let draws = Parallel.map(replicates) { statistic(weights(clusters: clusters, replicate: $0)) }
        let groups = jackknife ? min(clusters, 200) : 0
        let without = Parallel.map(groups) { group in
            statistic((0..<clusters).map { $0 % groups == group ? 0 : 1 })
        }
        return (0..<outputs).map { output in
            BootstrapDistribution(
                estimate: estimate[output], replicates: draws.map { $0[output] },
                jackknife: without.map { $0[output] }, clusters: clusters)
        }
    }
}
