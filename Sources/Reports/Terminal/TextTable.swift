/// A table for terminals that keeps within their width, and for files.
///
/// Text columns shrink first, then bars; columns that still do not fit are left out, those of the lowest
/// importance first, and a line below says which. A number is never cut.
public struct TextTable: Sendable {
    /// One column.
    public struct Column: Sendable, Hashable {
        /// The heading.
        public var title: String
        /// Whether cells stand at the right, as numbers should.
        public var isNumeric: Bool
        /// Which columns give way first where there is no room: the lowest. The first column never does.
        public var importance: Int
        /// The columns of the terminal that cells of text or bars keep at least.
        public var minimum: Int

        /// Creates a column of text.
        public init(_ title: String, importance: Int = 10, minimum: Int = 8) {
            self.title = title
            self.importance = importance
            self.minimum = minimum
            isNumeric = false
        }

        /// Creates a column of numbers.
        public static func number(_ title: String, importance: Int = 5) -> Column {
            var column = Column(title, importance: importance)
            column.isNumeric = true
            return column
        }

        /// Creates a column of interval bars on a common scale.
        public static func bar(_ title: String, importance: Int = 3) -> Column {
            Column(title, importance: importance, minimum: 11)
        }
    }

    /// How a cell is coloured, where colours are shown.
    public enum Tone: Sendable, Hashable { case plain, strong, dim, good, warning, bad }

    /// One cell.
    public struct Cell: Sendable, Hashable, ExpressibleByStringLiteral {
        enum Content: Sendable, Hashable {
            case text(String)
            case number(Double, decimals: Int)
            case count(Double)
            case percent(Double, decimals: Int)
            case bar(Double, low: Double?, high: Double?)
            case missing
        }

        var content: Content
        var tone = Tone.plain

        public init(stringLiteral value: String) { content = .text(value) }

        init(_ content: Content) { self.content = content }

        /// Text.
        public static func text(_ text: String) -> Cell { Cell(.text(text)) }

        /// A number with this many decimals.
        public static func number(_ value: Double, _ decimals: Int = 2) -> Cell {
            Cell(.number(value, decimals: decimals))
        }

        /// A count, thousands set apart.
        public static func count(_ value: Double) -> Cell { Cell(.count(value)) }

        /// A share as a percentage.
        public static func percent(_ value: Double, _ decimals: Int = 0) -> Cell {
            Cell(.percent(value, decimals: decimals))
        }

        /// A value with its interval, as a bar; `nil` for a side without an end.
        public static func bar(_ value: Double, from low: Double?, to high: Double?) -> Cell {
            Cell(.bar(value, low: low, high: high))
        }

        /// Nothing.
        public static var missing: Cell { Cell(.missing) }

        /// The same cell in another tone.
        public func tone(_ tone: Tone) -> Cell {
            var cell = self
            cell.tone = tone
            return cell
        }
    }

    /// The columns.
    public var columns: [Column]
    /// The rows; each should have a cell for every column.
    public var rows: [[Cell]]

    /// Creates a table.
    public init(columns: [Column], rows: [[Cell]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// The table for a terminal.
    public func text(_ terminal: TerminalInfo) -> String {
        text(width: terminal.width, colour: terminal.colour, unicode: terminal.unicode)
    }

    /// The table in lines of at most `width` columns, `nil` for as wide as it is.
    public func text(width: Int? = nil, colour: Bool = false, unicode: Bool = true) -> String {
        TextTableLayout(self, width: width, unicode: unicode).text(colour: colour)
    }

    /// The table as comma-separated values: numbers in full, a bar as its two ends (empty where there is
    /// none).
    public func csv() -> String {
        let bars = columns.indices.map { index in
            rows.contains { row in
                if index < row.count, case .bar = row[index].content { return true }
                return false
            }
        }
        let heading = zip(columns, bars).flatMap { column, isBar in
            isBar ? ["\(column.title) lower", "\(column.title) upper"] : [column.title]
        }
        return CSV.line(heading)
            + rows.map { row in
                CSV.line(
                    bars.enumerated().flatMap { index, isBar in
                        Self.fields(index < row.count ? row[index] : .missing, pair: isBar)
                    })
            }.joined()
    }

    private static func fields(_ cell: Cell, pair: Bool) -> [String] {
        func number(_ value: Double) -> String {
            if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
            return value.isFinite ? "\(value)" : ""
        }
        let fields: [String] =
            switch cell.content {
            case .text(let text): [text]
            case .number(let value, _), .count(let value), .percent(let value, _): [number(value)]
            case .bar(_, let low, let high): [low.map(number) ?? "", high.map(number) ?? ""]
            case .missing: [""]
            }
        return pair && fields.count == 1 ? fields + [""] : fields
    }
}
