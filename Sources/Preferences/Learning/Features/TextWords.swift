import Foundation

/// The words of a text in lower case, in one buffer that is used again for the next text.
///
/// A word is a run of letters, marks and digits, with apostrophes inside; characters of scripts that write no spaces
/// (Chinese, Japanese) and emoji are words of their own. The buffer holds a space, then each word followed by a space, so that
/// pairs of words and characters at the edge of a word are ranges of it.
struct TextWords {
    private(set) var bytes: [UInt8] = []
    private(set) var starts: [Int] = []
    private(set) var ends: [Int] = []

    var count: Int { starts.count }

    /// Takes the words of a text in place of those before.
    mutating func read(_ text: String) {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        bytes.append(0x20)
        var text = text
        // An accent that stands as a character of its own joins its letter: both ways to write é are the same word.
        if text.utf8.contains(where: { $0 == 0xCC || $0 == 0xCD }) {
            text = text.precomposedStringWithCanonicalMapping
        }
        text.withUTF8 { scan($0) }
    }

    private mutating func scan(_ text: UnsafeBufferPointer<UInt8>) {
        var start = -1
        var place = 0
        while place < text.count {
            let byte = text[place]
            if byte < 0x80 {
                let lower = Self.lower[Int(byte)]
                if lower != 0 {
                    if start < 0 { start = bytes.count }
                    bytes.append(lower)
                } else if byte == 0x27, start >= 0, Self.continues(text, place + 1) {
                    bytes.append(0x27)
                } else {
                    end(&start)
                }
                place += 1
                continue
            }
            let (scalar, length) = Self.scalar(text, place)
            switch Self.kind(scalar) {
            case .letter:
                if start < 0 { start = bytes.count }
                append(scalar, text[place..<place + length])
            case .alone:
                end(&start)
                start = bytes.count
                append(scalar, text[place..<place + length])
                end(&start)
            case .apostrophe where start >= 0 && Self.continues(text, place + length): bytes.append(0x27)
            default: end(&start)
            }
            place += length
        }
        end(&start)
    }

    private mutating func end(_ start: inout Int) {
        guard start >= 0 else { return }
        starts.append(start)
        ends.append(bytes.count)
        bytes.append(0x20)
        start = -1
    }

    private mutating func append(_ scalar: Unicode.Scalar, _ raw: Slice<UnsafeBufferPointer<UInt8>>) {
        if scalar.properties.changesWhenLowercased {
            bytes.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
        } else {
            bytes.append(contentsOf: raw)
        }
    }

    private enum Kind { case letter, alone, apostrophe, other }

    private static func kind(_ scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x2019: return .apostrophe
        case 0x3041...0x3096, 0x30A1...0x30FA, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
            0x20000...0x3FFFD:
            return .alone
        default: break
        }
        let properties = scalar.properties
        if properties.isAlphabetic { return .letter }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .decimalNumber, .letterNumber, .otherNumber: return .letter
        default: return properties.isEmojiPresentation ? .alone : .other
        }
    }

    /// Whether a letter or digit stands here.
    private static func continues(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
        guard place < text.count else { return false }
        if text[place] < 0x80 { return lower[Int(text[place])] != 0 }
        if case .letter = kind(scalar(text, place).0) { return true }
        return false
    }

    /// Decodes; strings hold valid UTF-8 only.
    private static func scalar(
        _ text: UnsafeBufferPointer<UInt8>, _ place: Int
    ) -> (Unicode.Scalar, length: Int) {
        let first = UInt32(text[place])
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var value = first & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
        for index in 1..<length { value = value << 6 | UInt32(text[place + index] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    /// For each ASCII character itself in lower case, or 0 where it is no letter, digit or underscore.
    private static let lower: [UInt8] = (0..<128).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt8(byte) + 32
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"):
            UInt8(byte)
        default: 0
        }
    }
}
