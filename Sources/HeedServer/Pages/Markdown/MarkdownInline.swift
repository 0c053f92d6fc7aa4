/// Emphasis, code and links within a paragraph.
///
/// What opens and is never closed is text. Of emphasis and brackets that are open at once only so many are remembered, so that
/// the time is linear whatever the text.
struct MarkdownInline {
    private static let openLimit = 16

    private struct Open {
        var mark: UInt8
        var count: Int
        /// Its own place among the pieces, as text.
        var piece: Int
    }

    private let bytes: [UInt8]
    private var at = 0
    private var plain: [UInt8] = []
    private var pieces: [HTML] = []
    private var open: [Open] = []
    private var closers: [Int: Int] = [:]

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        closers = Self.closers(bytes)
    }

    /// The lines of a paragraph or a heading.
    static func html(_ lines: [Markdown.Line]) -> HTML {
        var bytes: [UInt8] = []
        for (index, line) in lines.enumerated() {
            var line = line.drop { $0 == 0x20 }
            var spaces = 0
            while line.last == 0x20 {
                line.removeLast()
                spaces += 1
            }
            bytes += line
            guard index < lines.count - 1 else { break }
            if spaces >= 2 { bytes.append(0x5C) }
            bytes.append(0x0A)
        }
        var parser = MarkdownInline(bytes)
        parser.parse()
        return .all(parser.pieces)
    }

    private mutating func parse() {
        while at < bytes.count {
            let byte = bytes[at]
            switch byte {
            case 0x5C: escape()
            case 0x60: code()
            case 0x2A, 0x5F: emphasis(byte)
            case 0x5B: bracket()
            case 0x5D: link()
            case 0x68, 0x48: bareAddress()
            default:
                plain.append(byte)
                at += 1
            }
        }
        flush()
    }

    private mutating func flush() {
        guard !plain.isEmpty else { return }
        pieces.append(.text(String(decoding: plain, as: UTF8.self)))
        plain = []
    }

    private mutating func escape() {
        at += 1
        guard at < bytes.count else {
            plain.append(0x5C)
            return
        }
        if bytes[at] == 0x0A {
            flush()
            pieces.append(HTML(.br))
        } else if Self.isPunctuation(bytes[at]) {
            plain.append(bytes[at])
        } else {
            plain += [0x5C, bytes[at]]
        }
        at += 1
    }

    // MARK: - Code

    /// For each run of backticks the next one that is as long.
    private static func closers(_ bytes: [UInt8]) -> [Int: Int] {
        var runs: [(start: Int, count: Int)] = []
        var index = 0
        while index < bytes.count {
            let start = index
            while index < bytes.count, bytes[index] == 0x60 { index += 1 }
            if index > start { runs.append((start, index - start)) } else { index += 1 }
        }
        var next: [Int: Int] = [:], closers: [Int: Int] = [:]
        for run in runs.reversed() {
            closers[run.start] = next[run.count]
            next[run.count] = run.start
        }
        return closers
    }

    private mutating func code() {
        var end = at
        while end < bytes.count, bytes[end] == 0x60 { end += 1 }
        guard let close = closers[at] else {
            plain += bytes[at..<end]
            at = end
            return
        }
        flush()
        var content = String(decoding: bytes[end..<close], as: UTF8.self).replacing("\n", with: " ")
        if content.count > 2, content.hasPrefix(" "), content.hasSuffix(" ") {
            content = String(content.dropFirst().dropLast())
        }
        pieces.append(HTML(.code) { content })
        at = close + end - at
    }

    // MARK: - Emphasis

    private mutating func emphasis(_ mark: UInt8) {
        let start = at
        while at < bytes.count, bytes[at] == mark { at += 1 }
        let before = start > 0 ? bytes[start - 1] : 0x20, after = at < bytes.count ? bytes[at] : 0x20
        let isWord = mark == 0x5F && Self.isWord(before) && Self.isWord(after)
        let count = at - start
        guard count <= 3, !isWord else {
            plain += bytes[start..<at]
            return
        }
        if !Self.isSpace(before), close(mark, count) { return }
        if !Self.isSpace(after), open.count < Self.openLimit {
            flush()
            pieces.append(.text(String(decoding: bytes[start..<at], as: UTF8.self)))
            open.append(Open(mark: mark, count: count, piece: pieces.count - 1))
        } else {
            plain += bytes[start..<at]
        }
    }

    /// Closes the last emphasis that opened with this mark.
    private mutating func close(_ mark: UInt8, _ count: Int) -> Bool {
        let floor = open.lastIndex { $0.mark == 0x5B }.map { $0 + 1 } ?? 0
        guard let index = open[floor...].lastIndex(where: { $0.mark == mark && $0.count == count }) else {
            return false
        }
        flush()
        let start = open[index].piece
        var inner = HTML.all(pieces[(start + 1)...])
        if count != 2 { inner = HTML(.em, [], inner) }
        if count >= 2 { inner = HTML(.strong, [], inner) }
        pieces.replaceSubrange(start..., with: [inner])
        open.removeSubrange(index...)
        return true
    }

    // MARK: - Links

    private mutating func bracket() {
        at += 1
        guard open.count < Self.openLimit else {
            plain.append(0x5B)
            return
        }
        flush()
        pieces.append(.text("["))
        open.append(Open(mark: 0x5B, count: 1, piece: pieces.count - 1))
    }

    private mutating func link() {
        at += 1
        guard let index = open.lastIndex(where: { $0.mark == 0x5B }) else {
            plain.append(0x5D)
            return
        }
        flush()
        let start = open[index].piece
        open.removeSubrange(index...)
        guard at < bytes.count, bytes[at] == 0x28, let (text, end) = destination(at + 1),
            let address = Address.web(text)
        else {
            plain.append(0x5D)
            return
        }
        let label = HTML.all(pieces[(start + 1)...])
        pieces.replaceSubrange(start..., with: [Self.anchor(address, label.isEmpty ? .text(text) : label)])
        // No link stands within another.
        open.removeAll { $0.mark == 0x5B }
        at = end
    }

    /// The address that begins here, and where its closing parenthesis ends: looked for no further than addresses are long.
    private func destination(_ start: Int) -> (String, Int)? {
        var index = start, depth = 0
        while index < bytes.count, index - start <= 2_000 {
            let byte = bytes[index]
            if byte == 0x28 { depth += 1 }
            if byte == 0x29 {
                if depth == 0 { return (String(decoding: bytes[start..<index], as: UTF8.self), index + 1) }
                depth -= 1
            }
            if byte <= 0x20 { break }
            index += 1
        }
        return nil
    }

    private mutating func bareAddress() {
        let isWordBefore = at > 0 && Self.isWord(bytes[at - 1])
        guard !isWordBefore, !open.contains(where: { $0.mark == 0x5B }), startsAddress(at) else {
            plain.append(bytes[at])
            at += 1
            return
        }
        var end = at
        while end < bytes.count, bytes[end] > 0x20, bytes[end] != 0x3C, bytes[end] != 0x3E, bytes[end] != 0x22
        { end += 1 }
        while end > at,
            [0x2E, 0x2C, 0x3A, 0x3B, 0x21, 0x3F, 0x29, 0x5D, 0x27, 0x2A, 0x5F].contains(bytes[end - 1])
        {
            end -= 1
        }
        let text = String(decoding: bytes[at..<end], as: UTF8.self)
        if let address = Address.web(text) {
            flush()
            pieces.append(Self.anchor(address, .text(text)))
        } else {
            plain += bytes[at..<end]
        }
        at = max(end, at + 1)
    }

    private func startsAddress(_ start: Int) -> Bool {
        let head = String(decoding: bytes[start..<min(bytes.count, start + 8)], as: UTF8.self).lowercased()
        return head == "https://" || head.hasPrefix("http://")
    }

    private static func anchor(_ address: Address, _ label: HTML) -> HTML {
        HTML(.a, [.href(address), .set(.rel, "noopener noreferrer nofollow ugc")], label)
    }

    // MARK: - Bytes

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte)
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && !isWord(byte) }
}
