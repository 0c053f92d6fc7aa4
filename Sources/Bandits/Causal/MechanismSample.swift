import Kernels

/// The rounds from which one node's mechanism in one mode is learnt: the first of them, and the latest.
struct MechanismSample: Sendable, Hashable, Codable {
    /// The number of nodes, the width of a row.
    let nodes: Int
    /// The first rounds since the start, up to a limit.
    private(set) var first: [Double] = []
    /// The latest rounds since the start, up to a window.
    private(set) var recent: [Double] = []

    init(nodes: Int) { self.nodes = nodes }

    var rows: Int { first.count / nodes }
    var recentRows: Int { recent.count / nodes }

    /// Adds a round.
    ///
    /// - Returns: Whether the first rounds, up to `limit`, are more than before.
    mutating func append(_ row: [Double], limit: Int, window: Int) -> Bool {
        recent += row
        if recentRows > window { recent.removeFirst(nodes) }
        guard rows < limit else { return false }
        first += row
        return true
    }

    mutating func forget() {
        first = []
        recent = []
    }

    func column(_ node: Int) -> [Double] { (0..<rows).map { first[$0 * nodes + node] } }

    /// Σ x xᵀ over the first rounds, and Σ x.
    func moments() -> (gram: Matrix, sums: [Double]) {
        var gram = Matrix(rows: nodes, columns: nodes), sums = [Double](repeating: 0, count: nodes)
        for row in 0..<rows {
            for a in 0..<nodes {
                let value = first[row * nodes + a]
                sums[a] += value
                for b in 0...a { gram[a, b] += value * first[row * nodes + b] }
            }
        }
        for a in 0..<nodes { for b in 0..<a { gram[b, a] = gram[a, b] } }
        return (gram, sums)
    }
}
