/// How often each item wins against each other one, as a heat map: the row against the column.
///
/// Blue means that the row wins, orange that the column does, and the page's own colour an even match. A
/// smaller square marks a pair that was never compared, whose number is the model's alone. Above `limit`
/// items the first are shown.
public struct WinMatrix: Chart {
    /// What was observed of a pair.
    public struct Observation: Sendable, Hashable {
        /// How often the first won, ties as half a win.
        public var wins: Double
        /// How often the two were compared.
        public var count: Double

        /// Creates an observation.
        public init(wins: Double, count: Double) {
            self.wins = wins
            self.count = count
        }
    }

    /// The most items shown.
    public static let limit = 60
    /// The longest name above a column, in pixels.
    private static let turnedLength = 120.0

    public var title: String
    /// The items, best first.
    public var names: [String]
    /// The probability that the row's item wins against the column's, ties as half a win; not a number where
    /// the two cannot be compared.
    public var probability: [[Double]]
    /// What was observed, `nil` where the two were never compared. Empty where it is not known at all.
    public var observed: [[Observation?]]

    /// Creates a matrix.
    public init(
        title: String, names: [String], probability: [[Double]], observed: [[Observation?]] = []
    ) {
        self.title = title
        self.names = names
        self.probability = probability
        self.observed = observed
    }

    public var reflows: Bool { false }

    /// Which items are shown, where that is not all of them.
    public var note: String? {
        names.count > Self.limit ? "The first \(Self.limit) of \(names.count) items are shown." : nil
    }

    public func image(width: Double) -> SVGImage {
        let count = min(names.count, Self.limit)
        let longest = names.prefix(count).map { TextMeasure.width($0, size: 12) }.max() ?? 0
        let label = min(max(longest + 8, 40), 150), turned = min(longest, Self.turnedLength)
        // The names above the columns lean out at the right.
        let lean = turned * 0.62 + 4
        let cell = min(46, max(11, (max(280, width) - label - lean) / Double(max(1, count))))
        let top = turned * 0.79 + 18
        var nodes: [SVGNode] = []
        for row in 0..<count {
            let size = min(12.0, cell * 0.85)
            let y = top + (Double(row) + 0.5) * cell
            nodes.append(name(row, label - 6, y + size * 0.35, size: size, limit: label - 8, turned: false))
            nodes.append(
                name(
                    row, label + (Double(row) + 0.5) * cell, top - 6, size: size, limit: Self.turnedLength,
                    turned: true))
            for column in 0..<count where column != row {
                nodes += self.cell(row, column, x: label + Double(column) * cell, y: y - cell / 2, size: cell)
            }
        }
        let end = label + Double(count) * cell
        let bottom = top + Double(count) * cell + 12
        let keyStart = min(label, 60), keyWidth = TextMeasure.width(keyText(count), size: 11.5)
        let total = max(end + lean - cell / 2, keyStart + keyWidth, 240)
        nodes += key(keyText(count), x: keyStart, y: bottom, width: total)
        return SVGImage(width: total, height: bottom + 48, title: title, summary: summary, content: nodes)
    }

    private func name(
        _ index: Int, _ x: Double, _ y: Double, size: Double, limit: Double, turned: Bool
    ) -> SVGNode {
        let node = SVGNode.text(
            x, y, TextMeasure.elide(names[index], size: size, to: limit), anchor: turned ? "start" : "end"
        ).with("font-size", NumberText.coordinate(size)).titled(names[index])
        if !turned { return node }
        return node.with(
            "transform", "rotate(-52 \(NumberText.coordinate(x)) \(NumberText.coordinate(y)))")
    }

    private func cell(_ row: Int, _ column: Int, x: Double, y: Double, size: Double) -> [SVGNode] {
        let p = row < probability.count && column < probability[row].count ? probability[row][column] : .nan
        guard p.isFinite else { return [] }
        let seen = observation(row, column)
        let inset = seen == nil && !observed.isEmpty ? size * 0.14 : 0.75
        let strength = min(1, abs(p - 0.5) * 2)
        let square = SVGNode.rect(
            x + inset, y + inset, size - 2 * inset, size - 2 * inset, "hd-fill", radius: min(3, size * 0.1)
        ).with("fill-opacity", NumberText.coordinate(0.05 + 0.95 * strength))
        var children = [square]
        if size >= 20 {
            let label = size >= 34 ? NumberText.percent(p) : NumberText.fixed(p * 100, 0)
            // Letters that can be read on this strength of blue or orange, on a light page and on a dark one.
            let ink = strength > 0.85 && p > 0.5 ? "hd-on " : strength > 0.63 ? "hd-mid " : ""
            let style = ink + (size >= 34 ? "hd-small" : "hd-tiny")
            children.append(.text(x + size / 2, y + size / 2 + 4, label, style, anchor: "middle"))
        }
        return [.group(p >= 0.5 ? "hd-s1" : "hd-s2", children).titled(tooltip(row, column, p, seen))]
    }

    private func observation(_ row: Int, _ column: Int) -> Observation? {
        guard row < observed.count, column < observed[row].count else { return nil }
        return observed[row][column].flatMap { $0.count > 0 ? $0 : nil }
    }

    private func tooltip(_ row: Int, _ column: Int, _ p: Double, _ seen: Observation?) -> String {
        var text = "\(names[row]) against \(names[column]): \(NumberText.percent(p, 1)) by the model"
        if let seen {
            text +=
                "; won \(NumberText.percent(seen.wins / seen.count, 1)) of "
            text += "n = \(NumberText.count(seen.count))"
        } else if !observed.isEmpty {
            text += "; never compared"
        }
        return text
    }

    private func keyText(_ count: Int) -> String {
        let isMissing = { (row: Int) in (0..<count).contains { $0 != row && observation(row, $0) == nil } }
        let text = "how often the row wins against the column"
        return !observed.isEmpty && (0..<count).contains(where: isMissing)
            ? text + "; small: never compared" : text
    }

    private func key(_ text: String, x: Double, y: Double, width: Double) -> [SVGNode] {
        var nodes: [SVGNode] = []
        let step = min(20.0, (width - x - 8) / 11)
        for index in 0...10 {
            let p = Double(index) / 10
            nodes.append(
                .group(
                    p >= 0.5 ? "hd-s1" : "hd-s2",
                    [
                        .rect(x + Double(index) * step, y, step, 9, "hd-fill")
                            .with("fill-opacity", NumberText.coordinate(0.05 + 0.95 * abs(p - 0.5) * 2))
                    ]))
        }
        for (p, label) in [(0.0, "0%"), (0.5, "50%"), (1.0, "100%")] {
            nodes.append(
                .text(x + (p * 10 + 0.5) * step, y + 23, label, "hd-muted hd-tiny", anchor: "middle"))
        }
        nodes.append(.text(max(4, x - 12), y + 40, text, "hd-muted hd-small"))
        return nodes
    }

    private var summary: String {
        if names.count < 2 { return "There is no pair to show." }
        return "The probability that the item of each row wins against the item of each column, for "
            + "\(min(names.count, Self.limit)) items from \(names[0]) down. \(note ?? "")"
    }
}
