import Foundation
import Heed

/// A ranking for a terminal, and as CSV.
enum RankTable {
    static func text(_ fit: RankingFit, checks: FitChecks?, terminal: TerminalInfo) -> String {
        var lines: [String] = []
        let bold = { (text: String) in AuditText.paint(text, .bold, terminal) }
        let width = min(terminal.width ?? 100, 110)
        lines.append(bold(headline(fit)))
        let parts = (fit.items.map(\.part).max() ?? 0) + 1
        for part in 0..<parts {
            let members = fit.items.filter { $0.part == part }
            if parts > 1 { lines += ["", bold("Part \(part + 1) of \(parts): \(members.count) items")] }
            lines.append(trimmed(table(fit, members).text(terminal)))
        }
        if !fit.coefficients.isEmpty {
            var table = TextTable(columns: [
                TextTable.Column("parameter"), .number("estimate"), TextTable.Column("interval"),
                TextTable.Column("meaning", importance: 1),
            ])
            for c in fit.coefficients {
                table.rows.append([
                    .text(c.name), .number(c.estimate, 3),
                    .text(c.standardError.isNaN ? "" : interval(c.interval, 3)), .text(c.meaning),
                ])
            }
            lines += ["", trimmed(table.text(terminal))]
        }
        if !fit.judges.isEmpty { lines += ["", judges(fit, terminal)] }
        var notes = fit.certificate.notes
        if let checks {
            lines += ["", bold("Goodness of fit")]
            if let goodness = checks.goodness { lines += AuditText.wrap(goodness.verdict, width: width) }
            if let cycles = checks.cycles { lines += AuditText.wrap(cycles.verdict, width: width) }
            notes += checks.notes
        }
        if !notes.isEmpty {
            lines += ["", bold("Mind")]
            for note in notes { lines += AuditText.wrap("· " + note, width: width) }
        }
        lines += ["", certificate(fit)]
        return lines.joined(separator: "\n")
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while let last = text.last, last.isNewline { text.removeLast() }
        return text
    }

    private static func headline(_ fit: RankingFit) -> String {
        "\(fit.summary). \(fit.items.count) items, \(NumberText.count(fit.observations)) observation\(fit.observations == 1 ? "" : "s")."
    }

    private static func certificate(_ fit: RankingFit) -> String {
        let c = fit.certificate
        let n = fit.intervals
        var how: String
        switch n.method {
        case "clustered": how = "robust, clustered by \(n.clusteredBy ?? "unit") (\(n.clusters ?? 0))"
        case "anytime":
            how = "valid under daily looking (\(NumberText.fixed(n.criticalValue, 2)) standard errors)"
            if let by = n.clusteredBy { how += ", clustered by \(by) (\(n.clusters ?? 0))" }
        case "bootstrap":
            how = "bootstrap" + (n.clusteredBy.map { ", clustered by \($0) (\(n.clusters ?? 0))" } ?? "")
        case "model": how = "from the model's own information"
        default: how = "robust (sandwich)"
        }
        let identified = c.identified ? "identified" : "not identified by the data alone (see above)"
        return
            "Converged in \(c.iterations) step\(c.iterations == 1 ? "" : "s") (gradient \(String(format: "%.0e", c.gradientNorm)) per observation), "
            + "\(identified). Intervals: \(NumberText.fixed(100 * n.confidence, 0))%, \(how)."
    }

    private static func interval(_ range: ClosedRange<Double>, _ decimals: Int = 2) -> String {
        "\(NumberText.fixed(range.lowerBound, decimals)) … \(NumberText.fixed(range.upperBound, decimals))"
    }

