import Signals

/// What the parts of an audit share, made once.
struct AuditData {
    let log: FeedbackLog
    let settings: Audit
    /// The judges of all events: those of the log's tables first, with the same codes.
    let judges: Names
    /// All answers about pairs of items.
    let pairs: PairAnswers
    /// The answers that judges can agree on, by kind.
    let sets: [AnswerSet]

    init(_ log: FeedbackLog, _ settings: Audit) {
        self.log = log
        self.settings = settings
        var judges = log.judges
        for event in log.others {
            if let judge = event.judge { judges.intern(judge) }
        }
        self.judges = judges
        pairs = PairAnswers(log)
        sets = AnswerSet.all(log, pairs, judges: judges)
    }

    /// Clusters for intervals about comparisons: judges where there are five or more, otherwise prompts where
    /// there are twenty or more, otherwise single answers.
    func clustering(_ rows: [Int]) -> (codes: [Int], count: Int, name: String) {
        for (column, least, name) in [(pairs.judge, 5, "judge"), (pairs.prompt, 20, "prompt")] {
            var table = CodeTable()
            let codes = rows.map { row in Int(table.intern(UInt64(column[row]))) }
            let named = rows.count { column[$0] != Names.none }
            if table.count >= least, 2 * named >= rows.count { return (codes, table.count, name) }
        }
        return (Array(rows.indices), rows.count, "answer")
    }
}
