/// How many columns of a terminal a text takes.
public enum DisplayWidth {
    /// The columns that a text takes: two for East Asian wide characters and emoji, none for combining marks.
    public static func of(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// The columns that one character takes.
    public static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        if scalars.count == 1 { return of(first) }
        let isEmoji =
            scalars.contains { $0 == "\u{FE0F}" || $0.properties.isEmojiModifier }
            || first.properties.isEmojiPresentation
        if isEmoji, first.properties.isEmoji, first.value > 0x7F || scalars.contains("\u{20E3}") { return 2 }
        return scalars.reduce(0) { $0 + of($1) }
    }

    /// The text cut to at most `width` columns, with `ellipsis` where something was left out.
    public static func elide(_ text: String, to width: Int, ellipsis: Character = "…") -> String {
        if of(text) <= width { return text }
        guard width > 0 else { return "" }
        var out = ""
        var used = of(ellipsis)
        for character in text {
            let more = of(character)
            if used + more > width { break }
            used += more
            out.append(character)
        }
        out.append(ellipsis)
        return out
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x300 { return value < 0x20 || (value >= 0x7F && value < 0xA0) || value == 0xAD ? 0 : 1 }
        // Vowels and finals of Hangul join the syllable that stands before them.
        if value >= 0x1160, value <= 0x11FF { return 0 }
        if isWide(value) { return 2 }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return 0
        default: return properties.isEmojiPresentation ? 2 : 1
        }
    }

    /// The blocks whose characters are wide or full-width in Unicode's East Asian Width, emoji apart.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case ..<0x1100: false
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF:
            value != 0x303F
        case 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F: true
        case 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF: true
        case 0x1F200...0x1F265, 0x20000...0x3FFFD: true
        default: false
        }
    }
}
