/// One value of a point: a number, a whole number, or one of several names.
public enum SearchValue: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A number.
    case real(Double)
    /// A whole number.
    case integer(Int)
    /// One of several names.
    case category(String)

    public var description: String {
        switch self {
        case .real(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .category(let name): name
        }
    }

    /// The value as a number; `nil` for a name.
    public var number: Double? {
        switch self {
        case .real(let value): value
        case .integer(let value): Double(value)
        case .category: nil
        }
    }
}
