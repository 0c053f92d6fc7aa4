import Kernels
import Testing

@testable import Preferences

@Suite("The topology of comparisons")
struct TopologyTests {
    @Test("Variances add along a path, halve in parallel, and are infinite without a path")
    func resistors() {
        var path = ComparisonNetwork(nodes: 6)
        for (place, variance) in [1.0, 0.5, 2, 3].enumerated() {
            path.connect(place, place + 1, variance: variance)
        }
        #expect(abs(path.variances([(0, 4)])[0] - 6.5) < 1e-12)
        #expect(path.variances([(0, 5), (3, 3)]) == [.infinity, 0])
        #expect(path.distances(from: 0) == [0, 1, 1.5, 3.5, 6.5, .infinity])
        var pair = ComparisonNetwork(nodes: 2)
        pair.connect(0, 1, variance: 3)
        pair.connect(0, 1, variance: 3)
        #expect(abs(pair.variances([(0, 1)])[0] - 1.5) < 1e-12)
        #expect(pair.distances(from: 1) == [3, 0])
    }

    @Test("All pairs among k things, compared once: 2v/k")
    func complete() {
        for k in [2, 5, 20] {
            var network = ComparisonNetwork(nodes: k)
            for a in 0..<k { for b in 0..<a { network.connect(a, b, variance: 3) } }
            #expect(abs(network.variances([(0, k - 1)])[0] - 6 / Double(k)) < 1e-12)
        }
    }

    @Test("Two held-out things over h comparisons in a row")
    func series() {
        let (within, comparison) = (1.5, 1.0)
        for h in 1...4 {
            let graph = HubGraph(clusters: h + 1, edges: (0..<h).map { OutcomePair($0, $0 + 1) })
            func variance(_ items: Int?) -> Double {
                2 * within
                    + graph.network(itemsPerCluster: items, within: within, comparison: comparison)
                    .variances([(0, h)])[0]
            }
            let chain = 2 * within + Double(h) * (comparison + 2 * within)
            let reuse = 4 * within + Double(h) * comparison
            #expect(abs(variance(nil) - chain) < 1e-10)
            #expect(abs(variance(1) - reuse) < 1e-10)
            #expect(h == 1 ? abs(chain - reuse) < 1e-12 : reuse < chain)
        }
    }

