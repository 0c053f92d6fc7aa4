import Preferences

extension RankingReport {
    /// The table of the items.
    var rankingSection: ReportSection {
        let lookups = columns.map(\.lookup)
        var titles: [ReportTable.Column] = [
            .init("Rank", .count),
            .init("Item", isName: true),
            .init("Score", .number(2), help: "Natural log-odds; 0 is the average item"),
            .init("Interval", alignment: .right, help: "\(confidenceText) interval for the score"),
            .init("Rank range", alignment: .right, help: "The ranks that the data leave possible"),
            .init("Seen", .count, help: "The comparisons that the item is in"),
        ]
        if partCount > 1 { titles.insert(.init("Part", .count), at: 0) }
        titles += columns.map {
            ReportTable.Column($0.title, $0.format, help: $0.help.isEmpty ? nil : $0.help)
        }
        let rows = shown.map { item -> [ReportTable.Cell] in
            var cells: [ReportTable.Cell] = partCount > 1 ? [.number(Double(item.part + 1))] : []
            cells += [
                .number(Double(item.rank)), .text(item.item), .number(item.score),
                .range(
                    item.opensBelow ? nil : item.interval.lowerBound,
                    item.opensAbove ? nil : item.interval.upperBound),
                .text(item.ranksText), .number(item.comparisons),
            ]
            return cells + lookups.map { $0[NameKey(item.item)].map { .number($0) } ?? .missing }
        }
        let table = ReportTable(
            caption: "The items, best first. Those in bold may be the best.", columns: titles, rows: rows,
            highlighted: Set(shown.indices.filter { mayBeFirst(fit.items[$0]) }))
        let (head, rest) = table.split(at: 100)
        var blocks: [ReportBlock] = [.table(head)]
        if let rest { blocks.append(.details(summary: "The other \(rest.rows.count) items", [.table(rest)])) }
        if fit.items.count > Self.itemLimit {
            blocks.append(
                .paragraph(
                    "The first \(Self.itemLimit) of \(fit.items.count) items; heed rank --json gives all."))
        }
        blocks += columns.filter { !$0.help.isEmpty }.map { .paragraph("\(strong: $0.title): \($0.help)") }
        return ReportSection("The ranking", id: "ranking", blocks)
    }

    /// The forest plots: all on one scale, in pieces that fit a page.
    var forestSection: ReportSection {
        let marked = columns.first(where: \.isMarked)
        let truth = marked.map(references) ?? [:]
        let rows = shown.prefix(500).map { item -> ForestPlot.Row in
            var row = ForestPlot.Row(item.item, score: item.score, interval: item.interval)
            row.opensAbove = item.opensAbove
            row.opensBelow = item.opensBelow
            row.ranks = item.ranks
            row.group = partName(item.part)
            row.highlighted = mayBeFirst(item)
            row.reference = truth[NameKey(item.item)]
            return row
        }
        let domain = ForestPlot.domain(rows), size = 40
        var figures: [ReportBlock] = []
        var start = 0
        while start < rows.count {
            // A short last piece joins the one before it.
            let end = rows.count - start <= size + size / 4 ? rows.count : start + size
            var plot = ForestPlot(
                title: "Scores with \(confidenceText) intervals", rows: Array(rows[start..<end]),
                domain: domain)
            if let marked { plot.referenceName = marked.title }
            let piece: RichText = rows.count > end - start ? "Items \(start + 1) to \(end). " : ""
            figures.append(
                .figure(ReportFigure(plot, caption: start == 0 ? piece + forestCaption(marked) : piece)))
            start = end
        }
        let first = Array(figures.prefix(2)), more = Array(figures.dropFirst(2))
        return ReportSection(
            "How sure the scores are", id: "forest",
            first + (more.isEmpty ? [] : [.details(summary: "The rest of the plot", more)]))
    }

    /// The marked values. Scores of a part have mean zero within it, and so must what they are held against.
    private func references(_ column: ItemColumn) -> [NameKey: Double] {
        var values = column.lookup
        guard partCount > 1 else { return values }
        var gap = [Double](repeating: 0, count: partCount), count = gap
        for item in fit.items {
            guard item.part < partCount, let value = values[NameKey(item.item)] else { continue }
            gap[item.part] += value - item.score
            count[item.part] += 1
        }
        for item in fit.items where item.part < partCount && values[NameKey(item.item)] != nil {
            values[NameKey(item.item)]! -= gap[item.part] / count[item.part]
        }
        return values
    }

    private func forestCaption(_ marked: ItemColumn?) -> RichText {
        var text: RichText =
            "Each line is the \(confidenceText) interval of a score. Intervals that overlap do not "
        text += "prove that two items are equal, nor that they differ: the ranks at the left take the "
        text += "uncertainty of the difference itself into account."
        if fit.items.contains(where: { $0.open != nil }) {
            text += " A filled arrow has no end on that side: the item never lost, or never won."
        }
        if let marked { text += " Diamonds show the column \(marked.title)." }
        return text
    }

    /// Who wins against whom.
    var winSection: ReportSection? {
        let members = Array(fit.items.prefix(WinMatrix.limit))
        guard members.count > 1 else { return nil }
        var places: [NameKey: Int] = [:]
        for (place, item) in members.enumerated() { places[NameKey(item.item)] = place }
        var observed = [[WinMatrix.Observation?]](
            repeating: Array(repeating: nil, count: members.count), count: pairs.isEmpty ? 0 : members.count)
        for pair in pairs where pair.count > 0 {
            guard let a = places[NameKey(pair.first)], let b = places[NameKey(pair.second)], a != b else {
                continue
            }
            add(&observed[a][b], pair.wins, pair.count)
            add(&observed[b][a], pair.count - pair.wins, pair.count)
        }
        let probability = members.map { a in
            members.map { b -> Double in
                guard a.part == b.part else { return .nan }
                let p = fit.predictor.probability(difference: a.score - b.score)
                return p.win + p.tie / 2
            }
        }
        let matrix = WinMatrix(
            title: "Who wins against whom", names: fit.items.map(\.item), probability: probability,
            observed: observed)
        var caption: RichText = "How often the item of the row is expected to win against that of the column"
        caption += (fit.predictor.probability(difference: 0).tie > 0 ? ", a tie as half a win. " : ". ")
        caption += "Blue: the row wins; orange: the column wins; the stronger the surer."
        if !pairs.isEmpty { caption += " Point at a square for what was observed." }
        if partCount > 1 { caption += " Empty squares: the two are in different parts." }
        if let note = matrix.note { caption += " \(note)" }
        return ReportSection(
            "Who wins against whom", id: "wins", [.figure(ReportFigure(matrix, caption: caption))])
    }

    private func add(_ cell: inout WinMatrix.Observation?, _ wins: Double, _ count: Double) {
        cell = WinMatrix.Observation(wins: (cell?.wins ?? 0) + wins, count: (cell?.count ?? 0) + count)
    }
}
