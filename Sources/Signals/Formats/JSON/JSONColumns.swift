/// Gives the members of JSON records column numbers, so that they are read as rows of a table. A member of an
/// object inside the record is named with a point: `conv_metadata.turns`.
struct JSONColumns {
    /// The names of the columns met so far.
    private(set) var names = Names()
    private var path: [UInt8] = []

    /// The most different fields that a file's records may have together, and the deepest objects looked into.
    static let maximumColumns = 4096
    static let maximumDepth = 4

    /// Fills the row with the members of a record.
    mutating func fill(_ row: Row, from root: JSONValue) throws(FieldError) {
        guard root.kind == .object else {
            throw FieldError("record", column: nil, value: root.excerpt, "a JSON object is expected")
        }
        row.json = root
        path.removeAll(keepingCapacity: true)
        try fill(row, root, depth: 1)
    }

    private mutating func fill(_ row: Row, _ object: JSONValue, depth: Int) throws(FieldError) {
        for (key, value) in object.members {
            let before = path.count
            if key.isEscaped {
                path.append(contentsOf: (key.string ?? "").utf8)
            } else if before > 0 {
                path.append(contentsOf: key.raw)
            }
            let known = names.count
            let code =
                before == 0 && !key.isEscaped
                ? names.intern(key.raw) : path.withUnsafeBufferPointer { names.intern($0) }
            let column = Int(code)
            guard known < Self.maximumColumns || column < known else {
                throw FieldError(
                    "record", column: nil, value: key.excerpt,
                    "more than \(Self.maximumColumns) different fields")
            }
            if column >= row.cells.count { row.cells.append(contentsOf: repeatElement(Cell(), count: 16)) }
            guard row.cells[column].kind == .missing else {
                throw FieldError("record", column: column, value: key.excerpt, "a key that appears twice")
            }
            set(row, column, value)
            if value.kind == .object, depth < Self.maximumDepth {
                if before == 0, !key.isEscaped { path.append(contentsOf: key.raw) }
                path.append(UInt8(ascii: "."))
                try fill(row, value, depth: depth + 1)
            }
            path.removeSubrange(before...)
        }
    }

    private func set(_ row: Row, _ column: Int, _ value: JSONValue) {
        var cell = Cell(kind: .text, bytes: value.raw, offset: value.offset, node: Int32(value.index))
        switch value.kind {
        case .null: return
        case .bool: cell.kind = .bool
        case .number: cell.kind = .number
        case .array: cell.kind = .list
        case .object: cell.kind = .object
        case .string:
            if value.isEscaped { cell.bytes = row.unescaped { JSONValue.unescape(value.raw, into: $0) } }
        }
        row.cells[column] = cell
    }
}
