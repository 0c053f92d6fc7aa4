/// Writes single JSON values.
package enum JSONText {
    /// Appends a string in quotes. Only what JSON demands is escaped.
    package static func append(_ text: String, to out: inout [UInt8]) {
        var text = text
        text.withUTF8 { bytes in
            out.append(UInt8(ascii: "\""))
            var plain = 0
            for (at, byte) in bytes.enumerated()
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                out.append(contentsOf: bytes[plain..<at])
                appendEscape(byte, to: &out)
                plain = at + 1
            }
            out.append(contentsOf: bytes[plain...])
            out.append(UInt8(ascii: "\""))
        }
    }

    private static func appendEscape(_ byte: UInt8, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: out.append(UInt8(ascii: "b"))
        case 0x09: out.append(UInt8(ascii: "t"))
        case 0x0A: out.append(UInt8(ascii: "n"))
        case 0x0C: out.append(UInt8(ascii: "f"))
        case 0x0D: out.append(UInt8(ascii: "r"))
        case ..<0x20:
            out.append(contentsOf: "u00".utf8)
            for digit in [byte >> 4, byte & 15] { out.append(digit < 10 ? 48 + digit : 87 + digit) }
        default: out.append(byte)
        }
    }

    /// Appends the shortest text that reads back as this number; `null` for one that is not finite.
    package static func append(_ number: Double, to out: inout [UInt8]) {
        if number.isFinite {
            let isNegativeZero = number == 0 && number.sign == .minus
            if let whole = Int64(exactly: number), abs(number) < 9_007_199_254_740_992, !isNegativeZero {
                out.append(contentsOf: String(whole).utf8)
            } else {
                out.append(contentsOf: number.description.utf8)
            }
        } else {
            out.append(contentsOf: "null".utf8)
        }
    }

    /// Appends an array, each element by the closure.
    package static func append<Element>(
        _ elements: [Element], to out: inout [UInt8], each: (Element, inout [UInt8]) -> Void
    ) {
        out.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            each(element, &out)
        }
        out.append(UInt8(ascii: "]"))
    }
}

/// Writes the members of one JSON object; members that are `nil` are left out.
package struct JSONObjectText {
    private var isFirst = true

    package init(_ out: inout [UInt8]) { out.append(UInt8(ascii: "{")) }

    package func close(_ out: inout [UInt8]) { out.append(UInt8(ascii: "}")) }

    package mutating func key(_ name: String, _ out: inout [UInt8]) {
        if !isFirst { out.append(UInt8(ascii: ",")) }
        isFirst = false
        JSONText.append(name, to: &out)
        out.append(UInt8(ascii: ":"))
    }

    package mutating func text(_ name: String, _ value: String?, _ out: inout [UInt8]) {
        guard let value else { return }
        key(name, &out)
        JSONText.append(value, to: &out)
    }

    package mutating func texts(_ name: String, _ values: [String], _ out: inout [UInt8]) {
        key(name, &out)
        JSONText.append(values, to: &out) { JSONText.append($0, to: &$1) }
    }

    package mutating func number(_ name: String, _ value: Double?, _ out: inout [UInt8]) {
        guard let value else { return }
        key(name, &out)
        JSONText.append(value, to: &out)
    }

    package mutating func numbers(_ name: String, _ values: [String: Double], _ out: inout [UInt8]) {
        key(name, &out)
        var inner = JSONObjectText(&out)
        for (name, value) in values.sortedByBytes() { inner.number(name, value, &out) }
        inner.close(&out)
    }

    package mutating func integer(_ name: String, _ value: Int, _ out: inout [UInt8]) {
        key(name, &out)
        out.append(contentsOf: String(value).utf8)
    }

    package mutating func bool(_ name: String, _ value: Bool?, _ out: inout [UInt8]) {
        guard let value else { return }
        key(name, &out)
        out.append(contentsOf: (value ? "true" : "false").utf8)
    }
}

extension Dictionary where Key == String {
    /// The pairs in the order of their keys' bytes.
    func sortedByBytes() -> [(key: String, value: Value)] {
        count < 2 ? map { $0 } : sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}
