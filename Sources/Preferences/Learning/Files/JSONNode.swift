/// A value read from JSON or from a table's cell.
enum JSONNode: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    /// A list of numbers only.
    case numbers([Double])
    case list([JSONNode])
    case object([JSONField])

    /// The value of a field of an object.
    subscript(_ name: String) -> JSONNode? {
        guard case .object(let fields) = self else { return nil }
        return fields.first { $0.name == name }?.value
    }

    /// In words, for messages.
    var kind: String {
        switch self {
        case .null: "nothing"
        case .bool: "true or false"
        case .number: "a number"
        case .text: "a text"
        case .numbers: "a list of numbers"
        case .list: "a list"
        case .object: "an object"
        }
    }

    /// As a text that may be a name: whole numbers have no point.
    var name: String? {
        switch self {
        case .text(let text): text
        case .number(let number):
            number == number.rounded() && abs(number) < 9e15 ? String(Int(number)) : String(number)
        case .bool(let flag): String(flag)
        default: nil
        }
    }

    /// What to show of it in a message.
    var shown: String {
        switch self {
        case .null: "null"
        case .numbers(let numbers): "[\(numbers.prefix(4).map { String($0) }.joined(separator: ", "))…]"
        case .list: "[…]"
        case .object(let fields): "{\(fields.prefix(4).map(\.name).joined(separator: ", "))…}"
        default: name ?? ""
        }
    }
}

/// A field of an object.
struct JSONField: Sendable, Hashable {
    var name: String
    var value: JSONNode
}

/// What is no JSON, and the byte where.
struct JSONProblem: Error {
    var reason: String
    var place: Int
}
