/// A report: sections under headings, written as one file that needs nothing else.
///
/// The page holds its pictures and its style, runs no script and asks for nothing from a network (its own
/// content security policy forbids both). It reads well on paper, on a phone and in the dark.
///
/// ```swift
/// let report = ReportDocument(title: "Taste test", sections: [
///     ReportSection("The answer", [.lede("\(strong: "Earl Grey") comes first.")])
/// ])
/// try Data(report.html().utf8).write(to: url)
/// ```
public struct ReportDocument: Sendable {
    /// The title.
    public var title: String
    /// What stands below the title.
    public var subtitle: RichText
    /// The sections.
    public var sections: [ReportSection]
    /// What stands at the end of the page.
    public var footer: RichText

    /// Creates a report.
    public init(
        title: String, subtitle: RichText = "", sections: [ReportSection], footer: RichText = "Made by Heed."
    ) {
        self.title = title
        self.subtitle = subtitle
        self.sections = sections
        self.footer = footer
    }

    /// Style within the page, and nothing else from anywhere.
    private static let policy = "default-src 'none'; style-src 'unsafe-inline'"

    /// The page.
    public func html() -> String {
        let ids = anchors()
        var out = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="Heed">
            <title>\(Escaping.markup(title))</title>
            <style>\(ChartStyle.css)\(PageStyle.css)</style>
            </head>
            <body>
            <a class="skip" href="#content">Skip to the content</a>
            <header><h1>\(Escaping.markup(title))</h1>

            """
        if subtitle.runs != [.plain("")] { out += "<p class=\"subtitle\">\(subtitle.html)</p>\n" }
        out += "</header>\n"
        if sections.count > 1 { writeContents(ids, to: &out) }
        out += "<main id=\"content\">\n"
        for (section, id) in zip(sections, ids) {
            out +=
                "<section aria-labelledby=\"\(id)\">\n"
            out += "<h2 id=\"\(id)\">\(Escaping.markup(section.title))</h2>\n"
            for block in section.blocks { block.write(to: &out) }
            out += "</section>\n"
        }
        out += "</main>\n<footer><p>\(footer.html)</p></footer>\n</body>\n</html>\n"
        return out
    }

    private func writeContents(_ ids: [String], to out: inout String) {
        out += "<nav aria-label=\"Contents\"><p>Contents</p><ol>"
        for (section, id) in zip(sections, ids) {
            out += "<li><a href=\"#\(id)\">\(Escaping.markup(section.title))</a></li>"
        }
        out += "</ol></nav>\n"
    }

    /// The sections' ids, each once.
    private func anchors() -> [String] {
        var seen: Set<String> = ["content"]
        return sections.map { section in
            let base = Self.slug(section.id ?? section.title)
            var id = base, number = 2
            while !seen.insert(id).inserted {
                id = "\(base)-\(number)"
                number += 1
            }
            return id
        }
    }

    /// The text as an id: small ASCII letters and digits, hyphens between words.
    static func slug(_ text: String) -> String {
        var out = ""
        for byte in text.lowercased().utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default: if !out.isEmpty, out.utf8.last != UInt8(ascii: "-") { out += "-" }
            }
        }
        while out.utf8.last == UInt8(ascii: "-") { out.removeLast() }
        return out.isEmpty ? "section" : out
    }
}

/// A part of a report under a heading of its own.
public struct ReportSection: Sendable {
    /// The heading.
    public var title: String
    /// What links to the section name; made from the heading where it is `nil`.
    public var id: String?
    /// What stands in the section.
    public var blocks: [ReportBlock]

    /// Creates a section.
    public init(_ title: String, id: String? = nil, _ blocks: [ReportBlock]) {
        self.title = title
        self.id = id
        self.blocks = blocks
    }
}

extension ReportBlock {
    func write(to out: inout String) {
        switch self {
        case .paragraph(let text): out += "<p>\(text.html)</p>\n"
        case .lede(let text): out += "<p class=\"lede\">\(text.html)</p>\n"
        case .heading(let text): out += "<h3>\(Escaping.markup(text))</h3>\n"
        case .list(let items): out += "<ul>" + items.map { "<li>\($0.html)</li>" }.joined() + "</ul>\n"
        case .code(let text): out += "<pre tabindex=\"0\"><code>\(Escaping.markup(text))</code></pre>\n"
        case .table(let table): table.write(to: &out)
        case .callout(let callout):
            out += "<aside class=\"callout \(callout.severity.rawValue)\"><p><strong>"
            out +=
                "<span class=\"tag\">\(callout.severity.label)</span> "
            out += "\(Escaping.markup(callout.title))</strong></p>"
            out += "<p>\(callout.text.html)</p>"
            if let remedy = callout.remedy { out += "<p class=\"remedy\">\(remedy.html)</p>" }
            out += "</aside>\n"
        case .keyFigures(let figures):
            out += "<dl class=\"figures\">"
            for figure in figures {
                out +=
                    "<div><dt>\(Escaping.markup(figure.label))</dt>"
                out += "<dd>\(Escaping.markup(figure.value))</dd></div>"
            }
            out += "</dl>\n"
        case .figure(let figure):
            out += "<figure><div class=\"scroll\(figure.compact == nil ? "" : " wide")\">"
            out += figure.image.markup() + "</div>"
            if let compact = figure.compact { out += "<div class=\"compact\">\(compact.markup())</div>" }
            out += "<figcaption>\(figure.caption.html)</figcaption></figure>\n"
        case .details(let summary, let blocks):
            out += "<details><summary>\(summary.html)</summary>\n"
            for block in blocks { block.write(to: &out) }
            out += "</details>\n"
        }
    }
}
