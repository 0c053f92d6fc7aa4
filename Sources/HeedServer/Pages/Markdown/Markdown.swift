/// Renders the Markdown that things to compare are written in.
///
/// A small language on purpose: paragraphs, headings, emphasis, lists, quotes, code and links to http and https. Markup in the
/// text is shown as text, and nothing is loaded from elsewhere. The time is linear in the text: quotes and lists nest up to a
/// bound, beyond which their marks are text.
struct Markdown {
    /// How deep quotes and lists nest.
    static let depthLimit = 6
    /// The level of the highest heading, as the page around it has headings of its own.
    let topHeading: Int

    /// The text as a piece of a page.
    static func html(_ text: String, topHeading: Int = 3) -> HTML {
        let normal = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").replacing(
            "\t", with: "    ")
        let lines = normal.split(separator: "\n", omittingEmptySubsequences: false).map {
            Array($0.utf8)[...]
        }
        return Markdown(topHeading: topHeading).blocks(lines[...], depth: 0).html
    }

    typealias Line = ArraySlice<UInt8>

    /// Blocks; `isBare` where they are one paragraph only.
    private func blocks(_ lines: ArraySlice<Line>, depth: Int) -> (html: HTML, text: HTML?) {
        var pieces: [HTML] = [], bare: HTML?, paragraph: [Line] = []
        var at = lines.startIndex
        func flush() {
            guard !paragraph.isEmpty else { return }
            let text = MarkdownInline.html(paragraph)
            bare = pieces.isEmpty ? text : nil
            pieces.append(HTML(.p, [], text))
            paragraph = []
        }
        while at < lines.endIndex {
            let line = lines[at]
            if Self.isBlank(line) {
                flush()
                at += 1
            } else if let fence = Self.fence(line) {
                flush()
                at = code(lines, at, fence, &pieces)
            } else if let (level, title) = Self.heading(line) {
                flush()
                pieces.append(
                    HTML(headings[min(5, level + topHeading - 2)], [], MarkdownInline.html([title])))
                at += 1
            } else if Self.isRule(line) {
                flush()
                pieces.append(HTML(.hr))
                at += 1
            } else if depth < Self.depthLimit, Self.quoted(line) != nil {
                flush()
                var inner: [Line] = []
                while at < lines.endIndex, let rest = Self.quoted(lines[at]) {
                    inner.append(rest)
                    at += 1
                }
                pieces.append(HTML(.blockquote, [], blocks(inner[...], depth: depth + 1).html))
            } else if depth < Self.depthLimit, let marker = Self.marker(line),
                paragraph.isEmpty || !marker.isOrdered || marker.number == 1
            {
                flush()
                at = list(lines, at, marker, depth, &pieces)
            } else {
                paragraph.append(line)
                at += 1
            }
        }
        flush()
        return (.all(pieces), pieces.count == 1 ? bare : nil)
    }

    private var headings: [HTML.Tag] { [.h1, .h2, .h3, .h4, .h5, .h6] }

    private func code(_ lines: ArraySlice<Line>, _ start: Int, _ fence: Fence, _ pieces: inout [HTML]) -> Int
    {
        var at = start + 1, content: [Line] = []
        while at < lines.endIndex {
            if let end = Self.fence(lines[at]), end.mark == fence.mark, end.count >= fence.count, end.isBare {
                break
            }
            content.append(lines[at].dropFirst(min(fence.indent, Self.indent(lines[at]))))
            at += 1
        }
        let text = content.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
        pieces.append(HTML(.pre, [.set(.tabindex, "0")]) { HTML(.code) { text } })
        return at + 1
    }

    private func list(
        _ lines: ArraySlice<Line>, _ start: Int, _ first: Marker, _ depth: Int, _ pieces: inout [HTML]
    ) -> Int {
        var at = start, items: [HTML] = []
        while at < lines.endIndex, let marker = Self.marker(lines[at]), marker.isOrdered == first.isOrdered,
            !Self.isRule(lines[at])
        {
            var inner: [Line] = [lines[at].dropFirst(marker.width)]
            at += 1
            while at < lines.endIndex {
                let line = lines[at]
                if Self.isBlank(line) {
                    // A blank line belongs to the item only if something of the item follows.
                    guard at + 1 < lines.endIndex, !Self.isBlank(lines[at + 1]),
                        Self.indent(lines[at + 1]) >= marker.width
                    else { break }
                    inner.append([])
                } else if Self.indent(line) >= marker.width {
                    inner.append(line.dropFirst(marker.width))
                } else if Self.isPlain(line), let last = inner.last, !Self.isBlank(last) {
                    inner.append(line)
                } else {
                    break
                }
                at += 1
            }
            let content = blocks(inner[...], depth: depth + 1)
            items.append(HTML(.li, [], content.text ?? content.html))
            if at + 1 < lines.endIndex, Self.isBlank(lines[at]), Self.marker(lines[at + 1]) != nil { at += 1 }
        }
        pieces.append(HTML(first.isOrdered ? .ol : .ul, [], .all(items)))
        return at
    }
}

