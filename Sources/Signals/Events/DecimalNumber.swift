/// Decimal numbers as they stand in files: a grammar of our own, so that what is a number does not depend on a
/// library that also takes `0x10`, `nan` and `inf`.
enum DecimalNumber {
    /// The number that these bytes spell, or `nil`.
    ///
    /// The form is an optional sign, digits with at most one point among or around them (at least one digit), and
    /// an optional exponent. Nothing else: no blanks, no hexadecimal, no `nan` or `inf`, no `_` or thousands
    /// separators, nothing whose value does not fit a finite double, nothing longer than 2,000 bytes.
    static func value(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        var at = 0
        let count = bytes.count
        guard count <= maximumLength else { return nil }
        var negative = false
        if at < count, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
            negative = bytes[at] == UInt8(ascii: "-")
            at += 1
        }
        var mantissa: UInt64 = 0
        var digits = 0
        var significant = 0
        var scale = 0
        while at < count, bytes[at] &- 48 < 10 {
            if significant < 19 { mantissa = mantissa &* 10 &+ UInt64(bytes[at] &- 48) }
            if significant > 0 || bytes[at] != 48 { significant += 1 }
            digits += 1
            at += 1
        }
        if at < count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            while at < count, bytes[at] &- 48 < 10 {
                if significant < 19 { mantissa = mantissa &* 10 &+ UInt64(bytes[at] &- 48) }
                if significant > 0 || bytes[at] != 48 { significant += 1 }
                digits += 1
                scale -= 1
                at += 1
            }
        }
        guard digits > 0 else { return nil }
        if at < count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            var down = false
            if at < count, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
                down = bytes[at] == UInt8(ascii: "-")
                at += 1
            }
            let start = at
            var exponent = 0
            while at < count, bytes[at] &- 48 < 10 {
                exponent = min(exponent * 10 + Int(bytes[at] &- 48), 1_000_000)
                at += 1
            }
            guard at > start else { return nil }
            scale += down ? -exponent : exponent
        }
        guard at == count else { return nil }
        if mantissa == 0, significant == 0 { return negative ? -0.0 : 0 }
        if significant <= 15, scale >= -22, scale <= 22 {
            // Both the digits and the power of ten are exact, so that one rounding gives the nearest double.
            let whole = Double(mantissa)
            let value = scale < 0 ? whole / powers[-scale] : whole * powers[scale]
            return negative ? -value : value
        }
        if significant <= 19, scale < 0, scale >= -19 {
            let value = quotient(mantissa, power: -scale)
            return negative ? -value : value
        }
        guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// The double nearest to a whole number, not 0, divided by 10 to a power of 1 to 19.
    private static func quotient(_ whole: UInt64, power: Int) -> Double {
        let divisor = wholePowers[power]
        let up = whole.leadingZeroBitCount
        let down = divisor.leadingZeroBitCount
        // Both have their highest bit set now, so that half the one divided by the other has 62 bits or more, and
        // one more bit that stands for the remainder makes the rounding to 53 bits right.
        let numerator = whole << UInt64(up)
        let (quotient, remainder) = (divisor << UInt64(down)).dividingFullWidth(
            (numerator >> 1, numerator << 63))
        let exact = remainder == 0 ? quotient : quotient | 1
        return Double(sign: .plus, exponent: down - up - 63, significand: Double(exact))
    }

    private static let wholePowers: [UInt64] = {
        var powers: [UInt64] = [1]
        for _ in 0..<19 { powers.append(powers.last! * 10) }
        return powers
    }()

    /// The longest text that is taken for a number.
    private static let maximumLength = 2000

    /// The number that a text spells, or `nil`.
    static func value(_ text: String) -> Double? {
        var text = text
        return text.withUTF8 { value($0) }
    }

    /// The whole number that these bytes spell, `nil` where they spell another number or none.
    static func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        value(bytes).flatMap { Int(exactly: $0) }
    }

    /// The shortest text that reads back as this number.
    static func text(_ number: Double) -> String {
        var out: [UInt8] = []
        JSONText.append(number, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// Why a text is not a number, for messages.
    static func refusal(_ text: String) -> String {
        let lower = text.lowercased()
        let body = lower.drop { $0 == "+" || $0 == "-" }
        if body.hasPrefix("0x") { return "a hexadecimal number is not read; write it in decimal" }
        if ["nan", "inf", "infinity"].contains(String(body)) { return "not a finite number" }
        if body.contains("_") { return "a number has no underscores" }
        if body.contains(",") { return "a number has a decimal point and no thousands separators" }
        let digits = body.utf8.allSatisfy { $0 &- 48 < 10 || $0 == 46 || $0 == 101 || $0 == 43 || $0 == 45 }
        if digits, body.utf8.contains(where: { $0 &- 48 < 10 }), Double(text) != nil {
            return "out of the range of numbers"
        }
        return "not a number"
    }

    /// 1 to 1e22: the powers of ten that a double holds exactly.
    static let powers: [Double] = {
        var powers = [1.0]
        for _ in 0..<22 { powers.append(powers.last! * 10) }
        return powers
    }()
}
