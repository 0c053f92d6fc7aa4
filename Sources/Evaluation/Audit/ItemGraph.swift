import Signals

/// Who was compared with whom, and who beat whom.
///
/// Ties join two items both ways. Sources: Hopcroft and Tarjan, "Efficient algorithms for graph manipulation"
/// (1973), for bridges; Tarjan, "Depth-first search and linear graph algorithms" (1972), for strong parts.
struct ItemGraph {
    /// The items that were compared, in the order of their codes.
    private(set) var members: [Int] = []
    /// The comparisons of each item.
    private(set) var games: [Int]
    /// The wins of each item, its ties included.
    private(set) var wins: [Int]
    /// The losses of each item, its ties included.
    private(set) var losses: [Int]

    private var neighbours: [[Int32]]
    private var beaten: [[Int32]]

    init(_ data: AuditData) {
        let count = data.log.items.count
        games = [Int](repeating: 0, count: count)
        wins = games
        losses = games
        neighbours = [[Int32]](repeating: [], count: count)
        beaten = neighbours
        let pairs = data.pairs
        var tally = [(a: Int, tie: Int, b: Int)](repeating: (0, 0, 0), count: pairs.pairs)
        var ends = [(UInt32, UInt32)](repeating: (0, 0), count: pairs.pairs)
        for row in 0..<pairs.count {
            let pair = Int(pairs.pair[row])
            ends[pair] = (pairs.a[row], pairs.b[row])
            switch pairs.answer[row] {
            case .first: tally[pair].a += 1
            case .second: tally[pair].b += 1
            case .tie: tally[pair].tie += 1
            }
        }
        for (pair, n) in tally.enumerated() { join(Int(ends[pair].0), Int(ends[pair].1), n.a, n.tie, n.b) }
        addLongRankings(data.log)
        addChoices(data.log)
        for item in neighbours.indices {
            neighbours[item] = Array(Set(neighbours[item])).sorted()
            beaten[item] = Array(Set(beaten[item])).sorted()
        }
        members = games.indices.filter { games[$0] > 0 }
    }

    /// Rankings too long to be read as pairs: each item against the next tier.
    private mutating func addLongRankings(_ log: FeedbackLog) {
        for row in 0..<log.rankings.count where log.rankings.context.weight[row] > 0 {
            let range = log.rankings.range(row)
            guard range.count > PairAnswers.longestRanking else { continue }
            for slot in range.dropFirst() {
                let (above, below) = (Int(log.rankings.items[slot - 1]), Int(log.rankings.items[slot]))
                let tied = log.rankings.tier[slot - 1] == log.rankings.tier[slot]
                if tied && log.rankings.tier[slot] < 0 { continue }
                join(above, below, tied ? 0 : 1, tied ? 1 : 0, 0)
            }
            guard let placed = range.last(where: { log.rankings.tier[$0] >= 0 }) else { continue }
            for slot in (placed + 1)..<max(placed + 1, range.upperBound) where slot > placed + 1 {
                join(Int(log.rankings.items[placed]), Int(log.rankings.items[slot]), 1, 0, 0)
            }
        }
    }

    private mutating func addChoices(_ log: FeedbackLog) {
        for row in 0..<log.choices.count where log.choices.context.weight[row] > 0 {
            let chosen = log.choices.chosen[row]
            for slot in log.choices.range(row) where slot != chosen {
                join(Int(log.choices.items[chosen]), Int(log.choices.items[slot]), 1, 0, 0)
            }
        }
    }

    private mutating func join(_ a: Int, _ b: Int, _ aWins: Int, _ ties: Int, _ bWins: Int) {
        games[a] += aWins + ties + bWins
        games[b] += aWins + ties + bWins
        wins[a] += aWins
        wins[b] += bWins
        losses[a] += bWins
        losses[b] += aWins
        if ties > 0 {
            for item in [a, b] {
                wins[item] += ties
                losses[item] += ties
            }
        }
        neighbours[a].append(Int32(b))
        neighbours[b].append(Int32(a))
        if aWins + ties > 0 { beaten[a].append(Int32(b)) }
        if bWins + ties > 0 { beaten[b].append(Int32(a)) }
    }

    /// The parts that were never compared with each other, the largest first.
    func parts() -> [[Int]] {
        var seen = [Bool](repeating: false, count: games.count)
        var result: [[Int]] = []
        for start in members where !seen[start] {
            var part = [start]
            seen[start] = true
            var next = 0
            while next < part.count {
                for other in neighbours[part[next]] where !seen[Int(other)] {
                    seen[Int(other)] = true
                    part.append(Int(other))
                }
                next += 1
            }
            result.append(part.sorted())
        }
        return result.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    }

    /// The groups in which every item can be reached from every other along wins, the largest first.
    func strongParts() -> [[Int]] {
        var index = [Int](repeating: -1, count: games.count)
        var low = index
        var onStack = [Bool](repeating: false, count: games.count)
        var stack: [Int] = []
        var path: [(item: Int, next: Int)] = []
        var counter = 0
        var result: [[Int]] = []
        for start in members where index[start] < 0 {
            path.append((start, 0))
            while let (item, next) = path.last {
                if next == 0 {
                    index[item] = counter
                    low[item] = counter
                    counter += 1
                    stack.append(item)
                    onStack[item] = true
                }
                if next < beaten[item].count {
                    path[path.count - 1].next += 1
                    let other = Int(beaten[item][next])
                    if index[other] < 0 {
                        path.append((other, 0))
                    } else if onStack[other] {
                        low[item] = min(low[item], index[other])
                    }
                    continue
                }
                path.removeLast()
                if let parent = path.last?.item { low[parent] = min(low[parent], low[item]) }
                guard low[item] == index[item] else { continue }
                var part: [Int] = []
                while let member = stack.popLast() {
                    onStack[member] = false
                    part.append(member)
                    if member == item { break }
                }
                result.append(part.sorted())
            }
        }
        return result.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    }

    /// The pairs whose comparisons alone hold two sides together.
    func bridges() -> [(Int, Int)] {
        var index = [Int](repeating: -1, count: games.count)
        var low = index
        var path: [(item: Int, parent: Int, next: Int)] = []
        var counter = 0
        var result: [(Int, Int)] = []
        for start in members where index[start] < 0 {
            path.append((start, -1, 0))
            while let (item, parent, next) = path.last {
                if next == 0 {
                    index[item] = counter
                    low[item] = counter
                    counter += 1
                }
                if next < neighbours[item].count {
                    path[path.count - 1].next += 1
                    let other = Int(neighbours[item][next])
                    if index[other] < 0 {
                        path.append((other, item, 0))
                    } else if other != parent {
                        low[item] = min(low[item], index[other])
                    }
                    continue
                }
                path.removeLast()
                guard parent >= 0 else { continue }
                low[parent] = min(low[parent], low[item])
                if low[item] > index[parent] { result.append((min(parent, item), max(parent, item))) }
            }
        }
        return result.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }
}
