import Kernels

/// How much of what beats what goes in circles, and a ranking all the same.
///
/// Made of the scores of each item over each other, whatever model they come from. It describes those scores; whether circles
/// are more than noise is for held-out comparisons to say.
///
/// ```swift
/// let report = CycleReport(try model.embedding(items).matrix)
/// print(report.cyclicShare, report.ranking)
/// ```
///
/// - Complexity: O(n³).
public struct CycleReport: Sendable, Hashable {
    /// Three items of which each beats the next, and the last the first.
    public struct Loop: Sendable, Hashable {
        /// The items, in the order in which they beat one another.
        public let items: [Int]
        /// The smallest of the three scores: how far each has to move for the circle to break.
        public let strength: Double
    }

    /// The number of triples.
    public let triads: Int
    /// How many of them go in a circle.
    public let cyclic: Int
    /// The strongest circles, at most ten.
    public let loops: [Loop]
    /// The mean score of each item over all others.
    public let standings: [Double]
    /// The items by their standings, the best first.
    public let ranking: [Int]
    /// The share of the scores' squares that differences of standings do not explain: 0 where a score for each item says it
    /// all, 1 where nothing but circles is left.
    public let residualShare: Double

    /// The share of triples that go in a circle; 0 without triples.
    public var cyclicShare: Double { triads == 0 ? 0 : Double(cyclic) / Double(triads) }

    /// Looks at scores, the row's item over the column's; they have to be skew-symmetric.
    public init(_ scores: Matrix) {
        precondition(scores.rows == scores.columns, "scores are of each item against each")
        let (n, s) = (scores.rows, scores.values)
        var (triads, cyclic): (Int, Int) = (0, 0)
        var loops: [Loop] = []
        for a in 0..<n {
            for b in (a + 1)..<max(n, a + 1) {
                let ab = s[a * n + b]
                for c in (b + 1)..<max(n, b + 1) {
                    triads += 1
                    let (bc, ca) = (s[b * n + c], s[c * n + a])
                    let forward = min(ab, bc, ca)
                    let backward = -max(ab, bc, ca)
                    let strength = max(forward, backward)
                    guard strength > 0 else { continue }
                    cyclic += 1
                    if loops.count == 10, strength <= loops[9].strength { continue }
                    let loop = Loop(items: forward > 0 ? [a, b, c] : [a, c, b], strength: strength)
                    let place = loops.firstIndex { $0.strength < strength } ?? loops.count
                    loops.insert(loop, at: place)
                    if loops.count > 10 { loops.removeLast() }
                }
            }
        }
        self.triads = triads
        self.cyclic = cyclic
        self.loops = loops
        // Least squares of sᵢⱼ on rᵢ − rⱼ over all pairs has r = the row means, diagonal included.
        let means = (0..<n).map { row in s[row * n..<(row + 1) * n].reduce(0, +) / Double(max(1, n)) }
        standings = means.map { n > 1 ? $0 * Double(n) / Double(n - 1) : 0 }
        ranking = (0..<n).sorted { means[$0] != means[$1] ? means[$0] > means[$1] : $0 < $1 }
        var (left, all) = (0.0, 0.0)
        for a in 0..<n {
            for b in 0..<n {
                let gap = s[a * n + b] - (means[a] - means[b])
                left += gap * gap
                all += s[a * n + b] * s[a * n + b]
            }
        }
        residualShare = all > 0 ? left / all : 0
    }
}
