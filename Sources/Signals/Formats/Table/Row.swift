/// One field of a record.
struct Cell {
    enum Kind: UInt8 { case missing, text, number, bool, list, object }

    var kind = Kind.missing
    /// The text, unescaped; what stands in the file for everything but texts.
    var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// Where the field begins in the record.
    var offset = 0
    /// The node behind it, where the record is JSON.
    var node: Int32 = -1
}

/// Why a field cannot be read; the reader adds the place.
struct FieldError: Error {
    var field: String
    var column: Int?
    /// Where the value begins in the record, where the column does not say it.
    var offset: Int?
    var value: String
    var reason: String

    init(_ field: String, column: Int?, value: String, _ reason: String) {
        self.field = field
        self.column = column
        self.value = value
        self.reason = reason
    }
}

/// One record with named columns, whether it came from a table or from JSON. The one row of a reader is used
/// again for every record; its bytes are valid only until the next.
final class Row {
    /// The fields, by the number of their column.
    var cells: [Cell] = []
    /// The line on which the record begins.
    var line = 0
    /// The record as it stands in the file.
    var record = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// The record's root, where it is JSON.
    var json: JSONValue?
    private var scratch = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)
    private var scratchUsed = 0

    deinit { scratch.deallocate() }

    /// Forgets the last record and makes room for the unescaped texts of this one.
    func begin(line: Int, record: UnsafeBufferPointer<UInt8>, columns: Int) {
        self.line = line
        self.record = record
        json = nil
        scratchUsed = 0
        if cells.count < columns {
            cells.append(contentsOf: repeatElement(Cell(), count: columns - cells.count))
        }
        for index in cells.indices { cells[index].kind = .missing }
        if scratch.count < record.count {
            scratch.deallocate()
            scratch = .allocate(capacity: max(record.count, 2 * scratch.count))
        }
    }

    /// Room for an unescaped text; all texts of a record together are no longer than the record.
    func unescaped(_ write: (UnsafeMutableBufferPointer<UInt8>) -> Int) -> UnsafeBufferPointer<UInt8> {
        let room = UnsafeMutableBufferPointer(rebasing: scratch[scratchUsed...])
        let count = write(room)
        scratchUsed += count
        return UnsafeBufferPointer(rebasing: room[..<count])
    }

    /// The cell of a column, where it has a value.
    func cell(_ column: Int?) -> Cell? {
        guard let column, column < cells.count, cells[column].kind != .missing else { return nil }
        return cells[column]
    }

    /// The bytes of a column's text, where it has one that is not empty.
    func bytes(_ column: Int?) -> UnsafeBufferPointer<UInt8>? {
        guard let cell = cell(column), !cell.bytes.isEmpty else { return nil }
        return cell.bytes
    }

    /// A column's text, where it has one that is not empty.
    func text(_ column: Int?) -> String? {
        bytes(column).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A column's text, which must be there.
    func text(_ column: Int, _ field: String) throws(FieldError) -> String {
        if let cell = cell(column) {
            if cell.kind == .object || cell.kind == .list {
                throw FieldError(field, column: column, value: Excerpt.of(cell.bytes), "a text is expected")
            }
            if !cell.bytes.isEmpty { return String(decoding: cell.bytes, as: UTF8.self) }
        }
        throw FieldError(field, column: column, value: "", "the field is empty")
    }

    /// A column's number, `nil` where the field is empty.
    func number(_ column: Int?, _ field: String) throws(FieldError) -> Double? {
        guard let bytes = bytes(column) else { return nil }
        if let number = DecimalNumber.value(bytes) { return number }
        let text = Excerpt.of(bytes)
        throw FieldError(field, column: column, value: text, DecimalNumber.refusal(text))
    }

    /// A column's number, which must be there.
    func number(needed column: Int, _ field: String) throws(FieldError) -> Double {
        if let number = try number(column, field) { return number }
        throw FieldError(field, column: column, value: "", "a number is expected and the field is empty")
    }

    /// A column's time, `nil` where the field is empty.
    func time(_ column: Int?) throws(FieldError) -> Double? {
        guard let bytes = bytes(column) else { return nil }
        if let time = Timestamp.value(bytes) { return time }
        throw FieldError(
            "time", column: column, value: Excerpt.of(bytes),
            "a date such as 2026-01-02, 2026-01-02T03:04:05Z or 20260102 or a number of seconds is expected")
    }

    /// A column's yes or no, `nil` where the field is empty.
    func bool(_ column: Int?, _ field: String) throws(FieldError) -> Bool? {
        guard let bytes = bytes(column) else { return nil }
        switch String(decoding: bytes.prefix(8), as: UTF8.self).lowercased() {
        case "1", "true", "yes", "y", "t", "1.0": return true
        case "0", "false", "no", "n", "f", "0.0": return false
        default:
            throw FieldError(
                field, column: column, value: Excerpt.of(bytes),
                "yes or no (1 or 0, true or false) is expected")
        }
    }

    /// The JSON value of a column.
    func value(_ column: Int?) -> JSONValue? {
        guard let json, let cell = cell(column), cell.node >= 0 else { return nil }
        return JSONValue(nodes: json.nodes, bytes: json.bytes, index: Int(cell.node))
    }
}
