import Heed

/// The tables of `heed train`.
enum TrainTable {
    /// One model: everything, its groups, judges that are new to it.
    static func one(_ report: HeldOutReport) -> TextTable {
        var table = TextTable(columns: [
            TextTable.Column("held out"), .number("comparisons"), .number("accuracy"),
            TextTable.Column("95%"),
            .number("log loss"), .number("calibration error"),
        ])
        for part in [report.all] + report.groups + (report.newJudges.map { [$0] } ?? []) {
            table.rows.append([
                .text(part.name == "all" ? "all" : part.name), .count(Double(part.count)),
                .percent(part.accuracy, 1), .text(interval(part.accuracyInterval)), .number(part.logLoss, 3),
                .number(part.calibrationError, 3),
            ])
        }
        return table
    }

    /// Methods beside each other, the best first, each with how much better it is than the last column's method.
    static func many(
        _ outcomes: [TrainingRun.Outcome], over baseline: TrainingRun.Outcome, _ run: TrainingRun
    )
        -> TextTable
    {
        var table = TextTable(columns: [
            TextTable.Column("method"), .number("accuracy"), TextTable.Column("95%"), .number("log loss"),
            .number("calibration error", importance: 3), .number("worst group", importance: 4),
            TextTable.Column("log loss over \(baseline.kind.id)", importance: 6),
            .number("seconds", importance: 2),
        ])
        for outcome in outcomes {
            let all = outcome.report.all
            let gain = ReportDifference(
                outcome.report, over: baseline.report, data: run.split.test, units: run.split.testUnits,
                seed: run.seed)
            table.rows.append([
                .text(outcome.kind.id), .percent(all.accuracy, 1), .text(interval(all.accuracyInterval)),
                .number(all.logLoss, 3), .number(all.calibrationError, 3),
                outcome.report.worst.map { .percent($0.accuracy, 1) } ?? .text(""),
                outcome.kind.id == baseline.kind.id
                    ? .text("") : .text(difference(gain.logLoss, gain.logLossInterval)),
                .number(outcome.seconds, 1),
            ])
        }
        return table
    }

    static func interval(_ range: ClosedRange<Double>?) -> String {
        guard let range else { return "" }
        return
            "\(NumberText.fixed(100 * range.lowerBound, 1))–\(NumberText.fixed(100 * range.upperBound, 1))%"
    }

    private static func difference(_ value: Double, _ range: ClosedRange<Double>?) -> String {
        func signed(_ x: Double) -> String { (x > 0 ? "+" : "") + NumberText.fixed(x, 3) }
        guard let range else { return signed(value) }
        return "\(signed(value)) (\(signed(range.lowerBound)) to \(signed(range.upperBound)))"
    }
}
