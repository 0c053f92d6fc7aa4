import Kernels
import Signals

/// The independent units of the data: which rows of which block stand or fall together.
struct Clusters: Sendable {
    /// What the rows were clustered by; `nil` where each observation is a unit of its own.
    var by: IntervalOptions.Cluster
    /// The number of units.
    var count: Int
    /// For each block, where each unit's rows begin in `rows`; `count + 1` values. Empty where every pattern's
    /// weight can be used as it stands (independent rows of weight one each).
    var starts: [[Int]]
    /// For each block, the rows in the order of their units.
    var rows: [[UInt32]]
    /// What a reader must know about the choice.
    var note: String?

    /// Whether single observations are the units and patterns need no rows.
    var isPlain: Bool { starts.isEmpty }

    /// - Parameter perObservation: whether rows are needed even without clusters (for the bootstrap).
    init(
        _ blocks: [any LikelihoodBlock], wanted: IntervalOptions.Cluster, log: FeedbackLog,
        perObservation: Bool
    ) {
        let all = blocks.map(\.rows)
        func distinct(_ codes: (ObservationRows) -> [UInt32], limit: Int) -> Int {
            var seen = [Bool](repeating: false, count: limit)
            var count = 0
            for rows in all {
                for code in codes(rows) where code != Names.none && !seen[Int(code)] {
                    seen[Int(code)] = true
                    count += 1
                }
            }
            return count
        }
        // Rows that were not kept name nobody; the log still knows how many judges there are.
        let kept = all.contains { !$0.judge.isEmpty }
        let judges = kept ? distinct(\.judge, limit: log.judges.count) : log.judges.count
        let prompts = distinct(\.prompt, limit: log.prompts.count)
        var by = wanted
        if wanted == .automatic {
            by = judges >= 5 ? .judge : prompts >= 20 ? .prompt : .none
            if judges == 1 {
                note =
                    "All answers come from one judge: the intervals say how well this judge's taste is known, "
                    + "not how others would answer."
            } else if judges > 1, judges < 5 {
                note =
                    "Only \(judges) judges are named, too few to tell how judges differ: the intervals describe "
                    + "these judges, not judges in general."
            }
        } else if wanted == .judge, judges < 2 {
            by = .none
            note =
                "Intervals clustered by judge need at least two judges; there "
                + (judges == 1 ? "is one" : "is none") + ", so observations are taken as independent."
        } else if wanted == .prompt, prompts < 2 {
            by = .none
            note =
                "Intervals clustered by prompt need at least two prompts, so observations are taken as independent."
        }
        self.by = by
        let spread = all.contains { !$0.occasion.isEmpty }
        if by == .none, !spread, !perObservation {
            count = 0
            starts = []
            rows = []
            count = Int(blocks.reduce(0.0) { $0 + $1.weights.reduce(0, +) })
            return
        }
        // Number the units over all blocks: named ones by their names' bytes, then one for each row without a name.
        // Rows are taken in the order of their patterns, so that the order of lines changes neither the units nor the
        // sums over them.
        var next = 0
        var unitOfCode: [Int] = []
        if by != .none {
            let names = by == .judge ? log.judges : log.prompts
            var present = [Bool](repeating: false, count: names.count)
            for block in all {
                for code in by == .judge ? block.judge : block.prompt where code != Names.none {
                    present[Int(code)] = true
                }
            }
            unitOfCode = [Int](repeating: -1, count: names.count)
            for code in names.sortedCodes where present[Int(code)] {
                unitOfCode[Int(code)] = next
                next += 1
            }
        }
        let orders = all.map { Self.canonicalOrder($0) }
        var units: [[Int]] = []
        for (block, order) in zip(all, orders) {
            let codes = by == .judge ? block.judge : by == .prompt ? block.prompt : []
            var unit = [Int](repeating: 0, count: block.count)
            var lastOccasion = UInt32.max, lastUnit = -1
            for row in order {
                let code = codes.isEmpty ? Names.none : codes[row]
                if code != Names.none {
                    unit[row] = unitOfCode[Int(code)]
                } else if !block.occasion.isEmpty, block.occasion[row] == lastOccasion, lastUnit >= 0 {
                    unit[row] = lastUnit
                } else {
                    unit[row] = next
                    next += 1
                }
                if !block.occasion.isEmpty { lastOccasion = block.occasion[row] }
                lastUnit = unit[row]
            }
            units.append(unit)
        }
        count = next
        starts = []
        rows = []
        for (unit, order) in zip(units, orders) {
            var start = [Int](repeating: 0, count: next + 1)
            for u in unit { start[u + 1] += 1 }
            for u in 0..<next { start[u + 1] += start[u] }
            var place = start
            var sorted = [UInt32](repeating: 0, count: unit.count)
            for row in order {
                sorted[place[unit[row]]] = UInt32(row)
                place[unit[row]] += 1
            }
            starts.append(start)
            rows.append(sorted)
        }
    }

    /// The rows by pattern, then by weight; rows that belong together stay in their order.
    private static func canonicalOrder(_ rows: ObservationRows) -> [Int] {
        if !rows.occasion.isEmpty { return Array(0..<rows.count) }
        var starts = [Int](repeating: 0, count: Int(rows.pattern.max() ?? 0) + 2)
        for pattern in rows.pattern { starts[Int(pattern) + 1] += 1 }
        for pattern in 1..<starts.count { starts[pattern] += starts[pattern - 1] }
        var place = starts
        var order = [Int](repeating: 0, count: rows.count)
        for row in 0..<rows.count {
            order[place[Int(rows.pattern[row])]] = row
            place[Int(rows.pattern[row])] += 1
        }
        if !rows.weight.isEmpty {
            for pattern in 0..<(starts.count - 1) {
                order[starts[pattern]..<starts[pattern + 1]].sort { rows.weight[$0] < rows.weight[$1] }
            }
        }
        return order
    }
}
