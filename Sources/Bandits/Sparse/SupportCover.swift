import Foundation

/// The actions to try so that every set of `sparsity` features is covered to within `epsilon`.
///
/// For each support M the actions are gone through in order; one that is farther than ε from all chosen ones
/// in the features of M is chosen. Whatever the support of the true weights, each action then has a tried one
/// that looks alike there.
///
/// - Complexity: O(C(d, s)·n·|N_M|·s) for n actions.
public struct SupportCover: Sendable, Hashable, Codable {
    /// The actions to try, rising.
    public let queries: [Int]
    /// The number C(d, s) of supports.
    public let supports: Int
    /// C(d, s)·(1 + 2/ε)ˢ, which the number of queries cannot exceed for features of length at most 1.
    public let bound: Double

    /// Covers the actions.
    ///
    /// - Parameter actions: The features of each action, all of one length.
    public init(actions: [[Double]], sparsity: Int, epsilon: Double) {
        let d = actions.first?.count ?? 0
        precondition(actions.allSatisfy { $0.count == d }, "all actions have the same number of features")
        precondition(sparsity > 0 && sparsity <= d, "sparsity lies in 1...features")
        precondition(epsilon > 0, "epsilon is positive")
        var chosen = [Bool](repeating: false, count: actions.count)
        var supports = 0
        let flat = actions.flatMap { $0 }
        Supports.forEach(of: d, size: sparsity) { support in
            supports += 1
            var net: [Double] = []
            for action in actions.indices {
                var covered = false
                var start = 0
                while start < net.count {
                    var square = 0.0
                    for (i, feature) in support.enumerated() {
                        let difference = flat[action * d + feature] - net[start + i]
                        square += difference * difference
                    }
                    if square <= epsilon * epsilon {
                        covered = true
                        break
                    }
                    start += sparsity
                }
                if !covered {
                    for feature in support { net.append(flat[action * d + feature]) }
                    chosen[action] = true
                }
            }
        }
        queries = actions.indices.filter { chosen[$0] }
        self.supports = supports
        bound = Double(supports) * pow(1 + 2 / epsilon, Double(sparsity))
    }
}

/// The subsets of a size, in lexicographic order.
enum Supports {
    static func forEach(of count: Int, size: Int, _ body: ([Int]) -> Void) {
        var support = Array(0..<size)
        while true {
            body(support)
            guard let place = support.indices.last(where: { support[$0] < count - size + $0 }) else { return }
            support[place] += 1
            for later in place + 1..<size { support[later] = support[later - 1] + 1 }
        }
    }
}
