/// A table of a report.
public struct ReportTable: Sendable, Hashable {
    /// How the numbers of a column are written.
    public enum Format: Sendable, Hashable {
        /// With this many decimals.
        case number(Int)
        /// As a count, thousands set apart.
        case count
        /// As a percentage with this many decimals.
        case percent(Int)
    }

    /// Where cells stand in their column.
    public enum Alignment: String, Sendable, Hashable { case left, right, center }

    /// One column.
    public struct Column: Sendable, Hashable {
        /// The heading.
        public var title: String
        /// Where its cells stand.
        public var alignment: Alignment
        /// How its numbers are written.
        public var format: Format
        /// What it means, for those who point at the heading.
        public var help: String?
        /// Whether its cells name the rows.
        public var isName: Bool

        /// Creates a column of numbers, at the right.
        public init(_ title: String, _ format: Format, help: String? = nil) {
            self.title = title
            self.format = format
            self.help = help
            alignment = .right
            isName = false
        }

        /// Creates a column of text.
        public init(_ title: String, alignment: Alignment = .left, isName: Bool = false, help: String? = nil)
        {
            self.title = title
            self.alignment = alignment
            self.isName = isName
            self.help = help
            format = .number(2)
        }
    }

    /// One cell.
    public enum Cell: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByFloatLiteral {
        /// Text.
        case text(String)
        /// Text that stands out.
        case strong(String)
        /// A number in the column's format.
        case number(Double)
        /// A lower and an upper number; `nil` where there is no end on that side.
        case range(Double?, Double?)
        /// Nothing.
        case missing

        public init(stringLiteral value: String) { self = .text(value) }

        public init(floatLiteral value: Double) { self = .number(value) }
    }

    /// What the table shows.
    public var caption: String
    /// The columns.
    public var columns: [Column]
    /// The rows; each should have a cell for every column.
    public var rows: [[Cell]]
    /// The rows that are set apart.
    public var highlighted: Set<Int>

    /// Creates a table.
    public init(caption: String, columns: [Column], rows: [[Cell]], highlighted: Set<Int> = []) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
        self.highlighted = highlighted
    }

    /// This table as far as `count` rows, and another with those after them if there are any.
    func split(at count: Int) -> (head: ReportTable, rest: ReportTable?) {
        if rows.count <= count + count / 4 { return (self, nil) }
        var head = self, rest = self
        head.rows = Array(rows.prefix(count))
        rest.rows = Array(rows.dropFirst(count))
        rest.highlighted = Set(highlighted.filter { $0 >= count }.map { $0 - count })
        return (head, rest)
    }

    func write(to out: inout String) {
        out +=
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(Escaping.markup(caption))\">"
        out += "<table><caption><span>\(Escaping.markup(caption))</span></caption><thead><tr>"
        for column in columns {
            out += "<th scope=\"col\" class=\"\(column.alignment.rawValue)\""
            if let help = column.help { out += " title=\"\(Escaping.markup(help))\"" }
            out += ">\(Escaping.markup(column.title))</th>"
        }
        out += "</tr></thead><tbody>\n"
        for (index, row) in rows.enumerated() {
            out += highlighted.contains(index) ? "<tr class=\"top\">" : "<tr>"
            for (place, column) in columns.enumerated() {
                let cell = place < row.count ? Self.html(row[place], column.format) : ""
                let tag = column.isName ? "th" : "td"
                out +=
                    "<\(tag)\(column.isName ? " scope=\"row\"" : "") class=\"\(column.alignment.rawValue)\">"
                out += "\(cell)</\(tag)>"
            }
            out += "</tr>\n"
        }
        out += "</tbody></table></div>\n"
    }

    private static func html(_ cell: Cell, _ format: Format) -> String {
        switch cell {
        case .text(let text): return "<bdi>\(Escaping.markup(text))</bdi>"
        case .strong(let text): return "<strong><bdi>\(Escaping.markup(text))</bdi></strong>"
        case .number(let value): return Escaping.markup(number(value, format))
        case .range(let low, let high):
            return Escaping.markup(
                "\(low.map { number($0, format) } ?? "−∞") to \(high.map { number($0, format) } ?? "∞")")
        case .missing: return "<span class=\"none\">–</span>"
        }
    }

    private static func number(_ value: Double, _ format: Format) -> String {
        switch format {
        case .number(let decimals): NumberText.typographic(NumberText.fixed(value, decimals))
        case .count: NumberText.typographic(NumberText.count(value))
        case .percent(let decimals): NumberText.typographic(NumberText.percent(value, decimals))
        }
    }
}
