import Kernels
import Preferences

/// Comparing the same things again pays where labels are scarce, and costs where they are many; the planner
/// knows which.
struct ComparisonReuse: Experiment {
    var claim: String {
        "64 clusters: with 64 comparisons fresh things each time leave at least 1.5 times the variance of one thing for each "
            + "cluster, on every seed; with 400 at most 0.7 times; which is better agrees with R > 1 on every pair"
    }
    var baseline: String { "chains: fresh things in each comparison, the same graph of clusters" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let seeds = size == .full ? 4 : 2
        var rows: [ExperimentResult.Row] = []
        var (sparse, dense, agreement, error) = ([Double](), [Double](), 1.0, 0.0)
        for within in [1.0, 2] {
            for edges in [64, 128, 400] {
                let runs = Parallel.map(seeds) { place in
                    Self.compare(
                        within, edges, CounterRandom(seed: seed &+ UInt64(place)).split(UInt64(edges)))
                }
                let ratios = runs.map(\.ratio)
                if edges == 64 { sparse += ratios }
                if edges == 400 { dense += ratios }
                agreement = min(agreement, runs.map(\.agreement).min() ?? 0)
                error = max(error, runs.map(\.error).max() ?? .infinity)
                rows.append(
                    .init(
                        "F = \(Int(within)), \(edges) comparisons",
                        [
                            Statistics.mean(runs.map(\.chain)), Statistics.mean(runs.map(\.reuse)),
                            ratios.min() ?? 0,
                            ratios.max() ?? 0,
                        ]))
            }
        }
        let (least, most) = (sparse.min() ?? 0, dense.max() ?? .infinity)
        return ExperimentResult(
            columns: ["design", "variance, chains", "variance, reuse", "least ratio", "largest ratio"],
            rows: rows,
            holds: least >= 1.5 && most <= 0.7 && agreement == 1 && error < 1e-6,
            verdict:
                "chains leave at least \(fixed(least)) times the variance with 64 comparisons and at most "
                + "\(fixed(most)) times with 400; R > 1 agrees on \(percent(agreement)) of the pairs")
    }

    /// Medians over pairs of 64 held-out things of random clusters, both by the network, not by the closed
    /// form.
    private static func compare(
        _ within: Double, _ edges: Int, _ random: CounterRandom
    ) -> (chain: Double, reuse: Double, ratio: Double, agreement: Double, error: Double) {
        var random = random
        let graph = HubGraph.random(clusters: 64, edges: edges, using: &random)
        let clusters = (0..<64).map { _ in random.below(64) }
        var pairs: [(Int, Int)] = []
        for a in 0..<64 { for b in a + 1..<64 where clusters[a] != clusters[b] { pairs.append((a, b)) } }
        func variances(_ items: Int?) -> [Double] {
            var network = graph.network(itemsPerCluster: items, within: within, comparison: 1)
            let held = clusters.map { cluster in
                let node = network.addNode()
                network.connect(cluster, node, variance: within)
                return node
            }
            return network.variances(pairs.map { (held[$0.0], held[$0.1]) })
        }
        let (chain, reuse) = (variances(nil), variances(1))
        let resistances = graph.resistances(pairs.map { (clusters[$0.0], clusters[$0.1]) })
        let agreeing = resistances.indices.count {
            abs(resistances[$0] - 1) < 1e-9 || (chain[$0] > reuse[$0]) == (resistances[$0] > 1)
        }
        var error = 0.0
        for (place, r) in resistances.enumerated() {
            error = max(error, abs(chain[place] / (2 * within + (1 + 2 * within) * r) - 1))
            error = max(error, abs(reuse[place] / (4 * within + r) - 1))
        }
        let medians = (Statistics.median(chain), Statistics.median(reuse))
        return (
            medians.0, medians.1, medians.0 / medians.1, Double(agreeing) / Double(pairs.count), error
        )
    }
}
