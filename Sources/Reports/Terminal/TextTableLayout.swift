/// The columns' widths, and the lines that come of them.
struct TextTableLayout {
    private let columns: [TextTable.Column]
    private let rows: [[TextTable.Cell]]
    private let limit: Int
    private let unicode: Bool
    /// The cells as text; empty for bars, which are drawn at the width that is left for them.
    private let cells: [[String]]
    private let bars: [ClosedRange<Double>?]
    private var widths: [Int]
    private var shown: [Int]

    private static let gap = 2
    private static let barWidth = 27
    /// Names keep this width until the bars have given what they can.
    private static let readable = 20

    init(_ table: TextTable, width: Int?, unicode: Bool) {
        columns = table.columns
        rows = table.rows
        limit = max(1, width ?? .max)
        self.unicode = unicode
        let count = table.columns.count
        var bars = [ClosedRange<Double>?](repeating: nil, count: count)
        for index in 0..<count { bars[index] = Self.domain(table.rows, column: index) }
        self.bars = bars
        let cells = table.rows.map { row in
            (0..<count).map { $0 < row.count ? Self.text(row[$0].content) : "" }
        }
        self.cells = cells
        let natural = (0..<count).map { index in
            let title = DisplayWidth.of(Escaping.terminal(table.columns[index].title))
            if bars[index] != nil { return max(title, Self.barWidth) }
            return cells.reduce(title) { max($0, DisplayWidth.of($1[index])) }
        }
        widths = natural
        shown = Array(0..<count)
        fit(natural)
    }

    private static func text(_ content: TextTable.Cell.Content) -> String {
        switch content {
        case .text(let text): Escaping.terminal(text)
        case .number(let value, let decimals): NumberText.fixed(value, decimals)
        case .count(let value): NumberText.count(value)
        case .percent(let value, let decimals): NumberText.percent(value, decimals)
        case .bar: ""
        case .missing: "–"
        }
    }

    /// The scale of a column of bars, `nil` for other columns.
    private static func domain(_ rows: [[TextTable.Cell]], column: Int) -> ClosedRange<Double>? {
        let bars = rows.compactMap { row -> IntervalDomain.Row? in
            guard column < row.count, case .bar(let value, let low, let high) = row[column].content else {
                return nil
            }
            return (value: value, low: low, high: high)
        }
        return bars.isEmpty ? nil : IntervalDomain.of(bars)
    }

    // MARK: - Widths

    private var total: Int {
        shown.reduce(0) { $0 + widths[$1] } + max(0, shown.count - 1) * Self.gap
    }

    private mutating func fit(_ natural: [Int]) {
        while total > limit {
            let texts = shown.filter { bars[$0] == nil && !columns[$0].isNumeric }
            shrink(texts, to: Self.readable)
            shrink(shown.filter { bars[$0] != nil }, to: 0)
            shrink(texts, to: 0)
            if total <= limit { return }
            let candidates = shown.dropFirst()
            guard let least = candidates.min(by: { importance($0) < importance($1) }) else {
                widths[shown[0]] = limit
                return
            }
            shown.removeAll { $0 == least }
            // With a column gone the others may have their room back.
            widths = natural
        }
    }

    /// Of columns as important as each other the last gives way.
    private func importance(_ index: Int) -> (Int, Int) { (columns[index].importance, -index) }

    /// Takes room from the widest of these columns until the table fits or all are at their least.
    private mutating func shrink(_ candidates: [Int], to least: Int) {
        while total > limit {
            let open = candidates.filter { widths[$0] > max(1, least, columns[$0].minimum) }
            guard let widest = open.max(by: { (widths[$0], -$0) < (widths[$1], -$1) }) else { return }
            let next = open.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
            let floor = max(1, least, columns[widest].minimum, min(next, widths[widest] - 1))
            widths[widest] = max(floor, widths[widest] - (total - limit))
        }
    }

    // MARK: - Lines

    func text(colour: Bool) -> String {
        if columns.isEmpty { return "" }
        var lines = [
            line(colour: colour) { (Escaping.terminal(columns[$0].title), .strong) },
            line(colour: colour) {
                (String(repeating: unicode ? "─" : "-", count: widths[$0]), .dim)
            },
        ]
        for (place, row) in cells.enumerated() {
            lines.append(
                line(colour: colour) { index in
                    let cell = index < rows[place].count ? rows[place][index] : .missing
                    if case .bar(let value, let low, let high) = cell.content, let domain = bars[index] {
                        let bar = IntervalBar(domain: domain, width: widths[index], unicode: unicode)
                        return (bar.text(value, from: low, to: high), cell.tone)
                    }
                    return (row[index], cell.tone)
                })
        }
        let hidden = columns.indices.filter { !shown.contains($0) }.map {
            Escaping.terminal(columns[$0].title)
        }
        if !hidden.isEmpty {
            let note = "not shown for want of room: \(hidden.joined(separator: ", "))"
            lines.append(Self.paint(elide(note, limit), .dim, colour))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func elide(_ text: String, _ width: Int) -> String {
        DisplayWidth.elide(text, to: width, ellipsis: unicode ? "…" : "~")
    }

    private func line(colour: Bool, _ cell: (Int) -> (String, TextTable.Tone)) -> String {
        var out = ""
        var pending = 0
        for (place, index) in shown.enumerated() {
            if place > 0 { pending += Self.gap }
            let (full, tone) = cell(index)
            let text = elide(full, widths[index])
            let room = widths[index] - DisplayWidth.of(text)
            if columns[index].isNumeric { pending += room }
            if !text.isEmpty {
                out += String(repeating: " ", count: pending) + Self.paint(text, tone, colour)
                pending = 0
            }
            if !columns[index].isNumeric { pending += room }
        }
        return out
    }

    private static func paint(_ text: String, _ tone: TextTable.Tone, _ colour: Bool) -> String {
        guard colour else { return text }
        let code: String
        switch tone {
        case .plain: return text
        case .strong: code = "1"
        case .dim: code = "2"
        case .good: code = "32"
        case .warning: code = "33"
        case .bad: code = "31"
        }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}