    @Test("On any connected graph both have closed forms, which cross at R = 1")
    func closedForms() {
        var random = CounterRandom(seed: 5)
        for edges in [11, 15, 40, 66, 80] {
            let graph = HubGraph.random(clusters: 12, edges: edges, using: &random)
            #expect(graph.edges.count == edges)
            let pairs = (1..<12).map { (0, $0) }
            let chain = graph.network(itemsPerCluster: nil, within: 2, comparison: 1).variances(pairs)
            let reuse = graph.network(itemsPerCluster: 1, within: 2, comparison: 1).variances(pairs)
            for (place, r) in graph.resistances(pairs).enumerated() {
                #expect(abs(4 + chain[place] - (4 + 5 * r)) < 1e-9)
                #expect(abs(4 + reuse[place] - (8 + r)) < 1e-9)
                if abs(r - 1) > 1e-9 { #expect((chain[place] > reuse[place]) == (r > 1)) }
            }
            #expect(graph.distinctItems(itemsPerCluster: nil) == 2 * edges)
            #expect(graph.distinctItems(itemsPerCluster: 1) == 12)
        }
    }

    @Test("A thing compared once may be left out")
    func reduction() {
        var random = CounterRandom(seed: 8)
        let graph = HubGraph.random(clusters: 8, edges: 14, using: &random)
        let items = 2
        let short = graph.network(itemsPerCluster: items, within: 1, comparison: 1)
        var long = ComparisonNetwork(nodes: 8 + 8 * items)
        for cluster in 0..<8 {
            for item in 0..<items { long.connect(cluster, 8 + cluster * items + item, variance: 1) }
        }
        var turns = [Int](repeating: 0, count: 8)
        for edge in graph.edges {
            let ends = [edge.first, edge.second].map { cluster in
                turns[cluster] += 1
                return 8 + cluster * items + (turns[cluster] - 1) % items
            }
            long.connect(ends[0], ends[1], variance: 1)
        }
        let pairs = (1..<8).map { (0, $0) }
        for (a, b) in zip(short.variances(pairs), long.variances(pairs)) { #expect(abs(a - b) < 1e-10) }
        for node in 1..<8 {
            #expect(long.variances([(0, node)])[0] <= long.distances(from: 0)[node] + 1e-12)
        }
    }

    @Test("The planner reuses where labels are scarce and takes fresh things where they are many")
    func planner() throws {
        let planner = ComparisonPlanner(clusters: 24, within: 1, comparison: 1, draws: 4)
        let scarce = try planner.plan(comparisons: 24, seed: 1)
        #expect(scarce.best.itemsPerCluster == 1 && scarce.resistance > 1)
        let many = try planner.plan(comparisons: 150, seed: 1)
        #expect(many.resistance < 1)
        let (reuse, fresh) = (try #require(many.options.first), try #require(many.options.last))
        #expect(fresh.variance < reuse.variance && fresh.distinctItems == 300 && reuse.distinctItems == 24)
        #expect(try Parallel.withThreads(1) { try planner.plan(comparisons: 24, seed: 1) } == scarce)
        #expect(throws: LearningError.self) { try planner.plan(comparisons: 22) }
    }

    @Test("Leaves of a tree share their beginnings")
    func tree() {
        let tree = ResponseTree(depth: 3, branching: 2) { prefix, child in "\(prefix.count)\(child) " }
        #expect(tree.leaves == 8 && tree.segments.map(\.count) == [2, 4, 8])
        #expect(tree.response(5) == "01 30 61 ")
        #expect(tree.sharedDepth(4, 5) == 2 && tree.sharedDepth(4, 6) == 1 && tree.sharedDepth(0, 7) == 0)
        #expect(tree.sharedDepth(3, 3) == 3)
        let pairs = tree.pairs(4000, seed: 2)
        #expect(pairs.allSatisfy { $0.first != $0.second })
        #expect(pairs.allSatisfy { $0.sharedDepth == tree.sharedDepth($0.first, $0.second) })
        // Of the other seven leaves four share nothing, two one segment, one two.
        let shares = (0..<3).map { depth in Double(pairs.count { $0.sharedDepth == depth }) / 4000 }
        for (share, expected) in zip(shares, [4.0 / 7, 2.0 / 7, 1.0 / 7]) {
            #expect(abs(share - expected) < 0.03)
        }
        #expect(tree.pairs(4000, seed: 2) == pairs)
    }

    @Test("A tree whose leaves are compared once is a chain: the same reward is learnt")
    func chainOfLeaves() throws {
        let data = try LearningWorld.linear([1, -1], items: 20, count: 10, seed: 3)
        let leaves = try FeatureMatrix((0..<20).map { data.items.features.row($0) })
        let (even, odd) = (Array(stride(from: 0, to: 20, by: 2)), Array(stride(from: 1, to: 20, by: 2)))
        let tree = try ComparisonSet(
            items: ItemSet(features: leaves), left: even, right: odd, labels: data.labels)
        let chain = try ComparisonSet(
            first: leaves.selecting(even), second: leaves.selecting(odd), labels: data.labels)
        let (a, b) = (try LinearReward().fit(tree), try LinearReward().fit(chain))
        #expect(a.weights == b.weights && a.certificate.loss == b.certificate.loss)
    }

    @Test("A reward that says what people say is consistent")
    func consistency() {
        let rewards = [0, 1, 3.0]
        let pairs = [(0, 1), (2, 0)].map { a, b in
            (first: a, second: b, share: Special.logistic((rewards[a] - rewards[b]) / 2))
        }
        #expect(PreferenceConsistency.logOddsError(rewards: rewards, pairs: pairs, beta: 2) < 1e-12)
        #expect(abs(PreferenceConsistency.logOddsError(rewards: rewards, pairs: pairs, beta: 1) - 1) < 1e-12)
    }
}
