/// Where the parts of a forest plot stand: in columns where there is room, else names above their intervals.
struct ForestLayout {
    let plot: ForestPlot
    let width: Double
    let x: Scale
    private let narrow: Bool
    private let rowHeight: Double
    private let ranksEnd: Double
    private let labelStart: Double
    private let labelWidth: Double
    private let legend: Legend
    private let top: Double
    private let bottom: Double
    /// The rows' places: the middle of each interval, or of a heading.
    private let lines: [(y: Double, row: ForestPlot.Row?, heading: String?)]

    init(_ plot: ForestPlot, width: Double) {
        self.plot = plot
        self.width = width
        narrow = width < 520
        rowHeight = narrow ? 38 : plot.rows.count <= 30 ? 24 : plot.rows.count <= 100 ? 20 : 17
        let hasRanks = plot.rows.contains { $0.ranks != nil }
        let ranks =
            hasRanks ? 8 + (plot.rows.map { TextMeasure.width($0.ranksText, size: 11.5) }.max() ?? 0) : 0
        ranksEnd = max(ranks, hasRanks ? 36 : 0)
        labelStart = hasRanks ? ranksEnd + 14 : 4
        let widest = plot.rows.map { TextMeasure.width($0.label, size: 13) }.max() ?? 0
        labelWidth = narrow ? width - labelStart - 120 : min(max(60, widest + 4), width * 0.3)
        let numbers = 16 + (plot.rows.map { TextMeasure.width(Self.numbers($0), size: 11.5) }.max() ?? 0)
        let start = narrow ? 10 : labelStart + labelWidth + 14
        let end = narrow ? width - 10 : width - numbers - 10
        x = Scale(domain: plot.domain ?? ForestPlot.domain(plot.rows), start: start, end: end)
        legend = Self.legend(plot, width: width)
        top = legend.height + (narrow ? 8 : 30)
        var y = top, lines: [(y: Double, row: ForestPlot.Row?, heading: String?)] = []
        var group: String?
        for row in plot.rows {
            if let heading = row.group, group.map({ !$0.utf8.elementsEqual(heading.utf8) }) ?? true {
                group = heading
                lines.append((y: y + 17, row: nil, heading: heading))
                y += 28
            }
            lines.append((y: y + (narrow ? rowHeight - 12 : rowHeight / 2), row: row, heading: nil))
            y += rowHeight
        }
        self.lines = lines
        bottom = y + 6
    }

    var height: Double { bottom + 46 }

    func nodes() -> [SVGNode] {
        var nodes = legend.nodes
        let ticks = Ticks(x.domain, about: max(3, Int((x.end - x.start) / 60)))
        let frame = PlotFrame(x: x, y: Scale(domain: 0...1, start: bottom, end: top))
        nodes += frame.horizontalAxis(title: nil, ticks: ticks, label: ticks.label)
        nodes.append(.text(axisTitleMiddle, bottom + 37, plot.axis, "hd-muted hd-small", anchor: "middle"))
        if x.domain.contains(0) { nodes.append(.line(x(0), top, x(0), bottom, "hd-dash")) }
        if !narrow { nodes += headings(ticks) }
        for line in lines {
            if let heading = line.heading {
                let text = TextMeasure.elide(heading, size: 13, to: width - 8)
                nodes.append(.text(4, line.y, text, "hd-strong hd-halo").titled(heading))
            } else if let row = line.row {
                nodes.append(
                    .group(row.highlighted ? "hd-s1" : "hd-s0", self.row(row, y: line.y)).titled(row.tooltip))
            }
        }
        return nodes
    }

    /// The middle of the axis, moved so that its title stays in the picture.
    private var axisTitleMiddle: Double {
        let half = TextMeasure.width(plot.axis, size: 11.5) / 2 + 2
        return max(min((x.start + x.end) / 2, width - half), half)
    }

    private func headings(_ ticks: Ticks) -> [SVGNode] {
        let y = top - 12
        var nodes: [SVGNode] = []
        if ranksEnd > 0 { nodes.append(.text(ranksEnd, y, "ranks", "hd-muted hd-small", anchor: "end")) }
        nodes.append(.text(labelStart, y, plot.headings.names, "hd-muted hd-small"))
        nodes.append(.text(width - 2, y, plot.headings.numbers, "hd-muted hd-small", anchor: "end"))
        if plot.rows.count > 15 {
            for value in ticks.values {
                nodes.append(.text(x(value), y, ticks.label(value), "hd-muted hd-small", anchor: "middle"))
            }
        }
        return nodes
    }

