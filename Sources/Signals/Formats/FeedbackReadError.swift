/// Why a source could not be read as feedback.
public enum FeedbackReadError: Error, Sendable, CustomStringConvertible {
    /// The file cannot be opened or read.
    case unreadable(file: String, reason: String)
    /// The packed data are cut short or damaged.
    case damaged(file: String, reason: String)
    /// The file is of a kind that holds no feedback that Heed reads; `looksLike` says which.
    case wrongKind(file: String, looksLike: String, advice: String)
    /// The file is a table or JSON, but its columns are those of no known format.
    case unrecognised(file: String, looksLike: String, columns: [String], advice: String)
    /// A mapping or filter of the options does not fit the file.
    case options(file: String, reason: String)
    /// One line, row or element is longer than the limit.
    case recordTooLong(file: String, line: Int, limit: Int)
    /// The file has lines that cannot be used: the first of them, and how many there are.
    case badLines(file: String, lines: [BadLine], count: Int)

    /// The file's name, `-` for standard input.
    public var file: String {
        switch self {
        case .unreadable(let file, _), .damaged(let file, _), .wrongKind(let file, _, _),
            .unrecognised(let file, _, _, _), .options(let file, _), .recordTooLong(let file, _, _),
            .badLines(let file, _, _):
            file
        }
    }

    public var description: String {
        switch self {
        case .unreadable(let file, let reason): return "\(file): cannot be read: \(reason)"
        case .damaged(let file, let reason): return "\(file): \(reason)"
        case .wrongKind(let file, let looksLike, let advice):
            return "\(file): this is \(looksLike), not a file of feedback. \(advice)"
        case .unrecognised(let file, let looksLike, let columns, let advice):
            let shown = columns.prefix(40).map { $0.isEmpty ? "(no name)" : Excerpt.of(Array($0.utf8)) }
            let rest = columns.count > 40 ? " and \(columns.count - 40) more" : ""
            let which = columns.isEmpty ? "no columns" : "the columns \(shown.joined(separator: ", "))\(rest)"
            return
                "\(file): this is \(looksLike), with \(which); no format that Heed knows has these. \(advice)"
        case .options(let file, let reason): return "\(file): \(reason)"
        case .recordTooLong(let file, let line, let limit):
            return
                "\(file):\(line): a record of more than \(limit >> 20) MiB; is a quote or bracket left open?"
        case .badLines(let file, let lines, let count):
            let shown = lines.prefix(10).map(\.description).joined(separator: "\n")
            let rest = count > min(lines.count, 10) ? "\nand \(count - min(lines.count, 10)) more" : ""
            return
                "\(file): \(count) bad \(count == 1 ? "line" : "lines"); nothing was computed from it.\n\(shown)\(rest)"
        }
    }
}
