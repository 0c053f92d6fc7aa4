@testable import HeedServer

/// Reads a page as browsers cut it into tags, and complains about all that our pages never have.
struct MarkupCheck {
    private(set) var complaints: [String] = []
    /// The text between the tags, with the escapes undone.
    private(set) var text = ""
    private var open: [String] = []
    private let bytes: [UInt8]
    private var at = 0

    private static let tags = Set(HTML.Tag.allCases.map(\.rawValue))
        .union(["g", "rect", "line", "circle", "text", "desc", "polygon"])
    private static let attributes = Set(Attribute.Name.allCases.map(\.rawValue))
        .union([
            "xmlns", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "text-anchor", "fill-opacity",
            "stroke-linejoin", "transform", "points",
        ])
    private static let empty: Set<String> = ["meta", "link", "hr", "br", "img", "input"]

    init(_ markup: String) {
        bytes = Array(markup.utf8)
        run()
        if !open.isEmpty { complaints.append("left open: \(open)") }
    }

    private mutating func run() {
        while at < bytes.count {
            guard bytes[at] == 0x3C else {
                readText()
                continue
            }
            at += 1
            if take("!DOCTYPE html>") { continue }
            let isEnd = take("/")
            let name = word { !($0 == 0x20 || $0 == 0x3E || $0 == 0x2F) }
            if !Self.tags.contains(name) { complaints.append("element \(name.prefix(40))") }
            if isEnd {
                if open.popLast() != name { complaints.append("\(name) closes something else") }
                if !take(">") { complaints.append("</\(name) is not closed") }
                continue
            }
            let closesItself = attributes(of: name)
            if !closesItself, !Self.empty.contains(name) { open.append(name) }
            if open.last == "script", !take("</script>") {
                complaints.append("a script with something in it")
            } else if open
                .last == "script"
            {
                open.removeLast()
            }
        }
    }

    private mutating func attributes(of tag: String) -> Bool {
        while at < bytes.count {
            if take(">") { return false }
            if take("/>") { return true }
            guard take(" ") else {
                complaints.append("odd byte in \(tag)")
                at += 1
                continue
            }
            let name = word { !($0 == 0x20 || $0 == 0x3E || $0 == 0x2F || $0 == 0x3D) }
            if !Self.attributes.contains(name) { complaints.append("attribute \(name.prefix(40)) of \(tag)") }
            guard take("=") else { continue }
            guard take("\"") else {
                complaints.append("\(name) of \(tag) is not quoted")
                continue
            }
            let value = word { $0 != 0x22 }
            if !take("\"") { complaints.append("\(name) of \(tag) has no end") }
            check(tag, name, value)
        }
        return false
    }

    private mutating func check(_ tag: String, _ name: String, _ value: String) {
        if value.contains("<") || value.contains(">") {
            complaints.append("\(name) of \(tag) has a raw mark")
        }
        guard ["href", "src", "action", "data-live"].contains(name) else { return }
        let isLocal = (value.hasPrefix("/") && !value.hasPrefix("//")) || value.hasPrefix("#")
        let isWeb = value.lowercased().hasPrefix("http://") || value.lowercased().hasPrefix("https://")
        if !isLocal, !(isWeb && (tag == "a" || tag == "img")) {
            complaints.append("\(name) of \(tag) is \(value.prefix(60))")
        }
        if tag == "script" || tag == "link" || tag == "form", !value.hasPrefix("/") {
            complaints.append("\(tag) leads away")
        }
    }

    private mutating func readText() {
        let start = at
        while at < bytes.count, bytes[at] != 0x3C { at += 1 }
        let raw = String(decoding: bytes[start..<at], as: UTF8.self)
        if raw.contains(">") { complaints.append("a raw > in text") }
        var plain = raw
        for (mark, meaning) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"),
        ] {
            plain = plain.replacing(mark, with: meaning)
        }
        for piece in raw.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
        where !["amp;", "lt;", "gt;", "quot;", "#39;"].contains(where: piece.hasPrefix) {
            complaints.append("a raw & in text")
        }
        text += plain
    }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard at + wanted.count <= bytes.count, bytes[at..<(at + wanted.count)].elementsEqual(wanted) else {
            return false
        }
        at += wanted.count
        return true
    }

    private mutating func word(while belongs: (UInt8) -> Bool) -> String {
        let start = at
        while at < bytes.count, belongs(bytes[at]) { at += 1 }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }
}

/// Random texts that try to break out of a page; the same seed, the same texts.
struct HostileText {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func below(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    private static let parts = [
        "<script>alert(1)</script>", "\"", "'", "<", ">", "&", "&amp;", "&#x3c;",
        "<img src=x onerror=alert(1)>", "-->", "]]>",
        "</textarea>", "</title>", "</style>", "javascript:alert(1)", "[a](javascript:alert(1))",
        "[b](https://e.org/\"onx=)",
        "[c](http://e.org/a_(b))", "![d](https://e.org/x.png)", "**", "*", "_", "__", "`", "```", "\n",
        "\n\n", "    ", "> ",
        "- ", "1. ", "# ", "###### ", "~~~", "\\", "\\\n", "[", "]", "(", ")", "](", "<https://e.org>",
        "https://e.org/<b>",
        "HTTP://E.org/?a=1&b=2", "---", "\u{0}", "\u{202E}", "\u{FEFF}", "é", "日本", "🫖", "\r\n", "\t", "a",
        "b c", "0",
        "//evil.example", "data:text/html,x", "vbscript:x", "&lt;script&gt;", "onclick=", "style=\"x\"",
        "%22%3E", "\u{2028}",
    ]

    mutating func text(_ most: Int = 12) -> String {
        (0..<(1 + below(most))).map { _ in Self.parts[below(Self.parts.count)] }.joined()
    }
}
