/// Text with emphasis. Everything put into it is escaped when a page is written, whoever wrote it.
///
/// ```swift
/// let text: RichText = "\(strong: item.name) comes first; see \(link: "the table", to: "ranking")."
/// ```
public struct RichText: Sendable, Hashable, ExpressibleByStringInterpolation {
    enum Run: Sendable, Hashable {
        case plain(String)
        case strong(String)
        case code(String)
        case link(String, section: String)
    }

    var runs: [Run]

    /// Plain text.
    public init(_ text: String) { runs = [.plain(text)] }

    public init(stringLiteral value: String) { runs = [.plain(value)] }

    public init(stringInterpolation: StringInterpolation) { runs = stringInterpolation.runs }

    /// Joins two texts.
    public static func + (a: RichText, b: RichText) -> RichText {
        var out = a
        out.runs += b.runs
        return out
    }

    /// Adds a text to the end.
    public static func += (a: inout RichText, b: RichText) { a.runs += b.runs }

    /// Names as a list in words: `a, b and c`; of long lists the first few and how many more there are.
    public static func names(_ names: [String], limit: Int = 6) -> RichText {
        var out = RichText("")
        let shown = names.count > limit + 1 ? Array(names.prefix(limit)) : names
        let rest = names.count - shown.count
        for (index, name) in shown.enumerated() {
            if index > 0 { out.runs.append(.plain(index == shown.count - 1 && rest == 0 ? " and " : ", ")) }
            out.runs.append(.strong(name))
        }
        if rest > 0 { out.runs.append(.plain(" and \(rest) more")) }
        return out
    }

    /// What may stand within such a text.
    public struct StringInterpolation: StringInterpolationProtocol {
        var runs: [Run] = []

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) { runs.append(.plain(literal)) }

        /// Plain text or a number.
        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            runs.append(.plain(value.description))
        }

        /// Another text with emphasis.
        public mutating func appendInterpolation(_ text: RichText) { runs += text.runs }

        /// A name or number that matters.
        public mutating func appendInterpolation(strong: String) { runs.append(.strong(strong)) }

        /// A command, a path or an id.
        public mutating func appendInterpolation(code: String) { runs.append(.code(code)) }

        /// A link to the section with this id.
        public mutating func appendInterpolation(link: String, to section: String) {
            runs.append(.link(link, section: section))
        }
    }

    /// The text as HTML.
    var html: String {
        runs.map { run in
            switch run {
            case .plain(let text): Escaping.markup(text)
            case .strong(let text): "<strong><bdi>\(Escaping.markup(text))</bdi></strong>"
            case .code(let text): "<code>\(Escaping.markup(text))</code>"
            case .link(let text, let section):
                "<a href=\"#\(ReportDocument.slug(section))\">\(Escaping.markup(text))</a>"
            }
        }.joined()
    }
}
