import Kernels

/// Says whether a budget of comparisons is better spent on the same few things or on fresh ones.
///
/// Source: Qiu et al., "Reward Generalization in RLHF: A Topological Perspective" (2024), with normal
/// errors. Things come in clusters of like ones; a thing's score lies within its cluster by variance F, a
/// comparison tells a difference by variance c. For things of two clusters that were not compared
/// themselves, R being the effective resistance between their clusters with one ohm for each comparison,
///
///     fresh things each time (chains):  Var = 2F + (c + 2F) R
///     one thing for each cluster:       Var = 4F + c R
///
/// so that reuse, which is what comparing the leaves of a tree of answers does, wins exactly where R > 1:
/// where labels are scarce for the number of clusters. In between, several things for each cluster can be
/// best. The planner draws graphs at random and takes the median over pairs of clusters.
///
/// This is a plan under assumptions: F, c and the number of clusters are the user's, errors are normal,
/// clusters alike.
///
/// - Complexity: O((clusters + comparisons)³) for each choice and draw.
///
/// ```swift
/// let plan = try ComparisonPlanner(clusters: 64, within: 1).plan(comparisons: 100, seed: 1)
/// print(plan.best.itemsPerCluster ?? 0, plan.best.distinctItems)
/// ```
public struct ComparisonPlanner: Sendable, Hashable {
    /// The number of clusters.
    public var clusters: Int
    /// F.
    public var within: Double
    /// c.
    public var comparison: Double
    /// The numbers of things for each cluster that are tried, besides fresh ones.
    public var choices: [Int]
    /// The number of graphs drawn.
    public var draws: Int

    /// Creates a planner.
    ///
    /// - Parameter comparison: π²/3 ≈ 3.29, one answer under Bradley–Terry, unless given.
    public init(
        clusters: Int, within: Double = 1, comparison: Double = 3.289868133696453,
        choices: [Int] = [1, 2, 3, 4, 6, 8], draws: Int = 8
    ) {
        precondition(clusters >= 2 && draws > 0, "at least two clusters and one draw")
        precondition(within > 0 && comparison > 0, "variances are positive")
        self.clusters = clusters
        self.within = within
        self.comparison = comparison
        self.choices = choices
        self.draws = draws
    }

    /// What is to be expected of one way to spend the budget.
    public struct Option: Sendable, Hashable {
        /// The number of things for each cluster; nil for fresh ones each time.
        public let itemsPerCluster: Int?
        /// The number of different things compared, on average.
        public let distinctItems: Double
        /// The median variance of a difference between things of two clusters, over all draws.
        public let variance: Double
        /// The standard error of the medians' mean over draws.
        public let standardError: Double
    }

    /// All options, the fewest things first, fresh ones last.
    public struct Plan: Sendable, Hashable {
        /// The options.
        public let options: [Option]
        /// The one with the least variance.
        public var best: Option { options.min { $0.variance < $1.variance } ?? options[0] }
        /// The median effective resistance R between clusters; above 1 one thing for each cluster beats
        /// fresh ones.
        public let resistance: Double
    }

    /// Weighs the options for a number of comparisons.
    ///
    /// - Throws: `LearningError.data` where comparisons are too few to connect all clusters.
    public func plan(comparisons: Int, seed: UInt64 = 1) throws -> Plan {
        guard comparisons >= clusters - 1 else {
            throw LearningError.data(
                "\(comparisons) comparisons cannot connect \(clusters) clusters; at least \(clusters - 1) are needed"
            )
        }
        let root = CounterRandom(seed: seed).split(0x7ee)
        let tried: [Int?] = choices.map { $0 } + [nil]
        let found = Parallel.map(draws) {
            draw -> (options: [(items: Double, median: Double)], resistance: Double) in
            var random = root.split(UInt64(draw))
            let graph = HubGraph.random(clusters: clusters, edges: comparisons, using: &random)
            var pairs: [(Int, Int)] = []
            for _ in 0..<min(2000, clusters * (clusters - 1) / 2) {
                let a = random.below(clusters)
                pairs.append((a, (a + 1 + random.below(clusters - 1)) % clusters))
            }
            let options = tried.map { items in
                let network = graph.network(
                    itemsPerCluster: items, within: within, comparison: comparison)
                return (
                    items: Double(graph.distinctItems(itemsPerCluster: items)),
                    median: 2 * within + Statistics.median(network.variances(pairs))
                )
            }
            return (options, Statistics.median(graph.resistances(pairs)))
        }
        let options = tried.indices.map { place in
            let medians = found.map { $0.options[place].median }
            return Option(
                itemsPerCluster: tried[place],
                distinctItems: Statistics.mean(found.map { $0.options[place].items }),
                variance: Statistics.mean(medians),
                standardError: draws > 1 ? (Statistics.variance(medians) / Double(draws)).squareRoot() : .nan)
        }
        return Plan(options: options, resistance: Statistics.mean(found.map(\.resistance)))
    }
}

extension HubGraph {
    /// The effective resistance between clusters with one ohm for each comparison.
    public func resistances(_ pairs: [(Int, Int)]) -> [Double] {
        var network = ComparisonNetwork(nodes: clusters)
        for edge in edges { network.connect(edge.first, edge.second, variance: 1) }
        return network.variances(pairs)
    }
}
