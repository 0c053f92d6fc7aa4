/// What is wrong with a file of comparisons or items, where exactly, and what to do.
public struct PairFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public var path: String
    /// The line, from 1; nil for the file as a whole.
    public var line: Int?
    /// The field; nil for the line as a whole.
    public var field: String?
    /// What stands there, cut where it is long; nil where nothing does.
    public var value: String?
    /// What is wrong.
    public var problem: String
    /// What to do.
    public var advice: String

    /// Creates one.
    public init(
        path: String, line: Int? = nil, field: String? = nil, value: String? = nil, problem: String,
        advice: String
    ) {
        self.path = path
        self.line = line
        self.field = field
        self.value = value.map { $0.count > 80 ? $0.prefix(79) + "…" : $0 }
        self.problem = problem
        self.advice = advice
    }

    public var description: String {
        var text = path
        if let line { text += ", line \(line)" }
        if let field { text += ", field \(field.debugDescription)" }
        if let value { text += ", value \(value.debugDescription)" }
        return "\(text): \(problem); \(advice)"
    }
}
