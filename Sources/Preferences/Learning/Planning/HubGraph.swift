import Kernels

/// Which clusters of like things are compared with which: clusters as nodes, comparisons as edges.
public struct HubGraph: Sendable, Hashable {
    /// The number of clusters.
    public let clusters: Int
    /// The clusters of the two sides of each comparison.
    public let edges: [OutcomePair]

    /// Creates a graph.
    public init(clusters: Int, edges: [OutcomePair]) {
        precondition(
            edges.allSatisfy {
                (0..<clusters).contains($0.first) && (0..<clusters).contains($0.second)
                    && $0.first != $0.second
            }, "a comparison is between two clusters that exist")
        self.clusters = clusters
        self.edges = edges
    }

    /// A connected graph: each cluster is joined to an earlier one at random, and further pairs are drawn,
    /// each but once until there is none left.
    ///
    /// - Precondition: there are at least clusters − 1 edges.
    public static func random(clusters: Int, edges: Int, using random: inout CounterRandom) -> HubGraph {
        precondition(
            clusters >= 2 && edges >= clusters - 1, "a connected graph has at least clusters − 1 edges")
        var pairs: [OutcomePair] = []
        var used: Set<OutcomePair> = []
        for cluster in 1..<clusters {
            let pair = OutcomePair(random.below(cluster), cluster)
            pairs.append(pair)
            used.insert(pair)
        }
        let all = clusters * (clusters - 1) / 2
        while pairs.count < edges {
            let (a, b) = (random.below(clusters), random.below(clusters))
            let pair = OutcomePair(min(a, b), max(a, b))
            guard a != b, pairs.count >= all || used.insert(pair).inserted else { continue }
            pairs.append(pair)
        }
        return HubGraph(clusters: clusters, edges: pairs)
    }

    /// The network of variances that arises when each cluster answers its comparisons with so many things
    /// in turn.
    ///
    /// Nodes 0 ..< clusters are the clusters themselves, at variance F from each of their things. A thing
    /// that is compared once is left out and its edges put in a row, which changes no other variance.
    ///
    /// - Parameters:
    ///   - itemsPerCluster: How many things of each cluster take part; nil for fresh ones each time.
    ///   - within: F, the variance of a thing's score within its cluster.
    ///   - comparison: c, the variance of a comparison.
    public func network(itemsPerCluster: Int?, within: Double, comparison: Double) -> ComparisonNetwork {
        precondition(itemsPerCluster.map { $0 > 0 } ?? true, "at least one thing of each cluster")
        var network = ComparisonNetwork(nodes: clusters)
        let uses = uses(itemsPerCluster)
        var things: [OutcomePair: Int] = [:]
        for (place, edge) in edges.enumerated() {
            var variance = comparison
            var ends: [Int] = []
            for (cluster, thing) in [(edge.first, uses.firsts[place]), (edge.second, uses.seconds[place])] {
                let key = OutcomePair(cluster, thing)
                if uses.counts[key] == 1 {
                    variance += within
                    ends.append(cluster)
                } else if let node = things[key] {
                    ends.append(node)
                } else {
                    let node = network.addNode()
                    network.connect(cluster, node, variance: within)
                    things[key] = node
                    ends.append(node)
                }
            }
            network.connect(ends[0], ends[1], variance: variance)
        }
        return network
    }

    /// The number of different things that are compared.
    public func distinctItems(itemsPerCluster: Int?) -> Int { uses(itemsPerCluster).counts.count }

    /// Which thing of its cluster stands on each side of each comparison, taken in turn, and how often each
    /// comes.
    private func uses(_ itemsPerCluster: Int?) -> (firsts: [Int], seconds: [Int], counts: [OutcomePair: Int])
    {
        var turns = [Int](repeating: 0, count: clusters)
        var counts: [OutcomePair: Int] = [:]
        func take(_ cluster: Int) -> Int {
            let thing = itemsPerCluster.map { turns[cluster] % $0 } ?? turns[cluster]
            turns[cluster] += 1
            counts[OutcomePair(cluster, thing), default: 0] += 1
            return thing
        }
        var (firsts, seconds): ([Int], [Int]) = ([], [])
        for edge in edges {
            firsts.append(take(edge.first))
            seconds.append(take(edge.second))
        }
        return (firsts, seconds, counts)
    }
}
