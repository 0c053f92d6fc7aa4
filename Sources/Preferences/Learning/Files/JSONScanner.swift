import Foundation

/// Reads JSON from bytes that are known to be UTF-8: strict, and never deeper than `deepest`.
struct JSONScanner {
    private static let deepest = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var place: Int
    private let end: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.bytes = bytes
        place = range.lowerBound
        end = range.upperBound
    }

    private func failed(_ reason: String) -> JSONProblem { JSONProblem(reason: reason, place: place) }

    private var next: UInt8? { place < end ? bytes[place] : nil }

    mutating func skipSpace() {
        while place < end,
            bytes[place] == 0x20 || bytes[place] == 0x0A || bytes[place] == 0x0D || bytes[place] == 0x09
        {
            place += 1
        }
    }

    /// Whether the next byte after white space is this one, which is then taken.
    mutating func take(_ byte: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: byte) else { return false }
        place += 1
        return true
    }

    var isAtEnd: Bool { place >= end }

    /// Reads one value.
    mutating func value(depth: Int = 0) throws -> JSONNode {
        guard depth < Self.deepest else { throw failed("values are nested more than \(Self.deepest) deep") }
        skipSpace()
        switch next {
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "{"):
            place += 1
            return try object(depth)
        case UInt8(ascii: "["):
            place += 1
            return try list(depth)
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw failed("it ends where a value should stand")
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: StaticString, _ node: JSONNode) throws -> JSONNode {
        let length = word.utf8CodeUnitCount
        guard place + length <= end, (0..<length).allSatisfy({ bytes[place + $0] == word.utf8Start[$0] })
        else {
            throw failed("a value should stand here")
        }
        place += length
        return node
    }

    private mutating func object(_ depth: Int) throws -> JSONNode {
        var fields: [JSONField] = []
        if take("}") { return .object(fields) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else {
                throw failed("a field's name in quotation marks should stand here")
            }
            let name = try string()
            guard !fields.contains(where: { $0.name == name }) else {
                throw failed("the field \(name.prefix(80).debugDescription) stands twice")
            }
            guard take(":") else { throw failed("a colon should stand here") }
            fields.append(JSONField(name: name, value: try value(depth: depth + 1)))
            guard fields.count <= 10_000 else { throw failed("an object has more than 10000 fields") }
        } while take(",")
        guard take("}") else { throw failed("a comma or the end of the object should stand here") }
        return .object(fields)
    }

    private mutating func list(_ depth: Int) throws -> JSONNode {
        if take("]") { return .list([]) }
        var numbers: [Double] = []
        var nodes: [JSONNode] = []
        repeat {
            let node = try value(depth: depth + 1)
            if case .number(let number) = node, nodes.isEmpty {
                numbers.append(number)
            } else {
                if nodes.isEmpty { nodes = numbers.map { .number($0) } }
                nodes.append(node)
            }
        } while take(",")
        guard take("]") else { throw failed("a comma or the end of the list should stand here") }
        return nodes.isEmpty ? .numbers(numbers) : .list(nodes)
    }

    /// Powers of ten that are doubles exactly.
    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// Reads a number; the nearest double to it.
    private mutating func number() throws -> Double {
        let start = place
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { place += 1 }
        var (mantissa, digits, exponent) = (UInt64(0), 0, 0)
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0x30 && $0 <= 0x39 } ?? false }
        guard isDigit(next) else {
            place = start
            throw failed("a value should stand here")
        }
        if next == 0x30, place + 1 < end, isDigit(bytes[place + 1]) { throw failed("a number begins with 0") }
        while let byte = next, isDigit(byte) {
            if digits < 19 { mantissa = mantissa &* 10 &+ UInt64(byte - 0x30) }
            if mantissa > 0 { digits += 1 }
            place += 1
        }
        if next == UInt8(ascii: ".") {
            place += 1
            guard isDigit(next) else { throw failed("a digit should follow the point") }
            while let byte = next, isDigit(byte) {
                if digits < 19 {
                    mantissa = mantissa &* 10 &+ UInt64(byte - 0x30)
                    exponent -= 1
                }
                if mantissa > 0 { digits += 1 }
                place += 1
            }
        }
        if let byte = next, byte | 0x20 == 0x65 {
            place += 1
            var isDown = false
            if let sign = next, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                isDown = sign == UInt8(ascii: "-")
                place += 1
            }
            guard isDigit(next) else { throw failed("a digit should follow the e") }
            var power = 0
            while let byte = next, isDigit(byte) {
                power = min(power * 10 + Int(byte - 0x30), 100_000)
                place += 1
            }
            exponent += isDown ? -power : power
        }
        if digits <= 15, abs(exponent) <= 22 {
            let value =
                exponent < 0
                ? Double(mantissa) / Self.powers[-exponent] : Double(mantissa) * Self.powers[exponent]
            return isNegative ? -value : value
        }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<place]), as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            place = start
            throw failed("the number is too large")
        }
        return value
    }

    private mutating func string() throws -> String {
        place += 1
        let start = place
        while let byte = next, byte != 0x22, byte != 0x5C, byte >= 0x20 { place += 1 }
        if next == 0x22 {
            place += 1
            return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<place - 1]), as: UTF8.self)
        }
        var text = Array(bytes[start..<place])
        while let byte = next {
            switch byte {
            case 0x22:
                place += 1
                return String(decoding: text, as: UTF8.self)
            case 0x5C:
                place += 1
                text += Array(String(try escaped()).utf8)
            case 0..<0x20: throw failed("a control character stands in a string; it has to be escaped")
            default:
                text.append(byte)
                place += 1
            }
        }
        throw failed("it ends within a string")
    }

    /// Reads what follows a backslash; half of a pair of surrogates becomes U+FFFD.
    private mutating func escaped() throws -> Character {
        guard let byte = next else { throw failed("it ends within a string") }
        place += 1
        switch byte {
        case 0x22, 0x2F, 0x5C: return Character(Unicode.Scalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try hexadecimal()
            if let scalar = Unicode.Scalar(first) { return Character(scalar) }
            if first < 0xDC00, place + 6 <= end, bytes[place] == 0x5C, bytes[place + 1] == UInt8(ascii: "u") {
                let before = place
                place += 2
                let second = try hexadecimal()
                if (0xDC00...0xDFFF).contains(second),
                    let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
                {
                    return Character(scalar)
                }
                place = before
            }
            return "\u{FFFD}"
        default: throw failed("there is no such escape in JSON")
        }
    }

    private mutating func hexadecimal() throws -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else {
                throw failed("four hexadecimal digits should stand here")
            }
            value = value << 4 | UInt32(digit)
            place += 1
        }
        return value
    }
}
