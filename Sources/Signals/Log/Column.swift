/// A column that costs nothing until a row has a value: rows without one read as `missing`.
///
/// Invariant: `values` is empty, or holds one value for each of the rows that were appended.
public struct Column<Value: Sendable & Equatable>: Sendable, Equatable {
    /// What a row without a value reads as.
    public let missing: Value
    /// The values of all rows, or empty where no row has one.
    public private(set) var values: [Value] = []
    /// The number of rows.
    public private(set) var count = 0

    /// Creates a column without rows.
    public init(missing: Value) { self.missing = missing }

    /// Whether no row has a value.
    public var isEmpty: Bool { values.isEmpty }

    /// The value of a row.
    @inlinable
    public subscript(row: Int) -> Value { values.isEmpty ? missing : values[row] }

    /// Adds a row with a value.
    public mutating func append(_ value: Value) {
        if values.isEmpty {
            values.reserveCapacity(count + 1)
            for _ in 0..<count { values.append(missing) }
        }
        values.append(value)
        count += 1
    }

    /// Adds rows with these values.
    mutating func append(contentsOf new: some Collection<Value>) {
        if values.isEmpty, !new.isEmpty { values.append(contentsOf: repeatElement(missing, count: count)) }
        values.append(contentsOf: new)
        count += new.count
    }

    /// Adds rows with the same value.
    mutating func append(repeating value: Value, count: Int) {
        append(contentsOf: repeatElement(value, count: count))
    }

    /// Adds rows without a value.
    public mutating func appendMissing(_ rows: Int = 1) {
        if !values.isEmpty { values.append(contentsOf: repeatElement(missing, count: rows)) }
        count += rows
    }

    /// Adds rows without a value until there are as many as asked for.
    public mutating func pad(to rows: Int) {
        if rows > count { appendMissing(rows - count) }
    }
}

/// Texts stored end to end, one for each row that has one.
///
/// Invariant: `ends` is empty, or holds for each row where its text ends in `bytes`; the complement of that for a row
/// without a text.
public struct TextColumn: Sendable, Equatable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var count = 0

    /// Creates a column without rows.
    public init() {}

    /// Whether no row has a text.
    public var isEmpty: Bool { ends.isEmpty }

    /// The text of a row, or `nil` where it has none.
    public subscript(row: Int) -> String? {
        guard !ends.isEmpty, ends[row] >= 0 else { return nil }
        let start = row == 0 ? 0 : max(ends[row - 1], ~ends[row - 1])
        return String(decoding: bytes[start..<ends[row]], as: UTF8.self)
    }

    /// Adds a row.
    public mutating func append(_ text: String?) {
        guard let text else { return pad(to: count + 1) }
        if ends.isEmpty { ends = [Int](repeating: ~0, count: count) }
        bytes.append(contentsOf: text.utf8)
        ends.append(bytes.count)
        count += 1
    }

    /// Adds rows without a text until there are as many as asked for.
    public mutating func pad(to rows: Int) {
        if !ends.isEmpty { while ends.count < rows { ends.append(~bytes.count) } }
        count = max(count, rows)
    }
}

/// A column of names with a table of its own, such as the values of one group attribute.
public struct NameColumn: Sendable, Equatable {
    /// The different names.
    public internal(set) var names = Names()
    /// Each row's code in `names`, or `Names.none`.
    public internal(set) var codes = Column<UInt32>(missing: Names.none)

    /// Creates a column without rows.
    public init() {}

    /// The name of a row, or `nil` where it has none.
    public subscript(row: Int) -> String? {
        let code = codes[row]
        return code == Names.none ? nil : names[code]
    }

    /// Adds a row.
    public mutating func append(_ name: String?) {
        if let name { codes.append(names.intern(name)) } else { codes.appendMissing() }
    }
}
