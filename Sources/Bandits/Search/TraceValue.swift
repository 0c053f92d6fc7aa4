/// A value in a traced computation.
public enum TraceValue: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A number.
    case number(Double)
    /// A text, such as a prompt or a program.
    case text(String)
    /// What went wrong.
    case failure(String)

    /// The number; `nil` for anything else.
    public var number: Double? {
        if case .number(let value) = self { return value }
        return nil
    }

    /// Whether it says what went wrong.
    public var isFailure: Bool {
        if case .failure = self { return true }
        return false
    }

    public var description: String {
        switch self {
        case .number(let value): "\(value)"
        case .text(let text): text.debugDescription
        case .failure(let text): "error: \(text)"
        }
    }
}
