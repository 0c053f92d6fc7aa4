/// Converts units, exactly.
///
/// ```swift
/// print(try UnitTool().call("2.5 km in m"))   // 2500
/// ```
public struct UnitTool: AnswerTool {
    public let name = "units"
    public let usage = "converts a quantity, as in \"2.5 km in m\" or \"70 fahrenheit in celsius\""

    /// Creates the table.
    public init() {}

    public func call(_ input: String) throws -> String {
        guard let (amount, from, to) = Self.quantity(input) else {
            throw ToolError.unreadable(String(input.prefix(80)))
        }
        return try ((amount * from.factor + from.offset - to.offset) / to.factor).description
    }

    public func input(for question: String) -> String? {
        Self.quantity(question).map { "\($0) \($1.name) in \($2.name)" }
    }

    /// A unit: a quantity x of it is x · factor + offset of the first of its kind.
    private struct Unit {
        var name: String
        var kind: Int
        var factor: Rational
        var offset = Rational(0)
    }

    /// A number with its unit, and the other unit that is named.
    private static func quantity(_ text: String) -> (Rational, Unit, Unit)? {
        let pieces = text.lowercased().split {
            !($0.isLetter || $0.isNumber || $0 == "." || $0 == "," || $0 == "-" || $0 == "/"
                || $0 == "\u{00B0}")
        }.map { piece in
            String(piece.drop { $0 == "\u{00B0}" }.reversed().drop { ".,-".contains($0) }.reversed())
        }
        for place in pieces.indices.dropLast() {
            guard let amount = Rational(pieces[place]), let from = unit(pieces[place + 1]) else { continue }
            for other in Array(place + 2..<max(place + 2, pieces.count)) + Array(0..<place) {
                guard let to = unit(pieces[other]), to.kind == from.kind, to.name != from.name else {
                    continue
                }
                return (amount, from, to)
            }
        }
        return nil
    }

    private static func unit(_ word: String) -> Unit? { units[word] }

    private static let units: [String: Unit] = {
        var units: [String: Unit] = [:]
        for (kind, list) in table.enumerated() {
            for (names, factor, offset) in list {
                let words = names.split(separator: " ").map(String.init)
                guard let factor = fraction(factor), let offset = fraction(offset) else { continue }
                for word in words {
                    units[word] = Unit(name: words[0], kind: kind, factor: factor, offset: offset)
                }
            }
        }
        return units
    }()

    private static func fraction(_ text: String) -> Rational? {
        let parts = text.split(separator: "/").compactMap { Rational($0) }
        return parts.count == 2 ? try? parts[0] / parts[1] : parts.first
    }

    private static let table: [[(names: String, factor: String, offset: String)]] = [
        [
            ("m metre metres meter meters", "1", "0"),
            ("km kilometre kilometres kilometer kilometers", "1000", "0"),
            ("cm centimetre centimetres centimeter centimeters", "0.01", "0"),
            ("mm millimetre millimetres millimeter millimeters", "0.001", "0"),
            ("inch inches", "0.0254", "0"), ("ft foot feet", "0.3048", "0"), ("yd yard yards", "0.9144", "0"),
            ("mi mile miles", "1609.344", "0"), ("nmi", "1852", "0"),
        ],
        [
            ("kg kilogram kilograms", "1", "0"), ("g gram grams", "0.001", "0"),
            ("mg milligram milligrams", "0.000001", "0"), ("t tonne tonnes", "1000", "0"),
            ("lb lbs pound pounds", "0.45359237", "0"), ("oz ounce ounces", "0.028349523125", "0"),
            ("stone", "6.35029318", "0"),
        ],
        [
            ("s sec second seconds", "1", "0"), ("ms millisecond milliseconds", "0.001", "0"),
            ("min minute minutes", "60", "0"), ("h hr hour hours", "3600", "0"), ("day days", "86400", "0"),
            ("week weeks", "604800", "0"),
        ],
        [
            ("l litre litres liter liters", "1", "0"),
            ("ml millilitre millilitres milliliter milliliters", "0.001", "0"),
            ("gal gallon gallons", "3.785411784", "0"), ("pint pints", "0.473176473", "0"),
            ("cup cups", "0.2365882365", "0"),
        ],
        [
            ("byte bytes", "1", "0"), ("kb kilobyte kilobytes", "1000", "0"),
            ("mb megabyte megabytes", "1000000", "0"), ("gb gigabyte gigabytes", "1000000000", "0"),
            ("tb terabyte terabytes", "1000000000000", "0"), ("kib", "1024", "0"), ("mib", "1048576", "0"),
            ("gib", "1073741824", "0"),
        ],
        [
            ("m/s", "1", "0"), ("km/h kph", "1000/3600", "0"), ("mph", "1609.344/3600", "0"),
            ("knot knots", "1852/3600", "0"),
        ],
        [
            ("kelvin k", "1", "0"), ("celsius c", "1", "273.15"), ("fahrenheit f", "5/9", "459.67/1.8"),
        ],
    ]
}
