/// What values a trainable parameter of a traced computation may have.
public enum TraceConstraint: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A number between two others, the ends included.
    case range(low: Double, high: Double)
    /// One of several texts.
    case choices([String])
    /// Any text.
    case text

    /// Whether a value is allowed.
    public func allows(_ value: TraceValue) -> Bool {
        switch (self, value) {
        case (.range(let low, let high), .number(let number)): number >= low && number <= high
        case (.choices(let texts), .text(let text)): texts.contains(text)
        case (.text, .text): true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .range(let low, let high): "a number from \(low) to \(high)"
        case .choices(let texts): "one of \(texts.map(\.debugDescription).joined(separator: ", "))"
        case .text: "a text"
        }
    }
}
