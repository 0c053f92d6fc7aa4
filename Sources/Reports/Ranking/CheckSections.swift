import Preferences

extension RankingReport {
    /// The judges, where the model looks at them or a map is given.
    var judgeSection: ReportSection? {
        if fit.judges.isEmpty, judgeMap.isEmpty { return nil }
        var blocks: [ReportBlock] = []
        if !fit.judges.isEmpty {
            let odd = fit.judges.filter { [.random, .reversed, .lazy].contains($0.kind) }
            if odd.isEmpty {
                blocks.append(
                    .paragraph("None of the \(fit.judges.count) judges seems random, lazy or reversed."))
            } else {
                blocks.append(
                    .paragraph(
                        "\(strong: "\(odd.count)") of \(fit.judges.count) judges do not follow the common "
                            + "ranking: \(RichText.names(odd.map(\.judge), limit: 8)). The fit gives their "
                            + "answers the weight that they earn."))
            }
        }
        if !judgeMap.isEmpty {
            blocks.append(
                .figure(
                    ReportFigure(
                        JudgePlot(title: "Judges who judge alike", points: judgeMap),
                        caption: "Judges who judge alike lie close together. Larger marks gave more answers; "
                            + "hollow ones agree with few. Those that stand out are named.")))
        }
        if !fit.judges.isEmpty {
            let (head, rest) = judgeTable.split(at: 20)
            blocks.append(.table(head))
            if let rest {
                blocks.append(.details(summary: "The other \(rest.rows.count) judges", [.table(rest)]))
            }
        }
        return ReportSection("The judges", id: "judges", blocks)
    }

    /// The judges, the odd ones first.
    private var judgesInOrder: [JudgeFit] {
        let order: [JudgeFit.Kind] = [.reversed, .random, .lazy, .noisy]
        return order.flatMap { kind in fit.judges.filter { $0.kind == kind } }
            + fit.judges.filter { !order.contains($0.kind) }
    }

    private var judgeTable: ReportTable {
        ReportTable(
            caption: "The judges, the odd ones first. Sharpness is 1 for the average judge, 0 at random, "
                + "negative where reversed.",
            columns: [
                .init("Judge", isName: true), .init("Seems"),
                .init("Sharpness", .number(2), help: "How closely the judge follows the common ranking"),
                .init("± error", .number(2), help: "Standard error of the sharpness"),
                .init(
                    "Leans left", .number(2), help: "Log-odds by which the judge prefers what stands first"),
                .init("Answers", .count),
            ],
            rows: judgesInOrder.prefix(Self.itemLimit).map {
                [
                    .text($0.judge), .text($0.kind.rawValue), .number($0.sharpness),
                    .number($0.standardError),
                    .number($0.leftBias), .number($0.answers),
                ]
            })
    }

    /// Whether the model fits: calibration, and preferences that go round in circles.
    var checkSection: ReportSection? {
        if calibration == nil, cycles == nil { return nil }
        var blocks: [ReportBlock] = []
        if let calibration {
            blocks.append(.heading("Forecasts of comparisons that the fit had not seen"))
            if !calibration.text.isEmpty { blocks.append(.paragraph(RichText(calibration.text))) }
            if !calibration.bins.isEmpty {
                let plot = CalibrationPlot(
                    title: "Calibration of the win probabilities", bins: calibration.bins,
                    error: calibration.error)
                blocks.append(.figure(ReportFigure(plot, caption: RichText(plot.caption))))
            }
        }
        if let cycles {
            blocks.append(.heading("Circles"))
            blocks.append(.paragraph(RichText(cycles.text)))
            if cycles.worst.count > 2 {
                blocks.append(.list(cycles.worst.indices.map { circle(cycles, $0) }))
            }
        }
        return ReportSection("Does the model fit?", id: "fit", blocks)
    }

    private func circle(_ cycles: CycleResult, _ place: Int) -> RichText {
        let next = cycles.worst[(place + 1) % cycles.worst.count]
        let line: RichText = "\(strong: cycles.worst[place]) beats \(strong: next)"
        guard place < cycles.shares.count else { return line }
        return line + " in \(NumberText.percent(cycles.shares[place])) of their comparisons"
    }

    /// Parameters beside the items: the advantage of place, covariates, ties.
    var effectSection: ReportSection? {
        if fit.coefficients.isEmpty { return nil }
        let table = ReportTable(
            caption: "What else was estimated, with \(confidenceText) intervals.",
            columns: [
                .init("Effect", isName: true), .init("Estimate", .number(3)), .init("Interval", .number(3)),
                .init("What it is"),
            ],
            rows: fit.coefficients.map { coefficient in
                [
                    .text(coefficient.name), .number(coefficient.estimate),
                    coefficient.standardError.isNaN
                        ? .missing : .range(coefficient.interval.lowerBound, coefficient.interval.upperBound),
                    .text(coefficient.meaning),
                ]
            })
        return ReportSection("Other effects", id: "effects", [.table(table)])
    }
}
