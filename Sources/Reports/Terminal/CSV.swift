/// Comma-separated values: fields that need it stand in quotes, as in RFC 4180; lines end in LF, as other tools expect.
public enum CSV {
    /// The lines of these rows.
    public static func text(_ rows: [[String]]) -> String {
        rows.map { line($0) }.joined()
    }

    /// One line, with its end.
    public static func line(_ fields: [String]) -> String {
        fields.map(field).joined(separator: ",") + "\n"
    }

    private static func field(_ text: String) -> String {
        let special: Set<UInt8> = [0x2C, 0x22, 0x0D, 0x0A]
        let edges = text.utf8.first == 0x20 || text.utf8.last == 0x20
        guard edges || text.utf8.contains(where: special.contains) else { return text }
        var out = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { out += "\"" }
            out.unicodeScalars.append(scalar)
        }
        return out + "\""
    }
}
