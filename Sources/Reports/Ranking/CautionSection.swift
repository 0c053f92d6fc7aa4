import Preferences

extension RankingReport {
    /// What a reader must know before the result is used, the worst first.
    var cautions: [Finding] {
        let certificate = fit.certificate
        var found: [Finding] = []
        if !certificate.converged {
            found.append(
                Finding(
                    .serious, "The fit did not converge",
                    "After \(certificate.iterations) steps its gradient was \(certificate.gradientNorm)."
                ))
        }
        // Notes on what has a finding of its own here would say it twice.
        var covered: [String] = []
        if !certificate.parts.isEmpty {
            let sizes = certificate.parts.prefix(5).map { "\($0.count)" }.joined(separator: ", ")
            let more = certificate.parts.count > 5 ? ", … " : " "
            found.append(
                Finding(
                    .serious, "The comparisons are not connected",
                    "They fall into \(certificate.parts.count) parts (of \(sizes)\(more)items) with nothing between "
                        + "them. Ranks hold within a part; scores of different parts cannot be compared.",
                    remedy: "Collect comparisons between the parts; heed next names the most telling ones."))
            covered.append("parts with nothing between them")
        }
        if !certificate.separable.isEmpty {
            let names = certificate.separable
            let some = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
            found.append(
                Finding(
                    .warning,
                    names.count == 1
                        ? "One score has no end on one side"
                        : "\(names.count) scores have no end on one side",
                    "Never lost to, or never won against, the rest: \(some). The data set no bound there; where "
                        + "exactly the score stands is the prior's doing.",
                    remedy: "Collect comparisons with the nearest items of the ranking."))
            covered.append("never lost to, or never won against")
        }
        for note in certificate.notes where !covered.contains(where: { note.contains($0) }) {
            found.append(Finding(.note, "About the fit", note))
        }
        found += findings
        let order = found.indices.sorted {
            (found[$1].severity, $0) < (found[$0].severity, $1)
        }
        return order.map { found[$0] }
    }

    var cautionSection: ReportSection {
        let cautions = self.cautions
        if cautions.isEmpty {
            return ReportSection(
                "What to be careful about", id: "careful",
                [.paragraph("Nothing was found that would speak against the result.")])
        }
        return ReportSection(
            "What to be careful about", id: "careful",
            cautions.map {
                .callout(
                    Callout($0.severity, $0.title, RichText($0.text), remedy: $0.remedy.map { RichText($0) }))
            })
    }

    /// How the numbers came about, so that someone else can make them again.
    var makingSection: ReportSection {
        var facts: [RichText] = ["\(strong: "Model") \(fit.summary) (\(code: fit.model))"]
        facts.append("\(strong: "Intervals") \(intervalSentence)")
        if fit.certificate.converged {
            facts.append(
                "\(strong: "Fit") converged in \(fit.certificate.iterations) steps; log-likelihood "
                    + "\(NumberText.typographic(NumberText.fixed(fit.logLikelihood, 2)))")
        }
        if let dates { facts.append("\(strong: "Data from") \(dates)") }
        if let seed { facts.append("\(strong: "Seed") \(seed)") }
        if let version { facts.append("\(strong: "Version") \(version)") }
        var blocks: [ReportBlock] = [.list(facts)]
        if !sources.isEmpty {
            blocks.append(
                .table(
                    ReportTable(
                        caption: "What was read.",
                        columns: [
                            .init("File", isName: true), .init("Format"), .init("Events", .count),
                            .init("Refused lines", .count),
                        ],
                        rows: sources.map {
                            [
                                .text($0.name), .text($0.format), .number(Double($0.events)),
                                .number(Double($0.refused)),
                            ]
                        })))
        }
        if let command {
            blocks.append(.paragraph("The command that made this page:"))
            blocks.append(.code(command))
        }
        return ReportSection("How it was made", id: "making", blocks)
    }

    private var intervalSentence: String {
        let note = fit.intervals
        var text: String
        switch note.method {
        case "clustered": text = "robust (sandwich), clustered by \(note.clusteredBy ?? "unit")"
        case "robust": text = "robust (sandwich)"
        case "model": text = "from the model's own information"
        case "bootstrap": text = "bootstrap" + (note.clusteredBy.map { ", clustered by \($0)" } ?? "")
        case "anytime": text = "valid at any time, however often one looks"
        default: text = note.method
        }
        if let clusters = note.clusters { text += " (\(NumberText.count(Double(clusters))) clusters)" }
        return text + ", \(confidenceText), ±\(NumberText.fixed(note.criticalValue, 2)) standard errors"
    }
}
