/// About how wide text is in the fonts that charts ask for; the true width depends on the reader's fonts.
enum TextMeasure {
    /// The width in pixels at a font size.
    static func width(_ text: String, size: Double) -> Double {
        text.reduce(0) { $0 + em($1) } * size
    }

    /// The text cut to a width in pixels, with `…` where something was left out.
    static func elide(_ text: String, size: Double, to limit: Double) -> String {
        if width(text, size: size) <= limit { return text }
        var used = 0.9 * size
        var out = ""
        for character in text {
            used += em(character) * size
            if used > limit { break }
            out.append(character)
        }
        return out + "…"
    }

    private static func em(_ character: Character) -> Double {
        switch character {
        case "i", "j", "l", "I", "'", "|", ".", ",", ":", ";", "!": 0.34
        case "f", "t", "r", " ", "-", "(", ")", "[", "]", "/": 0.42
        case "m", "w", "M", "W", "@", "%": 0.96
        case "A"..."Z": 0.72
        default: DisplayWidth.of(character) == 2 ? 1.05 : DisplayWidth.of(character) == 0 ? 0 : 0.62
        }
    }
}