    private static func table(_ fit: RankingFit, _ members: [RankedItem]) -> TextTable {
        var table = TextTable(columns: [
            .number("rank", importance: 9), TextTable.Column("can be", importance: 6, minimum: 5),
            TextTable.Column("item"), .number("score", importance: 9),
            TextTable.Column(
                "\(Int((100 * fit.intervals.confidence).rounded()))% interval", importance: 7, minimum: 12),
            .bar(""), .number("seen", importance: 4), .number("to next", importance: 2),
        ])
        for (place, item) in members.enumerated() {
            let next = place + 1 < members.count ? members[place + 1] : nil
            let more: TextTable.Cell
            if let next {
                more =
                    fit.comparisonsToSeparate(item, next).map { $0 == 0 ? .text("–") : .count(Double($0)) }
                    ?? .text("many")
            } else {
                more = .missing
            }
            table.rows.append([
                .count(Double(item.rank)),
                .text(
                    item.ranks.count == 1
                        ? "\(item.rank)" : "\(item.ranks.lowerBound)–\(item.ranks.upperBound)"),
                .text(item.item), .number(item.score), .text(openInterval(item)),
                .bar(
                    item.score,
                    from: item.open == .below || item.open == .both ? nil : item.interval.lowerBound,
                    to: item.open == .above || item.open == .both ? nil : item.interval.upperBound),
                .count(item.comparisons), more,
            ])
        }
        return table
    }

    private static func openInterval(_ item: RankedItem) -> String {
        let low = NumberText.fixed(item.interval.lowerBound, 2),
            high = NumberText.fixed(item.interval.upperBound, 2)
        switch item.open {
        case .above: return "\(low) … open"
        case .below: return "open … \(high)"
        case .both: return "open … open"
        case nil: return "\(low) … \(high)"
        }
    }

    /// The judges that need a look, and how many there are of each kind.
    private static func judges(_ fit: RankingFit, _ terminal: TerminalInfo) -> String {
        var counts: [JudgeFit.Kind: Int] = [:]
        for judge in fit.judges { counts[judge.kind, default: 0] += 1 }
        let order: [JudgeFit.Kind] = [.sharp, .ordinary, .noisy, .random, .lazy, .reversed, .unknown]
        let summary = order.compactMap { kind in counts[kind].map { "\($0) \(kind.rawValue)" } }.joined(
            separator: ", ")
        let odd = fit.judges.filter { [.random, .lazy, .reversed].contains($0.kind) }
            .sorted { $0.answers > $1.answers }
        var text = "Judges: \(summary)."
        if odd.isEmpty { return text }
        var table = TextTable(columns: [
            TextTable.Column("judge"), TextTable.Column("kind"), .number("sharpness"),
            .number("for the first"),
            .number("answers"),
        ])
        for judge in odd.prefix(12) {
            table.rows.append([
                .text(judge.judge), .text(judge.kind.rawValue), .number(judge.sharpness),
                .number(judge.leftBias),
                .count(judge.answers),
            ])
        }
        text += "\n" + trimmed(table.text(terminal))
        if odd.count > 12 { text += "\nand \(odd.count - 12) more; --json lists all judges." }
        return text
    }

    /// The items as CSV has them.
    static func table(_ fit: RankingFit) -> TextTable { grouped([("", fit)], by: nil) }

    /// The items of several rankings, with the group in front.
    static func grouped(_ fits: [(String, RankingFit)], by attribute: String?) -> TextTable {
        var columns = [
            "item", "score", "lower", "upper", "rank", "rankLower", "rankUpper", "comparisons",
            "standardError", "open",
            "part",
        ].map { TextTable.Column($0) }
        if let attribute { columns.insert(TextTable.Column(attribute), at: 0) }
        var table = TextTable(columns: columns)
        for (group, fit) in fits {
            for item in fit.items {
                var row: [TextTable.Cell] = [
                    .text(item.item), .text("\(item.score)"), .text("\(item.interval.lowerBound)"),
                    .text("\(item.interval.upperBound)"), .text("\(item.rank)"),
                    .text("\(item.ranks.lowerBound)"),
                    .text("\(item.ranks.upperBound)"), .text("\(item.comparisons)"),
                    .text("\(item.standardError)"),
                    .text(item.open?.rawValue ?? ""), .text("\(item.part + 1)"),
                ]
                if attribute != nil { row.insert(.text(group), at: 0) }
                table.rows.append(row)
            }
        }
        return table
    }
}
