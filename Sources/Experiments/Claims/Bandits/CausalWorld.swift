import Bandits
import Foundation
import Kernels

/// A random causal network with two modes of every node; a node's causes have lower numbers.
struct CausalWorld: Sendable {
    let nodes: Int
    /// (mode, node, parent): the weights.
    var weights: [Double]

    init(nodes: Int, random: inout CounterRandom) {
        self.nodes = nodes
        weights = [Double](repeating: 0, count: 2 * nodes * nodes)
        for mode in 0..<2 { for node in 0..<nodes { redraw(node, mode: mode, random: &random) } }
    }

    /// Draws the weights into a node anew: each edge with probability ½, with weights ±U(0.5, 2).
    mutating func redraw(_ node: Int, mode: Int, random: inout CounterRandom) {
        for parent in 0..<node {
            let edge = random.bernoulli(0.5), sign = random.bernoulli(0.5) ? 1.0 : -1
            let size = 0.5 + 1.5 * random.uniform()
            weights[(mode * nodes + node) * nodes + parent] = edge ? sign * size : 0
        }
    }

    /// The values of all nodes; without randomness their means.
    func values(_ action: [Bool], noise: () -> Double) -> [Double] {
        var x = [Double](repeating: 0, count: nodes)
        for node in 0..<nodes {
            let start = ((action[node] ? nodes : 0) + node) * nodes
            x[node] = 1 + noise()
            for parent in 0..<node { x[node] += weights[start + parent] * x[parent] }
        }
        return x
    }

    static func action(_ code: Int, _ nodes: Int) -> [Bool] { (0..<nodes).map { code >> $0 & 1 == 1 } }

    /// The mean of the last node under every action.
    var means: [Double] {
        (0..<(1 << nodes)).map { values(Self.action($0, nodes)) { 0 }[nodes - 1] }
    }

    /// The true graph of a mode.
    func graph(_ mode: Int) -> ParentGraph {
        ParentGraph(
            parents: (0..<nodes).map { node in
                (0..<node).filter { weights[(mode * nodes + node) * nodes + $0] != 0 }
            })
    }

    /// A quarter of the edges into the last node and what leads to it removed, at least one.
    func lacking(_ mode: Int, random: inout CounterRandom) -> ParentGraph {
        var graph = graph(mode)
        var matters = [Bool](repeating: false, count: nodes)
        matters[nodes - 1] = true
        for node in stride(from: nodes - 1, through: 0, by: -1) where matters[node] {
            for parent in graph.parents[node] { matters[parent] = true }
        }
        var edges = (0..<nodes).filter { matters[$0] }.flatMap { node in
            graph.parents[node].map { (node, $0) }
        }
        random.shuffle(&edges)
        let removed = max(1, Int((0.25 * Double(edges.count)).rounded()))
        for (node, parent) in edges.prefix(removed) { graph.parents[node].removeAll { $0 == parent } }
        return graph
    }

    /// Every node that comes before, as a parent.
    var everyEarlier: ParentGraph { ParentGraph(parents: (0..<nodes).map { Array(0..<$0) }) }

    /// The regret of a policy; from the middle on the world may be another one.
    static func regret(
        _ policy: inout CausalUCB, _ world: CausalWorld, then later: CausalWorld? = nil, rounds: Int,
        random: CounterRandom
    ) -> Double {
        var random = random, regret = 0.0
        let worlds = [world, later ?? world], means = worlds.map(\.means), best = means.map { $0.max() ?? 0 }
        for round in 0..<rounds {
            let now = 2 * round < rounds ? 0 : 1
            let decision = policy.choose()
            let code = decision.action.enumerated().reduce(0) { $0 + ($1.element ? 1 << $1.offset : 0) }
            regret += best[now] - means[now][code]
            let values = worlds[now].values(decision.action) { random.normal() }
            policy.learn(decision, values)
        }
        return regret
    }
}
