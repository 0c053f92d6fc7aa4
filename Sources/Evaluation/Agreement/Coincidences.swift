/// The coincidence matrix of each cluster of units, stored sparsely so that clusters can be weighted.
struct Coincidences: Sendable {
    /// One cell of a cluster's matrix: two different values, in this order, and how often they coincide.
    private struct Cell {
        var low: Int32
        var high: Int32
        var count: Double
    }

    /// The number of clusters that have a pairable unit.
    private(set) var clusters = 0
    /// The number of units with at least two values.
    private(set) var units = 0
    /// The number of values in those units.
    private(set) var answers = 0

    private var values: [Double] = []
    private var cells: [Cell] = []
    private var cellEnds: [Int] = []
    private var totals: [(value: Int32, count: Double)] = []
    private var totalEnds: [Int] = []

    init(_ table: ReliabilityUnits, _ groups: Clusters) {
        let order = (0..<table.count).filter { table.range($0).count > 1 }.sorted { groups[$0] < groups[$1] }
        units = order.count
        values = Set(order.flatMap { table.values[table.range($0)] }).sorted()
        let codes = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, Int32($0)) })
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count && groups[order[end]] == groups[order[start]] { end += 1 }
            add(order[start..<end], table, codes)
            start = end
        }
    }

    private mutating func add(_ members: ArraySlice<Int>, _ table: ReliabilityUnits, _ codes: [Double: Int32])
    {
        var matrix: [Int64: Double] = [:]
        var sums: [Int32: Double] = [:]
        var counts: [(value: Int32, count: Double)] = []
        for unit in members {
            let sorted = table.values[table.range(unit)].map { codes[$0]! }.sorted()
            answers += sorted.count
            counts.removeAll(keepingCapacity: true)
            for code in sorted {
                if counts.last?.value == code {
                    counts[counts.count - 1].count += 1
                } else {
                    counts.append((code, 1))
                }
            }
            let share = 1 / Double(sorted.count - 1)
            for (index, a) in counts.enumerated() {
                sums[a.value, default: 0] += a.count
                for b in counts[(index + 1)...] {
                    matrix[Int64(a.value) << 32 | Int64(b.value), default: 0] += a.count * b.count * share
                }
            }
        }
        for (key, count) in matrix.sorted(by: { $0.key < $1.key }) {
            cells.append(Cell(low: Int32(key >> 32), high: Int32(truncatingIfNeeded: key), count: count))
        }
        for (value, count) in sums.sorted(by: { $0.key < $1.key }) { totals.append((value, count)) }
        cellEnds.append(cells.count)
        totalEnds.append(totals.count)
        clusters += 1
    }

    /// Dₒ and Dₑ under cluster weights, or `nil` where nothing is paired.
    func disagreement(
        _ scale: KrippendorffAlpha.Scale, _ weights: [Double]
    ) -> (observed: Double, expected: Double)? {
        var marginals = [Double](repeating: 0, count: values.count)
        var start = 0
        for cluster in 0..<clusters {
            let weight = weights[cluster]
            if weight != 0 {
                for place in start..<totalEnds[cluster] {
                    marginals[Int(totals[place].value)] += weight * totals[place].count
                }
            }
            start = totalEnds[cluster]
        }
        let n = marginals.reduce(0, +)
        guard n > 1 else { return nil }
        let scores = scale == .ordinal ? Self.midRanks(marginals) : values
        var observed = 0.0
        start = 0
        for cluster in 0..<clusters {
            let weight = weights[cluster]
            if weight != 0 {
                var sum = 0.0
                for place in start..<cellEnds[cluster] {
                    let cell = cells[place]
                    sum += cell.count * Self.metric(scale, scores[Int(cell.low)], scores[Int(cell.high)])
                }
                observed += weight * sum
            }
            start = cellEnds[cluster]
        }
        let expected = Self.expected(scale, marginals, scores)
        return (2 * observed / n, expected / (n * (n - 1)))
    }

    private static func metric(_ scale: KrippendorffAlpha.Scale, _ a: Double, _ b: Double) -> Double {
        switch scale {
        case .nominal: return a == b ? 0 : 1
        case .ordinal, .interval: return (a - b) * (a - b)
        case .ratio:
            let ratio = a + b == 0 ? 0 : (a - b) / (a + b)
            return ratio * ratio
        }
    }

    /// The middle rank of each value: differences between them are Krippendorff's ordinal δ.
    private static func midRanks(_ marginals: [Double]) -> [Double] {
        var below = 0.0
        return marginals.map { count in
            defer { below += count }
            return below + count / 2
        }
    }

    /// Σ over ordered pairs of n꜀ nₖ δ²꜀ₖ.
    private static func expected(
        _ scale: KrippendorffAlpha.Scale, _ marginals: [Double], _ scores: [Double]
    ) -> Double {
        let n = marginals.reduce(0, +)
        switch scale {
        case .nominal:
            return marginals.reduce(0) { $0 + $1 * (n - $1) }
        case .ordinal, .interval:
            var mean = 0.0
            for (count, score) in zip(marginals, scores) { mean += count / n * score }
            var squares = 0.0
            for (count, score) in zip(marginals, scores) {
                squares += count * (score - mean) * (score - mean)
            }
            return 2 * n * squares
        case .ratio:
            var sum = 0.0
            for a in marginals.indices where marginals[a] > 0 {
                for b in (a + 1)..<max(a + 1, marginals.count) where marginals[b] > 0 {
                    sum += 2 * marginals[a] * marginals[b] * metric(.ratio, scores[a], scores[b])
                }
            }
            return sum
        }
    }
}