// MARK: - Lines

extension Markdown {
    struct Fence {
        var mark: UInt8
        var count: Int
        var indent: Int
        var isBare: Bool
    }

    struct Marker {
        var isOrdered: Bool
        var number: Int
        var width: Int
    }

    static func indent(_ line: Line) -> Int { line.prefix { $0 == 0x20 }.count }

    static func isBlank(_ line: Line) -> Bool { line.allSatisfy { $0 == 0x20 } }

    /// Whether a line begins no block of its own.
    private static func isPlain(_ line: Line) -> Bool {
        fence(line) == nil && heading(line) == nil && !isRule(line) && quoted(line) == nil
            && marker(line) == nil
    }

    private static func fence(_ line: Line) -> Fence? {
        let indent = indent(line), rest = line.dropFirst(indent)
        guard indent < 4, let mark = rest.first, mark == 0x60 || mark == 0x7E else { return nil }
        let count = rest.prefix { $0 == mark }.count, info = rest.dropFirst(count)
        guard count >= 3, !(mark == 0x60 && info.contains(0x60)) else { return nil }
        return Fence(mark: mark, count: count, indent: indent, isBare: isBlank(info))
    }

    private static func heading(_ line: Line) -> (Int, Line)? {
        let rest = line.dropFirst(indent(line)), level = rest.prefix { $0 == 0x23 }.count
        guard (1...6).contains(level) else { return nil }
        var title = rest.dropFirst(level)
        guard title.isEmpty || title.first == 0x20 else { return nil }
        while title.last == 0x20 || title.last == 0x23 { title.removeLast() }
        return (level, title.drop { $0 == 0x20 })
    }

    private static func isRule(_ line: Line) -> Bool {
        guard let mark = line.first(where: { $0 != 0x20 }), mark == 0x2A || mark == 0x2D || mark == 0x5F
        else {
            return false
        }
        var count = 0
        for byte in line where byte != 0x20 {
            if byte != mark { return false }
            count += 1
        }
        return count >= 3
    }

    private static func quoted(_ line: Line) -> Line? {
        let rest = line.drop { $0 == 0x20 }
        guard rest.first == 0x3E else { return nil }
        return rest.dropFirst(rest.dropFirst().first == 0x20 ? 2 : 1)
    }

    private static func marker(_ line: Line) -> Marker? {
        let indent = indent(line), rest = line.dropFirst(indent)
        guard let first = rest.first else { return nil }
        var width = indent + 1, number = 0, isOrdered = false
        if (0x30...0x39).contains(first) {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            let after = rest.dropFirst(digits.count).first
            guard digits.count <= 9, after == 0x2E || after == 0x29 else { return nil }
            number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            width += digits.count
            isOrdered = true
        } else if first != 0x2D && first != 0x2A && first != 0x2B {
            return nil
        }
        let content = line.dropFirst(width)
        guard content.first == 0x20 || content.isEmpty else { return nil }
        let spaces = content.prefix { $0 == 0x20 }.count
        return Marker(
            isOrdered: isOrdered, number: number,
            width: min(line.count, width + ((1...4).contains(spaces) ? spaces : 1)))
    }
}
