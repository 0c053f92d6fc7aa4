import Signals

/// Counts what there is.
struct CountCheck {
    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        let log = data.log
        draft.section("counts", "What there is")
        guard !log.isEmpty else {
            draft.add(
                "counts.empty", .serious, "No feedback", "There is no feedback in this log.",
                advice: "Check that the right file was given.")
            return
        }
        let tables: [ContextColumns] = [
            log.comparisons.context, log.rankings.context, log.choices.context, log.ratings.context,
            log.labels.context,
        ]
        for table in tables where !table.judge.isEmpty {
            for row in 0..<table.count where table.judge[row] != Names.none {
                draft.judges[Int(table.judge[row])].answers += 1
            }
        }
        for event in log.others {
            if let judge = event.judge, let code = data.judges.code(of: judge) {
                draft.judges[Int(code)].answers += 1
            }
        }
        let kinds = log.counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
        let listed = kinds.map { Plain.count($0.value, $0.key.rawValue) }
        var about: [String] = []
        for (count, noun) in [
            (log.items.count, "item"), (data.judges.count, "judge"), (log.prompts.count, "prompt"),
            (log.tasks.count, "task"),
        ] where count > 0 { about.append(Plain.count(count, noun)) }
        draft.add(
            "counts", .ok, "What there is",
            "There are \(Plain.list(listed, most: 20))"
                + (about.isEmpty ? "." : ", with \(Plain.list(about, most: 9))."),
            evidence: [
                "events": Double(log.count), "items": Double(log.items.count),
                "judges": Double(data.judges.count),
                "prompts": Double(log.prompts.count), "tasks": Double(log.tasks.count),
                "classes": Double(log.classes.count),
            ])
        judges(data, &draft)
    }

    private func judges(_ data: AuditData, _ draft: inout AuditDraft) {
        if data.judges.isEmpty {
            draft.add(
                "judges.unnamed", .note, "No judges are named",
                "No event says who gave the answer, so judges cannot be told apart.",
                advice: "Record who answered: votes of one judge are alike, and intervals that treat them as "
                    + "independent are too narrow.")
        } else if data.judges.count == 1 {
            let name = data.judges[0]
            draft.add(
                "judges.one", .warning, "One judge only",
                "All answers come from one judge, \(name).",
                advice:
                    "Ask at least one other judge some of the same questions: what one judge likes cannot be "
                    + "told from what is better, and intervals cannot be clustered by judge.",
                evidence: ["judges": 1], judges: [name])
        }
    }
}
