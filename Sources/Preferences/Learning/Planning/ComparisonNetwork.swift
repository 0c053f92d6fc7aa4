import Kernels

/// How uncertain differences of scores are, given which things are compared and which are alike: a network
/// of variances.
///
/// Source: Qiu et al., "Reward Generalization in RLHF: A Topological Perspective" (2024), with normal
/// errors: an edge says that two scores differ by something of known variance, by likeness (F) or by a
/// comparison (c; π²/3 for one answer under Bradley–Terry). All edges together are a network of resistors,
///
///     L = Σₑ (1/vₑ) (eᵢ − eⱼ)(eᵢ − eⱼ)ᵀ,   Var(rᵢ − rⱼ) = (eᵢ − eⱼ)ᵀ L⁺ (eᵢ − eⱼ)
///
/// the effective resistance; the inference distance is the least sum of variances along one path, and never
/// smaller. What no path connects has infinite variance.
///
/// - Complexity: O(nodes³) once for variances, O(edges log edges) for distances from one node.
///
/// ```swift
/// var network = ComparisonNetwork(nodes: 3)
/// network.connect(0, 1, variance: 2)
/// network.connect(1, 2, variance: 3)
/// print(network.variances([(0, 2)]))   // [5]
/// ```
public struct ComparisonNetwork: Sendable, Hashable {
    /// An edge.
    public struct Edge: Sendable, Hashable {
        /// One end.
        public var a: Int
        /// The other end.
        public var b: Int
        /// The variance of the difference of the two scores, given this edge alone.
        public var variance: Double
    }

    /// The number of nodes.
    public private(set) var nodes: Int
    /// The edges.
    public private(set) var edges: [Edge] = []

    /// Creates a network without edges.
    public init(nodes: Int) {
        precondition(nodes > 0, "a network has nodes")
        self.nodes = nodes
    }

    /// Adds a node and tells its number.
    public mutating func addNode() -> Int {
        nodes += 1
        return nodes - 1
    }

    /// Adds an edge; two between the same nodes count together.
    public mutating func connect(_ a: Int, _ b: Int, variance: Double) {
        precondition((0..<nodes).contains(a) && (0..<nodes).contains(b) && a != b, "an edge joins two nodes")
        precondition(variance > 0 && variance.isFinite, "a variance is positive and finite")
        edges.append(Edge(a: a, b: b, variance: variance))
    }

    /// The number of the part of each node; nodes of different parts are not connected.
    public var parts: [Int] {
        var parts = [Int](repeating: -1, count: nodes)
        let neighbours = neighbours
        var count = 0
        for start in 0..<nodes where parts[start] < 0 {
            var stack = [start]
            parts[start] = count
            while let node = stack.popLast() {
                for (other, _) in neighbours[node] where parts[other] < 0 {
                    parts[other] = count
                    stack.append(other)
                }
            }
            count += 1
        }
        return parts
    }

    /// Var(rᵢ − rⱼ) for each pair.
    public func variances(_ pairs: [(Int, Int)]) -> [Double] {
        let parts = parts
        // One node of each part is grounded, which makes L regular and leaves differences within the part
        // as they are.
        var isGround = [Bool](repeating: false, count: nodes)
        var seen: Set<Int> = []
        for node in 0..<nodes where seen.insert(parts[node]).inserted { isGround[node] = true }
        var matrix = Matrix(rows: nodes, columns: nodes)
        for node in 0..<nodes where isGround[node] { matrix[node, node] = 1 }
        for edge in edges {
            let weight = 1 / edge.variance
            if !isGround[edge.a] { matrix[edge.a, edge.a] += weight }
            if !isGround[edge.b] { matrix[edge.b, edge.b] += weight }
            if !isGround[edge.a], !isGround[edge.b] {
                matrix[edge.a, edge.b] -= weight
                matrix[edge.b, edge.a] -= weight
            }
        }
        guard let factor = Cholesky(matrix) else { return pairs.map { _ in .nan } }
        let wanted = Set(pairs.flatMap { [$0.0, $0.1] }).sorted()
        var columns: [Int: [Double]] = [:]
        for node in wanted {
            var unit = [Double](repeating: 0, count: nodes)
            if !isGround[node] { unit[node] = 1 }
            columns[node] = isGround[node] ? unit : factor.solve(unit)
        }
        return pairs.map { a, b in
            if a == b { return 0 }
            guard parts[a] == parts[b], let x = columns[a], let y = columns[b] else { return .infinity }
            return x[a] + y[b] - x[b] - y[a]
        }
    }

    /// The least sum of variances along a path from a node to each other; infinite where there is none.
    public func distances(from start: Int) -> [Double] {
        let neighbours = neighbours
        var distances = [Double](repeating: .infinity, count: nodes)
        var heap = DistanceHeap()
        distances[start] = 0
        heap.push(0, start)
        while let (distance, node) = heap.pop() {
            if distance > distances[node] { continue }
            for (other, variance) in neighbours[node] where distance + variance < distances[other] {
                distances[other] = distance + variance
                heap.push(distances[other], other)
            }
        }
        return distances
    }

    private var neighbours: [[(Int, Double)]] {
        var result = [[(Int, Double)]](repeating: [], count: nodes)
        for edge in edges {
            result[edge.a].append((edge.b, edge.variance))
            result[edge.b].append((edge.a, edge.variance))
        }
        return result
    }
}

/// A binary heap of nodes, the nearest on top.
private struct DistanceHeap {
    private var entries: [(Double, Int)] = []

    mutating func push(_ distance: Double, _ node: Int) {
        entries.append((distance, node))
        var child = entries.count - 1
        while child > 0, entries[child] < entries[(child - 1) / 2] {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> (Double, Int)? {
        guard let top = entries.first else { return nil }
        let last = entries.removeLast()
        guard !entries.isEmpty else { return top }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && entries[child] < entries[least] { least = child }
            if least == parent { return top }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
