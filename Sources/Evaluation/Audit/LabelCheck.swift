import Signals

/// Fits a Dawid–Skene model to crowd labels and says what each worker's confusion matrix looks like.
struct LabelCheck {
    /// The most confusion cells, workers · classes², that are fitted.
    static let mostCells = 4_000_000

    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        let table = data.log.labels
        draft.section("labels", "What a model of the labels says of each judge")
        let rows = (0..<table.count).filter {
            table.context.judge[$0] != Names.none && table.context.weight[$0] > 0
        }
        let classes = data.log.classes.count
        guard !rows.isEmpty, classes > 1, data.judges.count * classes * classes <= Self.mostCells else {
            let reason =
                rows.isEmpty
                ? "There are no labels by named judges."
                : classes < 2
                    ? "There is one class only." : "There are too many judges and classes for a model."
            draft.section("labels.model", "A model of the labels", absent: reason)
            return
        }
        gold(rows, data, &draft)
        do {
            let votes = try LabelVotes(
                workerCount: data.judges.count, taskCount: data.log.tasks.count, classCount: classes,
                worker: rows.map { table.context.judge[$0] }, task: rows.map { table.task[$0] },
                label: rows.map { table.value[$0] }, weights: rows.map { table.context.weight[$0] })
            report(try DawidSkene().fit(votes), data, &draft)
        } catch {
            draft.section("labels.model", "A model of the labels", absent: "It could not be fitted: \(error)")
        }
    }

    private func report(_ fit: LabelConsensus, _ data: AuditData, _ draft: inout AuditDraft) {
        let sure = fit.certificate.converged && fit.certificate.identified
        draft.add(
            "labels.model", sure ? .ok : .note, "A model of the labels",
            sure
                ? "A Dawid–Skene model takes \(Plain.percent(fit.noise)) of the labels for wrong."
                : "A Dawid–Skene model of the labels cannot be trusted"
                    + (fit.certificate.converged
                        ? ": " + fit.certificate.reasons.joined(separator: " ") : ": it did not converge."),
            advice: sure ? "" : "Have more judges label the same tasks.", evidence: ["noise": fit.noise])
        guard sure else { return }
        var found: [(judge: Int, text: String)] = []
        for (judge, worker) in fit.workers.enumerated()
        where worker.votes >= Double(data.settings.minimumAnswers) {
            let name = data.judges[UInt32(judge)]
            let labels = "\(Plain.number(Int(worker.votes))) labels"
            switch worker.kind {
            case .constant:
                found.append((judge, "Judge \(name) gives the same label whatever the task (\(labels))."))
            case .random:
                found.append((judge, "The \(labels) of judge \(name) have nothing to do with the task."))
            case .reversed:
                found.append((judge, "The \(labels) of judge \(name) go against the right class."))
            case .sharp, .lazy, .unknown: continue
            }
        }
        let names = found.map { data.judges[UInt32($0.judge)] }
        draft.add(
            "labels.judges", found.isEmpty ? .ok : .warning, "Judges whose labels tell nothing",
            found.isEmpty
                ? "By the model, no judge's labels are constant, random or reversed."
                : Plain.sentences(found.map(\.text), rest: "judge"),
            advice: found.isEmpty
                ? ""
                : "Aggregate with a model of the judges, which gives such labels no weight, and don't "
                    + "count votes.",
            evidence: ["judges": Double(found.count)], judges: names)
    }

    /// Test questions with a known answer, where there are any.
    private func gold(_ rows: [Int], _ data: AuditData, _ draft: inout AuditDraft) {
        let table = data.log.labels
        let known = rows.filter { table.gold[$0] != Names.none }
        guard !known.isEmpty else { return }
        let right = known.count { table.gold[$0] == table.value[$0] }
        let share = Double(right) / Double(known.count)
        draft.add(
            "labels.gold", .ok, "Test questions",
            "\(Plain.percent(share)) of \(Plain.count(known.count, "label")) on test questions are right.",
            evidence: ["share": share, "labels": Double(known.count), "right": Double(right)])
    }
}
