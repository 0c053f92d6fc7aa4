/// Makes text that anyone may have written safe to stand in a page, a picture or a terminal.
public enum Escaping {
    /// The text for element content and quoted attributes of HTML and XML.
    ///
    /// Characters that XML forbids, other control characters and the controls that reorder the text around
    /// them become U+FFFD, so that no name can break a file or make its neighbours read differently.
    ///
    /// - Parameter lines: whether tabs and line ends stay as they are; otherwise they become spaces.
    public static func markup(_ text: String, lines: Bool = false) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count + 8)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\t", "\n", "\r": out.unicodeScalars.append(lines ? scalar : " ")
            default: out.unicodeScalars.append(isHarmful(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return out
    }

    /// The text on one line, without anything that a terminal would obey.
    static func terminal(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\t", "\n", "\r": out.append(" ")
            default: out.append(isHarmful(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return String(out)
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F: true
        case 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }
}
