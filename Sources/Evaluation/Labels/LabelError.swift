/// What can be wrong with votes or with a method's settings, said so that it can be mended.
public enum LabelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Two columns of the votes differ in length.
    case lengthMismatch(column: String, count: Int, expected: Int)
    /// A worker, task or label index is outside `0..<limit`.
    case indexOutOfRange(column: String, position: Int, value: Int, limit: Int)
    /// A weight is negative, infinite or not a number.
    case badWeight(position: Int, value: Double)
    /// A numeric vote is infinite or not a number.
    case badValue(position: Int, value: Double)
    /// A count given for workers, tasks or classes cannot be used.
    case badCount(name: String, value: Int, needed: String)
    /// A method's setting cannot be used.
    case badSetting(method: String, name: String, value: Double, needed: String)
    /// The confusion matrices would not fit: workers × classes² is too large.
    case tooLarge(workers: Int, classes: Int)

    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .lengthMismatch(let column, let count, let expected):
            return "The column '\(column)' has \(count) entries where 'worker' has \(expected); "
                + "give every vote one entry in every column."
        case .indexOutOfRange(let column, let position, let value, let limit):
            return "Vote \(position) has \(column) \(value), outside 0..<\(limit); "
                + "number the \(column)s from 0 or raise the count."
        case .badWeight(let position, let value):
            return "Vote \(position) has weight \(value); weights must be finite and not negative."
        case .badValue(let position, let value):
            return "Vote \(position) has value \(value); drop it or replace it by a finite number."
        case .badCount(let name, let value, let needed):
            return "\(name) is \(value), but must be \(needed)."
        case .badSetting(let method, let name, let value, let needed):
            return "\(method).\(name) is \(value), but must be \(needed)."
        case .tooLarge(let workers, let classes):
            return
                "\(workers) workers with \(classes) classes need \(workers)·\(classes)² table cells, more than "
                + "2^28; merge rare classes or fit groups of workers apart."
        }
    }
}
