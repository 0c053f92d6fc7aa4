import Signals

/// Comparisons gathered into terms: equal pairs with the same place and covariates become one.
///
/// A term is (i, j, home, z) with i < j; its three patterns are left wins, tie, right wins. Parameter numbers
/// follow the names' bytes, so that neither the order of lines nor that of first appearance matters.
struct PairTerms: Sendable {
    /// The item parameters of each term, left below right.
    var left: [UInt32] = []
    var right: [UInt32] = []
    /// 1 where the left item has the advantage of place, −1 where the right has it, 0 for neither.
    var home: [Int8] = []
    /// Covariates, left minus right, `covariateCount` for each term; empty without covariates.
    var covariates: [Double] = []
    var covariateCount = 0
    /// The weight of left, tie and right for each term.
    var weights: [Double] = []
    /// The observations, where they were asked for. A row's pattern is 3 · term + outcome.
    var rows = ObservationRows()

    var count: Int { left.count }
}

/// Which items are in play, and their parameter numbers.
struct ItemIndex: Sendable {
    /// The names, in the order of the parameters.
    private(set) var names: [String] = []
    /// The parameter of each item code of the log; -1 for items that are not in play.
    private(set) var parameter: [Int32] = []

    /// Takes the items whose code is marked as used.
    init(_ log: FeedbackLog, used: [Bool]) {
        parameter = [Int32](repeating: -1, count: log.items.count)
        for code in log.items.sortedCodes where used[Int(code)] {
            parameter[Int(code)] = Int32(names.count)
            names.append(log.items[code])
        }
    }

    var count: Int { names.count }
}

/// Collects terms by key without an allocation for each row.
///
/// Small boards use a table of n² · 3 cells, large ones open addressing on the packed key.
private struct TermTable {
    private let items: Int
    private var cells: [Int32]
    private var table = KeyTable()
    private var used = 0
    private let direct: Bool

    init(items: Int) {
        self.items = items
        direct = items <= 1024
        cells = [Int32](repeating: -1, count: direct ? items * items * 3 : 0)
    }

    /// The term of a key, and whether it is new.
    @inline(__always)
    mutating func term(_ left: UInt32, _ right: UInt32, _ home: Int8) -> (term: Int, isNew: Bool) {
        if !direct {
            let found = table.number(UInt64(left) << 34 | UInt64(right) << 2 | UInt64(home + 1))
            return (found.number, found.isNew)
        }
        let cell = (Int(left) * items + Int(right)) * 3 + Int(home) + 1
        let known = cells[cell]
        if known >= 0 { return (Int(known), false) }
        cells[cell] = Int32(used)
        used += 1
        return (used - 1, true)
    }
}

extension PairTerms {
    /// What to take from a log's comparisons.
    struct Plan {
        var index: ItemIndex
        /// Whether the advantage of place is modelled; without it the place is ignored.
        var usesHome = false
        /// The covariates of each row, left minus right (`[row * count + k]`); empty without.
        var covariates: [Double] = []
        var covariateCount = 0
        /// The weight of each row; empty for the log's own.
        var weights: [Double] = []
        /// Whether the rows behind the terms are needed.
        var keepsRows = false
        /// Rows to use; empty for all.
        var included: [Bool] = []
    }

