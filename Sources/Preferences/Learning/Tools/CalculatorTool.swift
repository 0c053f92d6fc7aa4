/// Works out sums, products, quotients and powers, exactly.
///
/// ```swift
/// print(try CalculatorTool().call("(1 + 2) * 3 / 4"))   // 2.25
/// ```
public struct CalculatorTool: AnswerTool {
    public let name = "calculator"
    public let usage = "works out an expression such as (1 + 2) * 3 / 4 or 2 ^ 10"

    /// Creates a calculator.
    public init() {}

    public func call(_ input: String) throws -> String { try value(of: input).description }

    /// The exact value of an expression.
    ///
    /// - Throws: `ToolError`.
    public func value(of expression: String) throws -> Rational {
        guard expression.utf8.count <= 1000 else { throw ToolError.limit("the expression is too long") }
        var reader = ExpressionReader(expression)
        return try reader.all()
    }

    /// The longest expression in a question that has an operator; dates in figures are none.
    public func input(for question: String) -> String? {
        var text = question.lowercased()
        for date in CivilDate.figures(in: text).reversed() { text.replaceSubrange(date, with: " ; ") }
        for (word, sign) in Self.signs { text = text.replacing(word, with: sign) }
        var (best, run) = ("", "")
        func end() {
            let candidate = Self.trim(run)
            if candidate.utf8.count > best.utf8.count, Self.hasOperator(candidate),
                (try? value(of: candidate)) != nil || candidate.contains("/")
            {
                best = candidate
            }
            run = ""
        }
        for character in text {
            if "0123456789.,+-*/^()% ".contains(character) { run.append(character) } else { end() }
        }
        end()
        return best.isEmpty ? nil : best
    }

    private static let signs: [(String, String)] = [
        (" divided by ", " / "), (" multiplied by ", " * "), (" times ", " * "), (" plus ", " + "),
        (" minus ", " - "), ("\u{00D7}", "*"), ("\u{00F7}", "/"), ("\u{2212}", "-"), (" percent of ", "% * "),
        ("% of ", "% * "),
    ]

    private static func trim(_ run: String) -> String {
        var text = Substring(run)
        while let last = text.last, ".,+-*/^( ".contains(last) { text.removeLast() }
        while let first = text.first, ".,+*/^)% ".contains(first) { text.removeFirst() }
        return String(text)
    }

    private static func hasOperator(_ text: String) -> Bool {
        text.dropFirst().contains { "+-*/^%".contains($0) } && text.contains { $0.isNumber }
    }
}

/// Reads expressions with + − × ÷ ^ %, parentheses and signs.
private struct ExpressionReader {
    private let bytes: [UInt8]
    private var place = 0
    private var depth = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func all() throws -> Rational {
        let value = try sum()
        skip()
        guard place == bytes.count else { throw unreadable }
        return value
    }

    private var unreadable: ToolError { .unreadable(String(decoding: bytes.prefix(80), as: UTF8.self)) }

    private mutating func skip() { while place < bytes.count, bytes[place] == 0x20 { place += 1 } }

    private mutating func take(_ signs: String) -> Character? {
        skip()
        guard place < bytes.count else { return nil }
        let sign = Character(Unicode.Scalar(bytes[place]))
        guard signs.contains(sign) else { return nil }
        place += 1
        return sign
    }

    private mutating func sum() throws -> Rational {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 100 else { throw ToolError.limit("the expression is nested too deeply") }
        var value = try product()
        while let sign = take("+-") {
            let next = try product()
            value = sign == "+" ? try value + next : try value - next
        }
        return value
    }

    private mutating func product() throws -> Rational {
        var value = try signed()
        while let sign = take("*/") {
            let next = try signed()
            value = sign == "*" ? try value * next : try value / next
        }
        return value
    }

    private mutating func signed() throws -> Rational {
        var isNegative = false
        while let sign = take("+-") { if sign == "-" { isNegative.toggle() } }
        let value = try power()
        return isNegative ? try value.negated() : value
    }

    private mutating func power() throws -> Rational {
        var value = try atom()
        while take("%") != nil { value = try value / Rational(100) }
        guard take("^") != nil else { return value }
        depth += 1
        defer { depth -= 1 }
        guard depth <= 100 else { throw ToolError.limit("the expression is nested too deeply") }
        return try value.power(signed())
    }

    private mutating func atom() throws -> Rational {
        if take("(") != nil {
            let value = try sum()
            guard take(")") != nil else { throw unreadable }
            return value
        }
        skip()
        let start = place
        while place < bytes.count, "0123456789.,".utf8.contains(bytes[place]) { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        guard let value = Rational(text) else {
            throw text.isEmpty ? unreadable : ToolError.unreadable(text)
        }
        return value
    }
}
