/// The rows that a statement gave, in binary form, read in place.
public final class PostgresResult {
    private let library: PostgresLibrary
    private let result: OpaquePointer
    /// How many rows there are.
    public let count: Int
    private let columns: Int

    /// Takes over libpq's result.
    init(_ library: PostgresLibrary, _ result: OpaquePointer) {
        self.library = library
        self.result = result
        count = Int(library.rows(result))
        columns = Int(library.columns(result))
    }

    deinit { library.clear(result) }

    /// What the statement was, as the server names it: `COMMIT`, `INSERT 0 3`.
    public var command: String { library.command(result).map { String(cString: $0) } ?? "" }

    /// How many rows the statement changed.
    public var changed: Int { library.affected(result).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// Whether a value is null.
    public func isNull(_ row: Int, _ column: Int) throws(PostgresError) -> Bool {
        try check(row, column)
        return library.isNull(result, CInt(row), CInt(column)) != 0
    }

    /// Runs something on a value's bytes, where they lie; a null has none.
    public func withBytes<R>(
        _ row: Int, _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R
    ) throws -> R {
        try check(row, column)
        let length = Int(library.length(result, CInt(row), CInt(column)))
        guard length > 0, let value = library.value(result, CInt(row), CInt(column)) else {
            return try body(UnsafeBufferPointer(start: nil, count: 0))
        }
        return try value.withMemoryRebound(to: UInt8.self, capacity: length) {
            try body(UnsafeBufferPointer(start: $0, count: length))
        }
    }

    /// A value's bytes; `nil` for null.
    public func bytes(_ row: Int, _ column: Int) throws -> [UInt8]? {
        try isNull(row, column) ? nil : withBytes(row, column) { Array($0) }
    }

    /// A value's bytes as a text; a null is empty.
    public func text(_ row: Int, _ column: Int) throws -> String {
        try withBytes(row, column) { String(decoding: $0, as: UTF8.self) }
    }

    /// A whole number of 32 or 64 bits.
    public func int(_ row: Int, _ column: Int) throws -> Int64 {
        let found: Int64? = try withBytes(row, column) { bytes in
            let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return switch bytes.count {
            case 8: Int64(bitPattern: bits)
            case 4: Int64(Int32(truncatingIfNeeded: bits))
            default: nil
            }
        }
        guard let found else { throw PostgresError(.unexpected, "the server's answer holds no whole number") }
        return found
    }

    /// A number of double precision; `nil` for null.
    public func double(_ row: Int, _ column: Int) throws -> Double? {
        if try isNull(row, column) { return nil }
        return Double(bitPattern: UInt64(bitPattern: try int(row, column)))
    }

    /// Yes or no.
    public func bool(_ row: Int, _ column: Int) throws -> Bool {
        try withBytes(row, column) { $0.first == 1 }
    }

    private func check(_ row: Int, _ column: Int) throws(PostgresError) {
        if !(0..<count).contains(row) || !(0..<columns).contains(column) {
            throw PostgresError(.unexpected, "the server's answer has no row \(row) with a column \(column)")
        }
    }
}
