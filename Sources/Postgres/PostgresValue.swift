import Foundation

/// A value bound to a statement, sent in PostgreSQL's binary form.
///
/// Names are bytes: PostgreSQL's texts cannot hold a zero.
public enum PostgresValue: Sendable {
    case int(Int64)
    case int32(Int32)
    case double(Double)
    case bool(Bool)
    case text(String)
    case bytes([UInt8])
    case noBytes
    case ints([Int64])
    case int32s([Int32])
    case texts([String])
    case byteStrings([[UInt8]?])

    /// The type's number in every PostgreSQL.
    var type: UInt32 {
        switch self {
        case .int: 20
        case .int32: 23
        case .double: 701
        case .bool: 16
        case .text: 25
        case .bytes, .noBytes: 17
        case .ints: 1016
        case .int32s: 1007
        case .texts: 1009
        case .byteStrings: 1001
        }
    }

    /// Appends the value's bytes.
    ///
    /// - Returns: whether there is a value.
    func append(to out: inout [UInt8]) -> Bool {
        switch self {
        case .int(let value): out.appendInteger(value)
        case .int32(let value): out.appendInteger(value)
        case .double(let value): out.appendInteger(value.bitPattern)
        case .bool(let value): out.append(value ? 1 : 0)
        case .text(let text): out.append(contentsOf: text.utf8)
        case .bytes(let bytes): out.append(contentsOf: bytes)
        case .noBytes: return false
        case .ints(let values):
            out.appendArrayHeader(type: 20, count: values.count)
            for value in values { out.appendField(value) }
        case .int32s(let values):
            out.appendArrayHeader(type: 23, count: values.count)
            for value in values { out.appendField(value) }
        case .texts(let texts):
            out.appendArrayHeader(type: 25, count: texts.count)
            for text in texts { out.appendField(Array(text.utf8)) }
        case .byteStrings(let strings):
            out.appendArrayHeader(type: 17, count: strings.count)
            for bytes in strings { out.appendField(bytes) }
        }
        return true
    }
}

extension [UInt8] {
    mutating func appendInteger(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    mutating func appendField(_ value: some FixedWidthInteger) {
        appendInteger(Int32(value.bitWidth / 8))
        appendInteger(value)
    }

    mutating func appendField(_ bytes: [UInt8]?) {
        guard let bytes else { return appendInteger(Int32(-1)) }
        appendInteger(Int32(clamping: bytes.count))
        append(contentsOf: bytes)
    }

    /// One dimension that counts from 1; the flag says that there may be nulls.
    fileprivate mutating func appendArrayHeader(type: UInt32, count: Int) {
        appendInteger(Int32(count == 0 ? 0 : 1))
        appendInteger(Int32(1))
        appendInteger(type)
        if count == 0 { return }
        appendInteger(Int32(clamping: count))
        appendInteger(Int32(1))
    }
}

/// Rows on their way into a table, in the binary form of `COPY … FROM STDIN (FORMAT binary)`.
public struct PostgresRows: Sendable {
    private(set) var bytes: [UInt8]
    /// How many rows there are.
    public private(set) var count = 0

    /// Creates an empty batch.
    public init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity + 32)
        bytes.append(contentsOf: Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00])
        bytes.appendInteger(Int64(0))
    }

    /// Begins a row, which so many values follow.
    public mutating func beginRow(_ columns: Int16) {
        count += 1
        bytes.appendInteger(columns)
    }

    /// Appends a whole number.
    public mutating func append(_ value: Int64) { bytes.appendField(value) }
    /// Appends a whole number of 32 bits.
    public mutating func append(_ value: Int32) { bytes.appendField(value) }
    /// Appends a number, or nothing.
    public mutating func append(_ value: Double?) {
        if let value { bytes.appendField(value.bitPattern) } else { bytes.appendInteger(Int32(-1)) }
    }
    /// Appends a whole number, or nothing.
    public mutating func append(_ value: Int64?) {
        if let value { bytes.appendField(value) } else { bytes.appendInteger(Int32(-1)) }
    }
    /// Appends yes or no.
    public mutating func append(_ value: Bool) { bytes.appendField(UInt8(value ? 1 : 0)) }
    /// Appends a text, which must not hold a zero.
    public mutating func append(_ text: String) { bytes.appendField(Array(text.utf8)) }
    /// Appends bytes, or nothing.
    public mutating func append(_ bytes: [UInt8]?) { self.bytes.appendField(bytes) }

    /// The whole batch with its end.
    func finished() -> [UInt8] {
        var all = bytes
        all.appendInteger(Int16(-1))
        return all
    }
}
