import Foundation

/// How a text looks rather than what it says: its length, lists, headings, bold words, code, digits, questions and so on.
///
/// People and judges often prefer the long or well laid out answer whatever it says; with these features a model shows how much of a
/// preference is of that kind. Counts n are given as ln(1 + n), so that a feature is 0 to about 8; shares are 0 to 1.
///
/// ```swift
/// let row = StyleFeatures.values(of: "# Steps\n1. Read.\n2. Write?")
/// print(StyleFeatures.names[0], row[0])   // "length" and ln(1 + 25)
/// ```
public enum StyleFeatures {
    /// What the features are called, in order.
    public static let names = [
        "length", "words", "paragraphs", "sentences", "list items", "numbered items", "headings", "bold",
        "code blocks", "inline code", "links", "table rows", "questions", "exclamations", "commas",
        "digits share",
        "capitals share", "word length",
    ]

    /// The features of one text.
    public static func values(of text: String) -> [Double] {
        var text = text
        return text.withUTF8 { measure($0) }
    }

    /// The number of features.
    static let count = names.count

    private static func measure(_ text: UnsafeBufferPointer<UInt8>) -> [Double] {
        var n = [Int](repeating: 0, count: count)
        var (characters, letters, capitals, digits, inWords) = (0, 0, 0, 0, 0)
        var (isInWord, endsSentence, isBlank, wasBlank) = (false, false, true, true)
        var lineStart = 0
        for place in text.indices {
            let byte = text[place]
            if byte & 0xC0 != 0x80 { characters += 1 }
            let isLetter = byte >= 0x80 || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
            let isDigit = byte >= 0x30 && byte <= 0x39
            if isLetter || isDigit {
                if byte & 0xC0 != 0x80 {
                    inWords += 1
                    letters += isLetter ? 1 : 0
                    digits += isDigit ? 1 : 0
                    capitals += byte >= 0x41 && byte <= 0x5A ? 1 : 0
                }
                if !isInWord { n[1] += 1 }
                (isInWord, endsSentence) = (true, false)
            } else if byte != 0x27 {
                isInWord = false
            }
            switch byte {
            case UInt8(ascii: "?"): n[12] += 1
            case UInt8(ascii: "!"): n[13] += 1
            case UInt8(ascii: ","): n[14] += 1
            default: break
            }
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "!") {
                let next = place + 1 < text.count ? text[place + 1] : 0x20
                if next <= 0x20, !endsSentence {
                    n[3] += 1
                    endsSentence = true
                }
            }
            if byte > 0x20 { isBlank = false }
            if byte == 0x0A || place == text.count - 1 {
                let end = byte == 0x0A ? place : place + 1
                line(UnsafeBufferPointer(rebasing: text[lineStart..<end]), &n)
                if !isBlank, wasBlank { n[2] += 1 }
                (wasBlank, isBlank, lineStart) = (isBlank, true, place + 1)
            }
        }
        n[0] = characters
        n[8] /= 2
        var row = n.map { log(1 + Double($0)) }
        row[count - 3] = Double(digits) / Double(max(1, inWords))
        row[count - 2] = Double(capitals) / Double(max(1, letters))
        row[count - 1] = log(1 + Double(inWords) / Double(max(1, n[1])))
        return row
    }

    /// Counts the marks of one line.
    private static func line(_ text: UnsafeBufferPointer<UInt8>, _ n: inout [Int]) {
        var place = 0
        while place < text.count, text[place] <= 0x20 { place += 1 }
        let rest = UnsafeBufferPointer(rebasing: text[place...])
        func isSpace(_ index: Int) -> Bool { index < rest.count && rest[index] <= 0x20 }
        switch rest.first {
        case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"): if isSpace(1) { n[4] += 1 }
        case 0xE2: if rest.count > 2, rest[1] == 0x80, rest[2] == 0xA2 { n[4] += 1 }
        case UInt8(ascii: "#"):
            let marks = rest.prefix { $0 == UInt8(ascii: "#") }.count
            if marks <= 6, isSpace(marks) { n[6] += 1 }
        case UInt8(ascii: "|"): n[11] += 1
        case UInt8(ascii: "`"): if rest.count > 2, rest[1] == rest[0], rest[2] == rest[0] { n[8] += 1 }
        case .some(0x30...0x39):
            let digits = rest.prefix { (0x30...0x39).contains($0) }.count
            if digits <= 3, digits < rest.count,
                rest[digits] == UInt8(ascii: ".") || rest[digits] == UInt8(ascii: ")"),
                isSpace(digits + 1)
            {
                n[5] += 1
            }
        default: break
        }
        var (stars, ticks) = (0, 0)
        place = 0
        while place + 1 < rest.count {
            if rest[place] == UInt8(ascii: "*"), rest[place + 1] == rest[place] {
                stars += 1
                place += 1
            } else if rest[place] == UInt8(ascii: "]"), rest[place + 1] == UInt8(ascii: "(") {
                n[10] += 1
            } else if place + 6 < rest.count, rest[place] == UInt8(ascii: ":"),
                rest[place + 1] == UInt8(ascii: "/"),
                rest[place + 2] == UInt8(ascii: "/"),
                place == 0 || rest[place - 1] | 0x20 == 0x73 || rest[place - 1] | 0x20 == 0x70,
                !isLinked(rest, place)
            {
                n[10] += 1
            }
            place += 1
        }
        for byte in rest where byte == UInt8(ascii: "`") { ticks += 1 }
        n[7] += stars / 2
        if rest.first != UInt8(ascii: "`") || ticks % 3 != 0 { n[9] += ticks / 2 }
    }

    /// Whether the address that goes on here is that of a link in brackets, which counts already.
    private static func isLinked(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
        var start = place
        while start > 0, text[start - 1] | 0x20 >= 0x61, text[start - 1] | 0x20 <= 0x7A { start -= 1 }
        return start > 1 && text[start - 1] == UInt8(ascii: "(") && text[start - 2] == UInt8(ascii: "]")
    }
}
