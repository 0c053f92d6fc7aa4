/// What was found in a source, and how it was read.
public struct ReadReport: Sendable, Hashable {
    /// How the text is laid out.
    public enum Layout: String, Sendable, Hashable {
        case commaSeparated = "a comma-separated table"
        case tabSeparated = "a tab-separated table"
        case semicolonSeparated = "a semicolon-separated table"
        case jsonLines = "JSON lines"
        case jsonArray = "a JSON array"
        case prefLib = "a PrefLib file"
        case vowpalWabbit = "Vowpal Wabbit text"
    }

    /// A column, and what it was read as.
    public struct Use: Sendable, Hashable {
        /// Heed's name of the field.
        public var field: String
        /// The file's name of the column.
        public var column: String
    }

    /// The source's name, `-` for standard input.
    public var file: String
    /// What was recognised.
    public var format: FeedbackFormat
    /// How the text is laid out.
    public var layout: Layout
    /// Whether the source was packed with gzip.
    public var isCompressed = false
    /// The number of lines.
    public var lines = 0
    /// The number of records: rows, JSON elements.
    public var records = 0
    /// The records that the options' `keeping` left out, or that say nothing.
    public var leftOut = 0
    /// The events that went to the sink.
    public var events = 0
    /// The first bad lines.
    public var badLines: [BadLine] = []
    /// The number of all bad lines.
    public var badLineCount = 0
    /// Which columns were read as which fields.
    public var fields: [Use] = []
    /// The columns that became groups of the events.
    public var groups: [Use] = []
    /// The columns that became numbers of the occasion or, in pairs, of the items.
    public var features: [Use] = []
    /// The columns that were not used.
    public var ignored: [String] = []
    /// What a reader of the result should know, in plain sentences.
    public var notes: [String] = []

    /// One line that says how the source was read.
    public var summary: String {
        let packed = isCompressed ? " (gzip)" : ""
        var text = "\(file): \(format.rawValue), \(layout.rawValue)\(packed), \(counted(events, "event"))"
        if badLineCount > 0 { text += ", \(counted(badLineCount, "bad line"))" }
        // What is called as Heed calls it needs no telling.
        let renamed = fields.filter { $0.field != $0.column }
        if !renamed.isEmpty {
            text += " (" + renamed.map { "\($0.field)=\($0.column)" }.joined(separator: ", ") + ")"
        }
        return text
    }
}
