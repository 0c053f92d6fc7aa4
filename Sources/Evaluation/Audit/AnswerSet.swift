import Signals

/// Answers of one kind to questions that several judges may have been asked.
struct AnswerSet {
    /// What kind of answers these are, for sentences: "comparisons", "labels", "scores for overall".
    var kind: String
    /// The scale that the values are on.
    var scale: KrippendorffAlpha.Scale
    /// Whether the values are -1, 0 and 1 for a pair in an arbitrary order, so that each answer also counts
    /// mirrored.
    var isMirrored = false
    /// The question of each answer, numbered from 0.
    var unit: [UInt32] = []
    /// The judge of each answer.
    var judge: [UInt32] = []
    /// The value of each answer.
    var value: [Double] = []
    /// The cluster of each question: its prompt where there is one.
    var cluster: [UInt32] = []

    /// The number of questions.
    var units: Int { cluster.count }

    /// The answers of each question, one for each judge, in the order of the judges' codes: what the judge said most
    /// often. A judge that contradicts itself evenly has no answer there, whichever came first.
    func grouped() -> Grouped { Grouped(self) }

    /// Answers sorted by question, then by judge.
    struct Grouped {
        /// Where each question's answers end in `rows`.
        private(set) var ends: [Int] = []
        /// Rows of the answer set.
        private(set) var rows: [Int32] = []

        init(_ set: AnswerSet) {
            let byJudge = Self.sorted(set.judge.indices.map { Int32($0) }, keys: set.judge)
            let order = Self.sorted(byJudge, keys: set.unit)
            rows.reserveCapacity(order.count)
            ends = [Int](repeating: 0, count: set.units)
            var start = 0
            while start < order.count {
                let (unit, judge) = (set.unit[Int(order[start])], set.judge[Int(order[start])])
                var end = start + 1
                while end < order.count, set.unit[Int(order[end])] == unit,
                    set.judge[Int(order[end])] == judge
                { end += 1 }
                if let row = Self.mostOften(order[start..<end], set.value) { rows.append(row) }
                ends[Int(unit)] = rows.count
                start = end
            }
            for unit in ends.indices.dropFirst() where ends[unit] == 0 { ends[unit] = ends[unit - 1] }
        }

        /// A row with the value that most of these have; `nil` where two values are equally frequent.
        private static func mostOften(_ rows: ArraySlice<Int32>, _ values: [Double]) -> Int32? {
            if rows.count == 1 { return rows.first }
            var counts: [Double: Int] = [:]
            for row in rows { counts[values[Int(row)], default: 0] += 1 }
            let most = counts.values.max() ?? 0
            let winners = counts.filter { $0.value == most }
            guard winners.count == 1, let value = winners.first?.key else { return nil }
            return rows.first { values[Int($0)] == value }
        }

        /// Where a question's answers stand in `rows`.
        func range(_ unit: Int) -> Range<Int> { (unit == 0 ? 0 : ends[unit - 1])..<ends[unit] }

        /// A stable sort by small keys, in linear time.
        private static func sorted(_ rows: [Int32], keys: [UInt32]) -> [Int32] {
            guard let largest = keys.max() else { return rows }
            var starts = [Int](repeating: 0, count: Int(largest) + 2)
            for row in rows { starts[Int(keys[Int(row)]) + 1] += 1 }
            for key in 1..<starts.count { starts[key] += starts[key - 1] }
            var result = rows
            for row in rows {
                let key = Int(keys[Int(row)])
                result[starts[key]] = row
                starts[key] += 1
            }
            return result
        }
    }
}

extension AnswerSet {
    /// Every set that a log holds, answers without a judge left out.
    static func all(_ log: FeedbackLog, _ pairs: PairAnswers, judges: Names) -> [AnswerSet] {
        [comparisons(pairs), labels(log), thumbs(log, judges)].compactMap { $0 } + ratings(log)
    }

    private static func comparisons(_ pairs: PairAnswers) -> AnswerSet? {
        var set = AnswerSet(kind: "comparisons", scale: .ordinal, isMirrored: true)
        set.cluster = [UInt32](repeating: 0, count: pairs.units)
        for row in 0..<pairs.count {
            let unit = pairs.unit[row]
            set.cluster[Int(unit)] = pairs.prompt[row] == Names.none ? unit : pairs.prompt[row]
            guard pairs.judge[row] != Names.none else { continue }
            set.unit.append(unit)
            set.judge.append(pairs.judge[row])
            set.value.append(Double(pairs.answer[row].rawValue) - 1)
        }
        return set.unit.isEmpty ? nil : set
    }

    private static func labels(_ log: FeedbackLog) -> AnswerSet? {
        var set = AnswerSet(kind: "labels", scale: .nominal)
        set.cluster = (0..<UInt32(log.tasks.count)).map { $0 }
        for row in 0..<log.labels.count where log.labels.context.weight[row] > 0 {
            guard log.labels.context.judge[row] != Names.none else { continue }
            set.unit.append(log.labels.task[row])
            set.judge.append(log.labels.context.judge[row])
            set.value.append(Double(log.labels.value[row]))
        }
        return set.unit.isEmpty ? nil : set
    }

    private static func thumbs(_ log: FeedbackLog, _ judges: Names) -> AnswerSet? {
        var set = AnswerSet(kind: "thumbs", scale: .nominal)
        var questions = Names()
        for event in log.others {
            guard case .thumb(let thumb) = event.feedback, let judge = event.judge, event.weight > 0 else {
                continue
            }
            guard let code = judges.code(of: judge) else { continue }
            let unit = questions.intern((event.prompt ?? "") + "\u{0}" + thumb.item)
            if Int(unit) == set.cluster.count { set.cluster.append(unit) }
            set.unit.append(unit)
            set.judge.append(code)
            set.value.append(thumb.up ? 1 : 0)
        }
        return set.unit.isEmpty ? nil : set
    }

    private static func ratings(_ log: FeedbackLog) -> [AnswerSet] {
        let table = log.ratings
        return (0..<UInt32(log.aspects.count)).compactMap { aspect in
            var set = AnswerSet(kind: "scores for \(log.aspects[aspect])", scale: .interval)
            var questions = CodeTable()
            for row in 0..<table.count where table.context.weight[row] > 0 {
                guard table.context.judge[row] != Names.none else { continue }
                for slot in table.range(row) where table.aspect[slot] == aspect {
                    let prompt = table.context.prompt[row]
                    let unit = questions.intern(prompt, table.item[row])
                    if Int(unit) == set.cluster.count {
                        set.cluster.append(prompt == Names.none ? unit : prompt)
                    }
                    set.unit.append(unit)
                    set.judge.append(table.context.judge[row])
                    set.value.append(table.score[slot])
                }
            }
            return set.unit.isEmpty ? nil : set
        }
    }
}
