/// Where feedback is read from.
public enum FeedbackSource: Sendable, Hashable {
    /// A file, by its path.
    case file(String)
    /// Standard input.
    case standardInput
    /// Bytes in memory, with the name that messages give them.
    case bytes([UInt8], name: String)

    /// The source that a command-line argument names: a path, or `-` for standard input.
    public init(_ path: String) { self = path == "-" ? .standardInput : .file(path) }

    /// A text in memory, with the name that messages give it.
    public static func text(_ text: String, name: String = "text") -> FeedbackSource {
        .bytes(Array(text.utf8), name: name)
    }

    /// The name that messages use: the path, or `-` for standard input.
    public var name: String {
        switch self {
        case .file(let path): path
        case .standardInput: "-"
        case .bytes(_, let name): name
        }
    }
}
