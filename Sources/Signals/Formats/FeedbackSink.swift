/// Takes what a reader finds in a file, event by event.
///
/// `FeedbackLog` is one (it keeps everything in memory), the store's import is another.
public protocol FeedbackSink {
    /// Takes a sound event that began on this line (counted from 1).
    mutating func receive(_ event: FeedbackEvent, line: Int) throws
    /// Takes many plain comparisons, one a line. There is a default that receives them one by one.
    mutating func receive(_ batch: ComparisonBatch) throws
    /// Takes a line that says nothing usable.
    mutating func reject(_ line: BadLine) throws
}

/// A line of a file that could not be used: where, what, and why.
public struct BadLine: Sendable, Hashable, CustomStringConvertible {
    /// The file's name, `-` for standard input.
    public var file: String
    /// The line, counted from 1.
    public var line: Int
    /// The column where the offending value begins, counted in bytes from 1; 0 where the whole line is at fault.
    public var column: Int
    /// The field that the value was read as, where there is one.
    public var field: String?
    /// The offending value, shortened if it is long.
    public var value: String
    /// What is wrong with it, and what is expected.
    public var reason: String
    /// The line as it stands in the file, without its line break.
    public var text: String

    /// Creates a report of a bad line.
    public init(
        file: String, line: Int, column: Int, field: String? = nil, value: String, reason: String,
        text: String
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.field = field
        self.value = value
        self.reason = reason
        self.text = text
    }

    public var description: String {
        let place = column > 0 ? "\(file):\(line):\(column)" : "\(file):\(line)"
        let what = field.map { "\($0) is \(value.debugDescription)" } ?? value.debugDescription
        return "\(place): \(what): \(reason)"
    }
}