    private static func numbers(_ row: ForestPlot.Row) -> String { "\(row.scoreText)  (\(row.intervalText))" }

    private func row(_ row: ForestPlot.Row, y: Double) -> [SVGNode] {
        let textY = narrow ? y - 12 : y + 4.5
        let style = row.highlighted ? "hd-strong" : nil
        let label = TextMeasure.elide(row.label, size: row.highlighted ? 14 : 13, to: labelWidth)
        var nodes: [SVGNode] = [
            .rect(0, narrow ? y - rowHeight + 12 : y - rowHeight / 2, width, rowHeight, "hd-row")
        ]
        nodes.append(.text(ranksEnd, textY, row.ranksText, "hd-muted hd-small", anchor: "end"))
        nodes.append(.text(labelStart, textY, label, style.map { $0 + " hd-halo" } ?? "hd-halo"))
        nodes.append(.text(width - 2, textY, Self.numbers(row), "hd-small hd-halo", anchor: "end"))
        nodes += interval(row, y: y)
        if let reference = row.reference, reference.isFinite {
            nodes.append(
                .group("hd-s2", [MarkShape.diamond.node(x.clamped(reference), y, radius: 3.4, "hd-hollow")]))
        }
        return nodes
    }

    private func interval(_ row: ForestPlot.Row, y: Double) -> [SVGNode] {
        guard row.score.isFinite else { return [] }
        let low = row.opensBelow ? x.start : x.clamped(row.interval.lowerBound)
        let high = row.opensAbove ? x.end : x.clamped(row.interval.upperBound)
        let cutLow = row.opensBelow || row.interval.lowerBound < x.domain.lowerBound
        let cutHigh = row.opensAbove || row.interval.upperBound > x.domain.upperBound
        var nodes: [SVGNode] = [.line(low, y, high, y, "hd-line hd-interval")]
        nodes.append(
            cutLow ? arrow(x.start, y, -1, row.opensBelow) : .line(low, y - 4, low, y + 4, "hd-hair"))
        nodes.append(
            cutHigh ? arrow(x.end, y, 1, row.opensAbove) : .line(high, y - 4, high, y + 4, "hd-hair"))
        let inside = x.domain.contains(row.score)
        nodes.append(
            .circle(x.clamped(row.score), y, 4.2, inside ? "hd-mark hd-point" : "hd-hollow hd-point"))
        return nodes
    }

    /// A filled arrow where there is no end, an open one where the end lies outside the picture.
    private func arrow(_ x: Double, _ y: Double, _ direction: Double, _ open: Bool) -> SVGNode {
        .path(
            [(x - 1 * direction, y - 5), (x + 7 * direction, y), (x - 1 * direction, y + 5)], closed: open,
            open ? "hd-mark hd-arrow" : "hd-hair hd-cut")
    }

    private static func legend(_ plot: ForestPlot, width: Double) -> Legend {
        var entries: [Legend.Entry] = []
        if plot.rows.contains(where: \.highlighted), plot.rows.contains(where: { !$0.highlighted }) {
            entries.append(
                Legend.Entry(name: plot.highlightName) { .group("hd-s1", [.circle($0, $1, 4.2, "hd-mark")]) })
        }
        if plot.rows.contains(where: { $0.opensAbove || $0.opensBelow }) {
            entries.append(
                Legend.Entry(name: "no end on this side") { x, y in
                    .group(
                        "hd-s0",
                        [.path([(x - 4, y - 5), (x + 5, y), (x - 4, y + 5)], closed: true, "hd-mark")])
                })
        }
        if plot.rows.contains(where: { $0.reference != nil }) {
            entries.append(
                Legend.Entry(name: plot.referenceName) {
                    .group("hd-s2", [MarkShape.diamond.node($0, $1, radius: 3.4, "hd-hollow")])
                })
        }
        return Legend(entries, x: 4, y: 0, width: width - 8)
    }
}
