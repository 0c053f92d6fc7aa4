/// A directed graph, as the parents of each node.
public struct ParentGraph: Sendable, Hashable, Codable {
    /// For each node the nodes with an edge into it, rising.
    public var parents: [[Int]]

    /// Creates a graph.
    public init(parents: [[Int]]) { self.parents = parents }

    /// The graph with an edge between any two nodes in both directions.
    public static func complete(_ nodes: Int) -> ParentGraph {
        ParentGraph(parents: (0..<nodes).map { node in (0..<nodes).filter { $0 != node } })
    }

    /// The number of nodes.
    public var nodes: Int { parents.count }

    /// Whether no way along the edges comes back to where it began.
    ///
    /// - Complexity: O(nodes² · edges).
    public var isAcyclic: Bool { (0..<nodes).allSatisfy { !descendants(of: $0)[$0] } }

    /// Whether each node can be reached from this one along one or more edges.
    func descendants(of start: Int) -> [Bool] {
        var reached = [Bool](repeating: false, count: nodes)
        var grown = true
        while grown {
            grown = false
            for node in 0..<nodes where !reached[node] {
                if parents[node].contains(where: { $0 == start || reached[$0] }) {
                    reached[node] = true
                    grown = true
                }
            }
        }
        return reached
    }
}
