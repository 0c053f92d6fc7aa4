import Kernels

/// Gathers judges round lines through the origin: a judge and one who reverses every answer lie on the same
/// line.
///
/// Maximises Σ_v (c_v · u_{g(v)})² over unit vectors u by turns, from seeded starts (Bradley and Mangasarian,
/// "k-plane clustering", 2000). Short vectors weigh little, so that judges of whom little is known decide
/// nothing.
struct TasteLines {
    /// The line of each judge.
    private(set) var label: [Int]
    private var lines: [[Double]]
    private let points: [[Double]]
    private var spread: [Double]

    private static let starts = 12

    init(_ coordinates: [[Double]], groups: Int, seed: UInt64) {
        let dimensions = min(groups + 1, coordinates.first?.count ?? 0)
        points = coordinates.map { Array($0.prefix(dimensions)) }
        label = [Int](repeating: 0, count: points.count)
        lines = []
        spread = []
        let root = CounterRandom(seed: seed, stream: 0x6C69_6E65 + UInt64(groups))
        var best = -Double.infinity
        for start in 0..<(groups == 1 ? 1 : Self.starts) {
            var random = root.split(UInt64(start))
            var lines = Self.seeds(points, groups, &random)
            var labels = Self.assign(points, lines)
            for _ in 0..<50 {
                lines = Self.directions(points, labels, lines)
                let next = Self.assign(points, lines)
                if next == labels { break }
                labels = next
            }
            let value = points.indices.reduce(0) { $0 + Self.square(points[$1], lines[labels[$1]]) }
            if value > best {
                best = value
                label = labels
                self.lines = lines
            }
        }
        spread = lines.indices.map { line in
            let members = points.indices.filter { label[$0] == line }
            let sum = members.reduce(0) { $0 + Self.square(points[$1], lines[line]) }
            return members.isEmpty || sum == 0 ? 1 : (sum / Double(members.count)).squareRoot()
        }
    }

    /// How far along a line a judge lies, against the typical member.
    func position(_ judge: Int, _ line: Int) -> Double {
        let along = zip(points[judge], lines[line]).reduce(0) { $0 + $1.0 * $1.1 } / spread[line]
        return max(-2, min(2, along))
    }

    private static func square(_ a: [Double], _ b: [Double]) -> Double {
        let dot = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        return dot * dot
    }

    /// Directions of judges that are far from the lines taken before.
    private static func seeds(_ points: [[Double]], _ groups: Int, _ random: inout CounterRandom)
        -> [[Double]]
    {
        var lines: [[Double]] = []
        for _ in 0..<groups {
            let weights = points.map { point -> Double in
                let length = point.reduce(0) { $0 + $1 * $1 }
                return max(0, length - (lines.map { square(point, $0) }.max() ?? 0))
            }
            let total = weights.reduce(0, +)
            let chosen = total > 0 ? random.categorical(weights: weights) : 0
            let length = points[chosen].reduce(0) { $0 + $1 * $1 }.squareRoot()
            lines.append(points[chosen].map { length > 0 ? $0 / length : 0 })
        }
        return lines
    }

    private static func assign(_ points: [[Double]], _ lines: [[Double]]) -> [Int] {
        points.map { point in
            var best = 0
            var value = -1.0
            for line in lines.indices {
                let next = square(point, lines[line])
                if next > value {
                    value = next
                    best = line
                }
            }
            return best
        }
    }

    private static func directions(_ points: [[Double]], _ labels: [Int], _ old: [[Double]]) -> [[Double]] {
        let d = points.first?.count ?? 0
        return old.indices.map { line in
            var scatter = Matrix(rows: d, columns: d)
            var any = false
            for (point, label) in zip(points, labels) where label == line {
                any = true
                for i in 0..<d { for j in 0..<d { scatter[i, j] += point[i] * point[j] } }
            }
            guard any, d > 0, let eigen = SymmetricEigen(scatter) else { return old[line] }
            return eigen.vectors.column(d - 1)
        }
    }
}