    init(_ log: FeedbackLog, plan: Plan) {
        if Self.isPlain(log, plan) {
            count(log, index: plan.index)
            return
        }
        let table = log.comparisons
        let n = plan.index.count
        var cells = TermTable(items: n)
        let plain = plan.covariateCount == 0
        covariateCount = plan.covariateCount
        let soft = !table.probability.isEmpty
        let hasWeight = !plan.weights.isEmpty || !table.context.weight.isEmpty
        let columns = RowColumns(
            judge: !table.context.judge.isEmpty, prompt: !table.context.prompt.isEmpty,
            weight: hasWeight || soft,
            soft: soft)
        let hasFirst = plan.usesHome && !table.first.isEmpty
        if plan.keepsRows {
            rows.pattern.reserveCapacity(table.count)
            if columns.judge { rows.judge.reserveCapacity(table.count) }
        }
        plan.index.parameter.withUnsafeBufferPointer { parameter in
            table.left.withUnsafeBufferPointer { lefts in
                table.right.withUnsafeBufferPointer { rights in
                    table.outcome.withUnsafeBufferPointer { outcomes in
                        for row in 0..<lefts.count {
                            if !plan.included.isEmpty, !plan.included[row] { continue }
                            let outcome = outcomes[row]
                            if outcome == .skip { continue }
                            let weight =
                                !hasWeight
                                ? 1 : plan.weights.isEmpty ? table.context.weight[row] : plan.weights[row]
                            if weight <= 0 { continue }
                            var a = parameter[Int(lefts[row])], b = parameter[Int(rights[row])]
                            if a < 0 || b < 0 { continue }
                            let flipped = a > b
                            if flipped { swap(&a, &b) }
                            var place: Int8 = 0
                            if hasFirst, let first = table.first[row] {
                                place = (first == .left) != flipped ? 1 : -1
                            }
                            let term: Int
                            if plain {
                                let found = cells.term(UInt32(a), UInt32(b), place)
                                term = found.term
                                if found.isNew { append(UInt32(a), UInt32(b), place) }
                            } else {
                                term = left.count
                                append(UInt32(a), UInt32(b), place)
                                for k in 0..<plan.covariateCount {
                                    let z = plan.covariates[row * plan.covariateCount + k]
                                    covariates.append(flipped ? -z : z)
                                }
                            }
                            let probability = soft ? table.probability[row] : .nan
                            if probability.isNaN {
                                let code: Int
                                switch outcome {
                                case .left: code = flipped ? LinkKind.right : LinkKind.left
                                case .right: code = flipped ? LinkKind.left : LinkKind.right
                                default: code = LinkKind.tie
                                }
                                weights[3 * term + code] += weight
                                if plan.keepsRows {
                                    keep(log, row, 3 * term + code, weight, of: weight, columns)
                                }
                            } else {
                                let p = flipped ? 1 - probability : probability
                                if p > 0 {
                                    weights[3 * term + LinkKind.left] += weight * p
                                    if plan.keepsRows {
                                        keep(
                                            log, row, 3 * term + LinkKind.left, weight * p, of: weight,
                                            columns)
                                    }
                                }
                                if p < 1 {
                                    weights[3 * term + LinkKind.right] += weight * (1 - p)
                                    if plan.keepsRows {
                                        keep(
                                            log, row, 3 * term + LinkKind.right, weight * (1 - p), of: weight,
                                            columns)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        if plain { sortTerms() }
    }

    /// Whether every row counts once and nothing but its items and its outcome matters.
    private static func isPlain(_ log: FeedbackLog, _ plan: Plan) -> Bool {
        let table = log.comparisons
        return !plan.keepsRows && plan.covariateCount == 0 && plan.weights.isEmpty && plan.included.isEmpty
            && table.context.weight.isEmpty && table.probability.isEmpty
            && !(plan.usesHome && !table.first.isEmpty)
            && log.items.count <= 1024
    }

    /// Counts plain comparisons in a table of all pairs and outcomes.
    private mutating func count(_ log: FeedbackLog, index: ItemIndex) {
        let codes = log.items.count
        let kinds = Comparison.Outcome.allCases.count
        var counts = [UInt32](repeating: 0, count: codes * codes * kinds)
        counts.withUnsafeMutableBufferPointer { counts in
            log.comparisons.left.withUnsafeBufferPointer { left in
                log.comparisons.right.withUnsafeBufferPointer { right in
                    log.comparisons.outcome.withUnsafeBufferPointer { outcome in
                        for row in left.indices {
                            let pair = Int(left[row]) * codes + Int(right[row])
                            counts[pair * kinds + Int(outcome[row].rawValue)] &+= 1
                        }
                    }
                }
            }
        }
        var code = [Int](repeating: 0, count: index.count)
        for (item, parameter) in index.parameter.enumerated() where parameter >= 0 {
            code[Int(parameter)] = item
        }
        for i in 0..<index.count {
            for j in (i + 1)..<max(i + 1, index.count) {
                let forth = (code[i] * codes + code[j]) * kinds, back = (code[j] * codes + code[i]) * kinds
                func count(_ outcome: Comparison.Outcome) -> Double {
                    Double(counts[forth + Int(outcome.rawValue)])
                        + Double(counts[back + Int(outcome.mirrored.rawValue)])
                }
                let won = count(.left), lost = count(.right), tied = count(.tie) + count(.bothBad)
                if won + lost + tied == 0 { continue }
                left.append(UInt32(i))
                right.append(UInt32(j))
                home.append(0)
                weights.append(won)
                weights.append(tied)
                weights.append(lost)
            }
        }
    }

    @inline(__always)
    private mutating func append(_ a: UInt32, _ b: UInt32, _ place: Int8) {
        left.append(a)
        right.append(b)
        home.append(place)
        weights.append(0)
        weights.append(0)
        weights.append(0)
    }

    /// The columns that rows need.
    private struct RowColumns {
        var judge: Bool
        var prompt: Bool
        var weight: Bool
        var soft: Bool
    }

    @inline(__always)
    private mutating func keep(
        _ log: FeedbackLog, _ row: Int, _ pattern: Int, _ weight: Double, of whole: Double,
        _ columns: RowColumns
    ) {
        rows.pattern.append(UInt32(pattern))
        if columns.weight { rows.weight.append(weight) }
        if columns.judge { rows.judge.append(log.comparisons.context.judge[row]) }
        if columns.prompt { rows.prompt.append(log.comparisons.context.prompt[row]) }
        if columns.soft {
            rows.occasion.append(UInt32(row))
            rows.frequency.append(whole)
        }
    }

    /// Puts the terms in the order of their keys, so that sums do not depend on the order of lines.
    private mutating func sortTerms() {
        let key = (0..<count).map { UInt64(left[$0]) << 34 | UInt64(right[$0]) << 2 | UInt64(home[$0] + 1) }
        let order = (0..<count).sorted { key[$0] < key[$1] }
        if order.enumerated().allSatisfy({ $0.offset == $0.element }) { return }
        var place = [UInt32](repeating: 0, count: count)
        for (new, old) in order.enumerated() { place[old] = UInt32(new) }
        left = order.map { left[$0] }
        right = order.map { right[$0] }
        home = order.map { home[$0] }
        var sorted = [Double](repeating: 0, count: weights.count)
        for (new, old) in order.enumerated() {
            for outcome in 0..<3 { sorted[3 * new + outcome] = weights[3 * old + outcome] }
        }
        weights = sorted
        rows.pattern.withUnsafeMutableBufferPointer { pattern in
            for row in pattern.indices {
                pattern[row] = 3 * place[Int(pattern[row] / 3)] + pattern[row] % 3
            }
        }
    }
}
