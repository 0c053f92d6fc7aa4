import Foundation
import Kernels

/// Finds which nodes act on which from their values, with errors on the cheap side.
///
/// An edge too many adds a regressor whose weight is estimated near zero; an edge too few leaves a bias for
/// ever. So all edges are assumed, and only edges of cycles deleted, until there are none, the largest score
/// first:
///
///     S(p → n) = I(eₙ; x_p) − log|b_pn|
///
/// with the residual eₙ of least squares on the present parents, their weights b, and the nearest-neighbour
/// estimate of the mutual information I, which sees what a residual, uncorrelated with its regressors by
/// construction, still has in common with an effect that was mistaken for a cause.
enum EdgeDeletion {
    /// Finds the graph of one mode.
    ///
    /// - Parameters:
    ///   - samples: For each node, the rounds in which it was in this mode.
    ///   - mean: The mean of each node's noise.
    static func graph(_ samples: [MechanismSample], mean: [Double], neighbours: Int) -> ParentGraph {
        let nodes = samples.count
        let moments = samples.map { $0.moments() }
        let columns = samples.map { sample in (0..<nodes).map { sample.column($0) } }
        var graph = ParentGraph.complete(nodes)
        func scores(_ node: Int) -> [Double] {
            let parents = graph.parents[node]
            let fit = MechanismFit(moments[node], node: node, parents: parents, mean: mean[node])
            var residual = columns[node][node]
            for row in residual.indices {
                residual[row] -= mean[node]
                for (parent, weight) in zip(parents, fit.weights) {
                    residual[row] -= weight * columns[node][parent][row]
                }
            }
            return zip(parents, fit.weights).map { parent, weight in
                NearestNeighbourInformation.estimate(residual, columns[node][parent], neighbours: neighbours)
                    - log(abs(weight))
            }
        }
        var all = (0..<nodes).map(scores)
        while true {
            var worst = -Double.infinity, node = 0, place = -1
            for n in 0..<nodes {
                let after = graph.descendants(of: n)
                for (p, parent) in graph.parents[n].enumerated() where after[parent] && all[n][p] > worst {
                    (worst, node, place) = (all[n][p], n, p)
                }
            }
            guard place >= 0 else { break }
            graph.parents[node].remove(at: place)
            all[node] = scores(node)
        }
        return graph
    }
}
