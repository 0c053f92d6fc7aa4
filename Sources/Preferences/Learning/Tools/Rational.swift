/// A fraction of whole numbers, exact: 0.1 + 0.2 is 0.3.
///
/// Numerator and denominator have 64 bits; what does not fit throws.
public struct Rational: Sendable, Hashable, CustomStringConvertible {
    /// Above the line.
    public let numerator: Int
    /// Below it; always positive, without a common divisor.
    public let denominator: Int

    /// A whole number.
    public init(_ whole: Int) { (numerator, denominator) = (whole, 1) }

    /// A fraction.
    ///
    /// - Throws: `ToolError.impossible` for a denominator of 0, `.limit` where it does not fit.
    public init(_ numerator: Int, over denominator: Int) throws {
        if denominator == 0 { throw ToolError.impossible("division by zero") }
        let divisor = Self.divisor(numerator.magnitude, denominator.magnitude)
        guard let top = Int(exactly: numerator.magnitude / divisor),
            let bottom = Int(exactly: denominator.magnitude / divisor)
        else { throw ToolError.limit("the number is too large") }
        self.numerator = (numerator < 0) != (denominator < 0) ? -top : top
        self.denominator = bottom
    }

    /// Digits with an optional sign, commas between thousands, and a decimal point; nil where that is not what it is.
    public init?(_ text: some StringProtocol) {
        var (digits, scale, isAfterPoint, isNegative, seen) = (0, 1, false, false, 0)
        for (place, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "-") where place == 0: isNegative = true
            case UInt8(ascii: ",") where seen > 0 && !isAfterPoint: continue
            case UInt8(ascii: ".") where !isAfterPoint: isAfterPoint = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let (tens, a) = digits.multipliedReportingOverflow(by: 10)
                let (sum, b) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
                let (next, c) = isAfterPoint ? scale.multipliedReportingOverflow(by: 10) : (scale, false)
                if a || b || c { return nil }
                (digits, scale, seen) = (sum, next, seen + 1)
            default: return nil
            }
        }
        guard seen > 0, let value = try? Rational(isNegative ? -digits : digits, over: scale) else {
            return nil
        }
        self = value
    }

    /// The nearest number of double precision.
    public var double: Double { Double(numerator) / Double(denominator) }

    static func + (a: Rational, b: Rational) throws -> Rational {
        let divisor = Int(Self.divisor(a.denominator.magnitude, b.denominator.magnitude))
        let left = try product(a.numerator, b.denominator / divisor)
        let right = try product(b.numerator, a.denominator / divisor)
        let (sum, overflow) = left.addingReportingOverflow(right)
        if overflow { throw ToolError.limit("the number is too large") }
        return try Rational(sum, over: product(a.denominator, b.denominator / divisor))
    }

    static func - (a: Rational, b: Rational) throws -> Rational { try a + b.negated() }

    static func * (a: Rational, b: Rational) throws -> Rational {
        let (one, other) = (
            try Rational(a.numerator, over: b.denominator), try Rational(b.numerator, over: a.denominator)
        )
        return try Rational(
            product(one.numerator, other.numerator), over: product(one.denominator, other.denominator))
    }

    static func / (a: Rational, b: Rational) throws -> Rational {
        if b.numerator == 0 { throw ToolError.impossible("division by zero") }
        return try a * Rational(b.denominator, over: b.numerator)
    }

    static func < (a: Rational, b: Rational) throws -> Bool { try (a - b).numerator < 0 }

    func negated() throws -> Rational {
        if numerator == .min { throw ToolError.limit("the number is too large") }
        return try Rational(-numerator, over: denominator)
    }

    /// The power with a whole exponent.
    func power(_ exponent: Rational) throws -> Rational {
        guard exponent.denominator == 1 else {
            throw ToolError.impossible("a power with an exponent that is no whole number")
        }
        guard abs(exponent.double) <= 4096 else { throw ToolError.limit("the exponent is too large") }
        if exponent.numerator < 0 { return try Rational(1) / power(Rational(-exponent.numerator)) }
        var (result, base, rest) = (Rational(1), self, exponent.numerator)
        while rest > 0 {
            if rest & 1 == 1 { result = try result * base }
            rest >>= 1
            if rest > 0 { base = try base * base }
        }
        return result
    }

    /// In decimals where these end, otherwise as a fraction.
    public var description: String {
        if denominator == 1 { return String(numerator) }
        var (rest, twos, fives) = (denominator, 0, 0)
        while rest % 2 == 0 { (rest, twos) = (rest / 2, twos + 1) }
        while rest % 5 == 0 { (rest, fives) = (rest / 5, fives + 1) }
        let places = max(twos, fives)
        guard rest == 1, places <= 18 else { return "\(numerator)/\(denominator)" }
        var digits = ""
        var remainder = numerator.magnitude % denominator.magnitude
        for _ in 0..<places {
            let (high, low) = remainder.multipliedFullWidth(by: 10)
            let (quotient, left) = denominator.magnitude.dividingFullWidth((high, low))
            digits += String(quotient)
            remainder = left
        }
        return "\(numerator < 0 ? "-" : "")\(numerator.magnitude / denominator.magnitude).\(digits)"
    }

    private static func divisor(_ a: UInt, _ b: UInt) -> UInt {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return max(a, 1)
    }

    private static func product(_ a: Int, _ b: Int) throws -> Int {
        let (value, overflow) = a.multipliedReportingOverflow(by: b)
        if overflow { throw ToolError.limit("the number is too large") }
        return value
    }
}
