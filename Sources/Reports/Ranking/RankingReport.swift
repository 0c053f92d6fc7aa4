import Preferences

/// The report on a ranking: the answer, how sure it is, what speaks against it, and how it was made.
///
/// Only the fit is needed; each other part adds its section. Give plain values, so that any source of them
/// will do.
///
/// ```swift
/// var report = RankingReport(fit, title: "Which answer is better?")
/// report.sources = [.init("battles.csv", format: "arena battles", events: 12_000)]
/// try Data(report.document.html().utf8).write(to: url)
/// ```
public struct RankingReport: Sendable {
    /// What was learnt.
    public var fit: RankingFit
    /// The report's title.
    public var title: String
    /// The files that it was learnt from.
    public var sources: [Source] = []
    /// What was observed of each pair; pairs that are not here were never compared.
    public var pairs: [Pair] = []
    /// More columns for the items: the truth of a simulation, the plain win rate.
    public var columns: [ItemColumn] = []
    /// The judges as points in the plane.
    public var judgeMap: [JudgePlot.Point] = []
    /// How well comparisons were predicted that were held out.
    public var calibration: CalibrationResult?
    /// Whether preferences go round in circles.
    public var cycles: CycleResult?
    /// What an audit of the data found.
    public var findings: [Finding] = []
    /// The command that made the report.
    public var command: String?
    /// The version of the program.
    public var version: String?
    /// The seed of all random numbers.
    public var seed: UInt64?
    /// The first and the last day of the data, as it is to be shown.
    public var dates: String?
    /// Where a simulation is shown, what was planted in it.
    public var setting: String?

    /// Creates a report.
    public init(_ fit: RankingFit, title: String) {
        self.fit = fit
        self.title = title
    }

    /// The most items in the tables and plots; past it the report names only the first.
    public static let itemLimit = 1000

    /// The report as a document.
    public var document: ReportDocument {
        var sections = [answerSection]
        if fit.certificate.converged {
            sections.append(rankingSection)
            sections.append(forestSection)
            if let section = winSection { sections.append(section) }
            if let section = judgeSection { sections.append(section) }
            if let section = checkSection { sections.append(section) }
            if let section = effectSection { sections.append(section) }
        }
        sections.append(cautionSection)
        sections.append(makingSection)
        return ReportDocument(title: title, subtitle: subtitle, sections: sections, footer: footer)
    }

    private var subtitle: RichText {
        var parts = [
            "\(NumberText.count(Double(fit.items.count))) items",
            "\(NumberText.count(fit.observations)) observations",
        ]
        if let dates { parts.append(dates) }
        return RichText(parts.joined(separator: " · "))
    }

    private var footer: RichText {
        "Made by Heed\(version.map { " \($0)" } ?? ""). The page is complete: it runs no script and loads nothing."
    }

    var confidenceText: String {
        NumberText.percent(fit.intervals.confidence, fit.intervals.confidence > 0.99 ? 1 : 0)
    }

    var shown: ArraySlice<RankedItem> { fit.items.prefix(Self.itemLimit) }

    var partCount: Int { max(1, fit.certificate.parts.count) }

    /// The heading of a part of the comparison graph, `nil` where there is only one part.
    func partName(_ part: Int) -> String? {
        partCount > 1 ? "Part \(part + 1)" : nil
    }

    /// Whether no other item of its part is surely better.
    func mayBeFirst(_ item: RankedItem) -> Bool { item.ranks.lowerBound == 1 }
}

extension RankedItem {
    var opensAbove: Bool { open == .above || open == .both }
    var opensBelow: Bool { open == .below || open == .both }
    var scoreText: String { NumberText.typographic(NumberText.fixed(score, 2)) }

    var ranksText: String {
        ranks.lowerBound == ranks.upperBound
            ? "\(ranks.lowerBound)" : "\(ranks.lowerBound)–\(ranks.upperBound)"
    }

    var intervalText: String {
        let low = opensBelow ? "−∞" : NumberText.typographic(NumberText.fixed(interval.lowerBound, 2))
        let high = opensAbove ? "∞" : NumberText.typographic(NumberText.fixed(interval.upperBound, 2))
        return "\(low) to \(high)"
    }
}
