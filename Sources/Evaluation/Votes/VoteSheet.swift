import Signals

/// Every vote of a log in one shape: who answered which question how, when and in what time.
struct VoteSheet {
    /// The judges' names, those of the log first with the same codes.
    private(set) var judges: Names
    /// Who.
    private(set) var judge: [UInt32] = []
    /// Which question, from 0; -1 where there is none that others could have answered in the same way.
    private(set) var question: [Int32] = []
    /// What was answered: equal numbers for equal answers to the same question.
    private(set) var answer: [UInt32] = []
    /// When, in seconds since 1970-01-01 UTC; not a number where unknown.
    private(set) var time: [Double] = []
    /// For how many seconds the question was open, where that was measured; not a number elsewhere.
    private(set) var seconds: [Double] = []
    /// The item that the vote is for, or `Names.none`.
    private(set) var favoured: [UInt32] = []
    /// The items shown, end to end.
    private(set) var shown: [UInt32] = []
    /// Where each vote's items end in `shown`.
    private(set) var ends: [Int] = []
    /// The number of questions.
    private(set) var questions = 0

    /// The number of votes.
    var count: Int { judge.count }

    /// The items that a vote was shown.
    func items(_ row: Int) -> ArraySlice<UInt32> { shown[(row == 0 ? 0 : ends[row - 1])..<ends[row]] }

    init(_ log: FeedbackLog) {
        judges = log.judges
        var table = QuestionTable()
        comparisons(log, &table)
        choices(log, &table)
        ratings(log, &table)
        labels(log, &table)
        others(log, &table)
        questions = table.count
    }

    /// The rows of each judge in the order of their times, those without a time left out.
    func timedRows() -> [[Int]] {
        var rows = [[Int]](repeating: [], count: judges.count)
        for row in 0..<count where !time[row].isNaN { rows[Int(judge[row])].append(row) }
        for code in rows.indices where rows[code].count > 1 {
            rows[code].sort { (time[$0], $0) < (time[$1], $1) }
        }
        return rows
    }

    /// Gives questions their numbers.
    private struct QuestionTable {
        private var codes = CodeTable()
        private var wide: [[UInt32]: UInt32] = [:]
        var count = 0
        private var numbers: [UInt64: Int32] = [:]

        mutating func number(_ prompt: UInt32, _ a: UInt32, _ b: UInt32) -> Int32 {
            number(UInt64(codes.intern(prompt, codes.intern(min(a, b), max(a, b)))))
        }

        mutating func number(_ prompt: UInt32, _ items: [UInt32]) -> Int32 {
            let key = [prompt] + items.sorted()
            let code = wide[key] ?? UInt32(wide.count)
            wide[key] = code
            return number(1 << 40 | UInt64(code))
        }

        private mutating func number(_ key: UInt64) -> Int32 {
            if let known = numbers[key] { return known }
            let fresh = Int32(truncatingIfNeeded: numbers.count)
            numbers[key] = fresh
            count = numbers.count
            return fresh
        }
    }

    private mutating func append(
        _ context: ContextColumns, _ row: Int, question: Int32, answer: UInt32, favoured: UInt32,
        shown: some Sequence<UInt32>
    ) {
        guard context.judge[row] != Names.none, context.weight[row] > 0 else { return }
        append(
            context.judge[row], question, answer, context.time[row],
            context.features["seconds"]?[row] ?? .nan,
            favoured, shown)
    }

    private mutating func append(
        _ judge: UInt32, _ question: Int32, _ answer: UInt32, _ time: Double, _ seconds: Double,
        _ favoured: UInt32, _ shown: some Sequence<UInt32>
    ) {
        self.judge.append(judge)
        self.question.append(question)
        self.answer.append(answer)
        self.time.append(time)
        self.seconds.append(seconds >= 0 ? seconds : .nan)
        self.favoured.append(favoured)
        self.shown.append(contentsOf: shown)
        ends.append(self.shown.count)
    }

    private mutating func comparisons(_ log: FeedbackLog, _ table: inout QuestionTable) {
        let all = log.comparisons
        for row in 0..<all.count {
            let (left, right) = (all.left[row], all.right[row])
            let winner: UInt32 =
                switch all.outcome[row] {
                case .left: left
                case .right: right
                default: Names.none
                }
            let question =
                all.outcome[row] == .skip ? -1 : table.number(all.context.prompt[row], left, right)
            append(
                all.context, row, question: question, answer: winner, favoured: winner,
                shown: CollectionOfOne(left) + [right])
        }
    }

    private mutating func choices(_ log: FeedbackLog, _ table: inout QuestionTable) {
        let all = log.choices
        for row in 0..<all.count {
            let items = Array(all.items[all.range(row)])
            let chosen = all.items[all.chosen[row]]
            append(
                all.context, row, question: table.number(all.context.prompt[row], items), answer: chosen,
                favoured: chosen, shown: items)
        }
    }

    private mutating func ratings(_ log: FeedbackLog, _ table: inout QuestionTable) {
        let all = log.ratings
        var answers: [[UInt64]: UInt32] = [:]
        for row in 0..<all.count {
            let said = all.range(row).flatMap { [UInt64(all.aspect[$0]), all.score[$0].bitPattern] }
            let code = answers[said] ?? UInt32(answers.count)
            answers[said] = code
            append(
                all.context, row,
                question: table.number(all.context.prompt[row], all.item[row], all.item[row]),
                answer: code, favoured: Names.none, shown: CollectionOfOne(all.item[row]))
        }
    }

    private mutating func labels(_ log: FeedbackLog, _ table: inout QuestionTable) {
        let all = log.labels
        for row in 0..<all.count {
            append(
                all.context, row, question: table.number(Names.none, [all.task[row]]), answer: all.value[row],
                favoured: Names.none, shown: [])
        }
    }

    private mutating func others(_ log: FeedbackLog, _ table: inout QuestionTable) {
        var things = Names()
        for event in log.others {
            guard case .thumb(let thumb) = event.feedback, let name = event.judge, event.weight > 0 else {
                continue
            }
            let thing = things.intern((event.prompt ?? "") + "\u{0}" + thumb.item)
            append(
                judges.intern(name), table.number(Names.none - 1, [thing]), thumb.up ? 1 : 0,
                event.time ?? .nan, event.features["seconds"] ?? .nan, Names.none, [])
        }
    }
}
