import Preferences

extension RankingReport {
    /// Who is first, who may be as good, and what to know before believing it.
    var answerSection: ReportSection {
        var blocks: [ReportBlock] = []
        if fit.certificate.converged {
            if partCount > 1 {
                blocks.append(
                    .lede(
                        "The comparisons fall into \(strong: "\(partCount) parts") with nothing between them. "
                            + "Each has a ranking of its own; which part is better cannot be said."))
                for part in 0..<min(partCount, 12) { blocks.append(.paragraph(answer(part))) }
            } else {
                blocks.append(.lede(answer(0)))
            }
            if let text = odds { blocks.append(.paragraph(text)) }
        } else {
            blocks.append(
                .callout(
                    Callout(
                        .serious, "The fit failed",
                        RichText(
                            "The solver did not reach an answer, so that no scores are shown. "
                                + fit.certificate.notes.joined(separator: " ")),
                        remedy: "Keep the prior, and look at what heed audit says about the data.")))
        }
        blocks.append(.keyFigures(figures))
        if let setting { blocks.append(.paragraph(RichText(setting))) }
        let cautions = self.cautions
        if let worst = cautions.map(\.severity).max(), worst > .note {
            let count = cautions.filter { $0.severity > .note }.count
            let titles = cautions.filter { $0.severity == worst }.map(\.title).prefix(3).joined(
                separator: ". ")
            blocks.append(
                .callout(
                    Callout(
                        worst,
                        count == 1
                            ? "There is something to know first" : "There are \(count) things to know first",
                        "\(titles). See \(link: "what to be careful about", to: "careful").")))
        }
        return ReportSection("The answer", id: "answer", blocks)
    }

    private func answer(_ part: Int) -> RichText {
        let members = fit.items.filter { $0.part == part }
        guard let first = members.first else { return "There is nothing to rank." }
        var text: RichText = partCount > 1 ? "\(strong: partName(part) ?? ""): " : ""
        let size = NumberText.count(Double(members.count))
        if members.count == 1 { return text + "\(strong: first.item) was compared with nothing else." }
        let rivals = members.dropFirst().filter(mayBeFirst)
        let score = "\(first.scoreText) (\(confidenceText) interval \(first.intervalText))"
        if !mayBeFirst(first) {
            return text
                + "\(strong: first.item) has the highest score of \(size) items, but may not be the first."
        }
        if rivals.isEmpty {
            text += "\(strong: first.item) comes first of \(size) items, with a score of \(score), "
            text += "surely ahead of all others."
        } else {
            text += "\(strong: first.item) has the highest score of \(size) items, \(score)"
            if rivals.count == members.count - 1 {
                text += ", but none of the others is surely worse: the data do not say who is first."
            } else {
                text +=
                    ". \(RichText.names(rivals.map(\.item))) cannot be told apart from it and may be the best "
                text += "as well."
            }
        }
        if first.opensAbove {
            text += " It never lost, so that there is no upper end to how good it may be."
        }
        return text
    }

    /// What the scores mean, by the example of the first item.
    private var odds: RichText? {
        let members = fit.items.filter { $0.part == 0 }
        guard members.count > 1, let first = members.first, let last = members.last, first.open == nil else {
            return nil
        }
        func share(_ other: RankedItem) -> String {
            let p = fit.predictor.probability(difference: first.score - other.score)
            return NumberText.fixed((p.win + p.tie / 2) * 100, 0)
        }
        var text: RichText =
            "Of 100 comparisons \(first.item) is expected to win \(strong: share(members[1])) "
        text += "against \(members[1].item)"
        if members.count > 2, last.open == nil {
            text += " and \(strong: share(last)) against \(last.item), the last"
        }
        return text
            + (fit.predictor.probability(difference: 0).tie > 0 ? ", counting a tie as half a win." : ".")
    }

    private var figures: [KeyFigure] {
        var figures = [
            KeyFigure(NumberText.count(Double(fit.items.count)), "items"),
            KeyFigure(NumberText.count(fit.observations), "observations"),
        ]
        if fit.certificate.converged {
            let count = fit.items.filter { $0.part == 0 && mayBeFirst($0) }.count
            figures.append(KeyFigure("\(count)", partCount > 1 ? "may be first in part 1" : "may be first"))
        }
        if !fit.judges.isEmpty {
            figures.append(KeyFigure(NumberText.count(Double(fit.judges.count)), "judges"))
        } else if let clusters = fit.intervals.clusters, let by = fit.intervals.clusteredBy {
            figures.append(KeyFigure(NumberText.count(Double(clusters)), "\(by)s"))
        }
        if let error = calibration?.error {
            figures.append(KeyFigure(NumberText.percent(error, 1), "calibration error"))
        }
        return figures
    }
}
