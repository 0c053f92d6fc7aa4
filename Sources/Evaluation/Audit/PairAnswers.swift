import Signals

/// All answers about two items, from comparisons and from the pairs of short rankings, each pair in one
/// order.
struct PairAnswers {
    /// What was said of a pair whose items are put in the order of their codes.
    enum Answer: UInt8 { case first, tie, second }

    /// The longest ranking that is read as pairs.
    static let longestRanking = 12

    /// The item with the smaller code.
    private(set) var a: [UInt32] = []
    /// The item with the larger code.
    private(set) var b: [UInt32] = []
    /// What was said.
    private(set) var answer: [Answer] = []
    /// The judge, or `Names.none`.
    private(set) var judge: [UInt32] = []
    /// The prompt, or `Names.none`.
    private(set) var prompt: [UInt32] = []
    /// The number of the pair.
    private(set) var pair: [UInt32] = []
    /// The number of the pair under its prompt: the question that was asked.
    private(set) var unit: [UInt32] = []
    /// Whether item `a` had the place that may be favoured; `nil` where places are not known.
    private(set) var aFirst: [Bool?] = []
    /// The row of the comparison, or -1 for a pair of a ranking.
    private(set) var row: [Int32] = []
    /// The number of different pairs.
    private(set) var pairs = 0
    /// The number of different questions.
    private(set) var units = 0
    /// Whether the log says which item was shown or played first.
    private(set) var positionsKnown = false
    /// Whether every decided comparison has its winner on the left, so that sides mean nothing.
    private(set) var winnerFirst = false
    /// Whether at least a fifth of the comparisons are of pairs that stood both ways, so that "left" is a
    /// habit and not an item.
    private(set) var sidesVary = false
    /// Whether any answer names its prompt.
    private(set) var hasPrompts = false

    var count: Int { a.count }

    init(_ log: FeedbackLog) {
        let table = log.comparisons
        var left = 0
        var decided = 0
        for outcome in table.outcome where outcome == .left || outcome == .right {
            decided += 1
            if outcome == .left { left += 1 }
        }
        let marked = !table.first.isEmpty
        winnerFirst = !marked && decided >= 20 && (left == decided || left == 0)
        positionsKnown = decided > 0 && !winnerFirst
        a.reserveCapacity(table.count)
        b.reserveCapacity(table.count)
        var pairTable = CodeTable(capacity: min(table.count, 1 << 16))
        var unitTable = CodeTable(capacity: min(table.count, 1 << 20))
        for index in 0..<table.count where table.outcome[index] != .skip && table.context.weight[index] > 0 {
            let (x, y) = (table.left[index], table.right[index])
            let swapped = x > y
            let said: Answer =
                switch table.outcome[index] {
                case .left: swapped ? .second : .first
                case .right: swapped ? .first : .second
                default: .tie
                }
            let side: Side? = marked ? table.first[index] : (positionsKnown ? .left : nil)
            append(
                x, y, said, table.context.judge[index], table.context.prompt[index],
                side.map { ($0 == .left) != swapped }, Int32(index), &pairTable, &unitTable)
        }
        countSides(log, pairTable.count)
        let rankings = log.rankings
        for index in 0..<rankings.count where rankings.context.weight[index] > 0 {
            let range = rankings.range(index)
            guard range.count <= Self.longestRanking else { continue }
            for i in range {
                for j in (i + 1)..<max(i + 1, range.upperBound) {
                    let (high, low) = (rankings.tier[i], rankings.tier[j])
                    if high < 0 && low < 0 { continue }
                    let (x, y) = (rankings.items[i], rankings.items[j])
                    let said: Answer = high == low ? .tie : (x > y ? .second : .first)
                    append(
                        x, y, said, rankings.context.judge[index], rankings.context.prompt[index], nil, -1,
                        &pairTable, &unitTable)
                }
            }
        }
        pairs = pairTable.count
        units = unitTable.count
    }

    private mutating func countSides(_ log: FeedbackLog, _ pairs: Int) {
        var sides = [(same: Int, swapped: Int)](repeating: (0, 0), count: pairs)
        for (index, source) in row.enumerated() {
            if log.comparisons.left[Int(source)] == a[index] {
                sides[Int(pair[index])].same += 1
            } else {
                sides[Int(pair[index])].swapped += 1
            }
        }
        let both = sides.reduce(0) { $0 + ($1.same > 0 && $1.swapped > 0 ? $1.same + $1.swapped : 0) }
        sidesVary = !winnerFirst && both > 0 && 5 * both >= row.count
    }

    private mutating func append(
        _ x: UInt32, _ y: UInt32, _ said: Answer, _ judge: UInt32, _ prompt: UInt32, _ aFirst: Bool?,
        _ row: Int32,
        _ pairTable: inout CodeTable, _ unitTable: inout CodeTable
    ) {
        let code = pairTable.intern(min(x, y), max(x, y))
        a.append(min(x, y))
        b.append(max(x, y))
        answer.append(said)
        self.judge.append(judge)
        self.prompt.append(prompt)
        if prompt != Names.none { hasPrompts = true }
        pair.append(code)
        unit.append(unitTable.intern(prompt, code))
        self.aFirst.append(aFirst)
        self.row.append(row)
    }
}
