import Foundation
import Kernels

extension FairForest {
    /// What one example does to every tree.
    struct Pass {
        /// n: the gate of every node (tree, node).
        var gates: [Double]
        /// The probability of getting to every node and, behind the nodes of a tree, to every leaf (tree,
        /// place).
        var reach: [Double]
        /// softmax(θ) of every leaf (tree, leaf, class).
        var shares: [Double]
        /// f: the probability of every class.
        var probabilities: [Double]
    }

    var nodesOfTree: Int { 1 << depth - 1 }

    /// The probability of every class.
    public func probabilities(_ features: [Double]) -> [Double] { forward(features).probabilities }

    func forward(_ x: [Double]) -> Pass {
        precondition(x.count == features, "an example has \(x.count) features instead of \(features)")
        let nodes = nodesOfTree, leaves = nodes + 1, places = nodes + leaves, width = features + 1
        var pass = Pass(
            gates: [Double](repeating: 0, count: trees * nodes),
            reach: [Double](repeating: 0, count: trees * places),
            shares: [Double](repeating: 0, count: trees * leaves * classes),
            probabilities: [Double](repeating: 0, count: classes))
        let firstLogit = trees * nodes * width
        for tree in 0..<trees {
            pass.reach[tree * places] = 1
            for node in 0..<nodes {
                let start = (tree * nodes + node) * width
                var score = parameters[start + features]
                for i in 0..<features { score += parameters[start + i] * x[i] }
                let gate = Special.logistic(score), here = pass.reach[tree * places + node]
                pass.gates[tree * nodes + node] = gate
                // The children of a node are 2i + 1 and 2i + 2; the places from `nodes` on are the leaves.
                pass.reach[tree * places + 2 * node + 1] = here * gate
                pass.reach[tree * places + 2 * node + 2] = here * (1 - gate)
            }
            for leaf in 0..<leaves {
                let start = (tree * leaves + leaf) * classes
                let weight = pass.reach[tree * places + nodes + leaf] / Double(trees)
                softmax(from: firstLogit + start, into: &pass.shares, at: start)
                for c in 0..<classes { pass.probabilities[c] += weight * pass.shares[start + c] }
            }
        }
        return pass
    }

    private func softmax(from logits: Int, into shares: inout [Double], at start: Int) {
        var top = -Double.infinity, sum = 0.0
        for c in 0..<classes { top = max(top, parameters[logits + c]) }
        for c in 0..<classes {
            shares[start + c] = exp(parameters[logits + c] - top)
            sum += shares[start + c]
        }
        for c in 0..<classes { shares[start + c] /= sum }
    }

    /// ∇(−log f_y) for all parameters.
    func taskGradient(_ x: [Double], label: Int, _ pass: Pass) -> [Double] {
        let nodes = nodesOfTree, leaves = nodes + 1, places = nodes + leaves, width = features + 1
        let firstLogit = trees * nodes * width
        var gradient = [Double](repeating: 0, count: parameters.count)
        var value = [Double](repeating: 0, count: places)
        let scale = -1 / (Double(trees) * max(pass.probabilities[label], 1e-300))
        for tree in 0..<trees {
            for leaf in 0..<leaves {
                let start = (tree * leaves + leaf) * classes
                let share = pass.shares[start + label]
                let weight = scale * pass.reach[tree * places + nodes + leaf] * share
                value[nodes + leaf] = share
                for c in 0..<classes {
                    gradient[firstLogit + start + c] =
                        weight * ((c == label ? 1 : 0) - pass.shares[start + c])
                }
            }
            for node in stride(from: nodes - 1, through: 0, by: -1) {
                let gate = pass.gates[tree * nodes + node]
                let left = value[2 * node + 1], right = value[2 * node + 2]
                value[node] = gate * left + (1 - gate) * right
                let slope = scale * pass.reach[tree * places + node] * (left - right) * gate * (1 - gate)
                let start = (tree * nodes + node) * width
                for i in 0..<features { gradient[start + i] = slope * x[i] }
                gradient[start + features] = slope
            }
        }
        return gradient
    }
}
