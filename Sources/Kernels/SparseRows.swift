/// Rows of numbers of which only those that are not zero are kept, one after the other in three arrays.
///
/// Columns are numbered from 0. Within a row they stand in the order in which they were appended.
public struct SparseRows: Sendable, Hashable {
    /// Where each row ends in `columns` and `values`.
    public private(set) var ends: [Int] = []
    /// The columns of the values.
    public private(set) var columns: [Int32] = []
    /// The values.
    public private(set) var values: [Double] = []

    /// Creates no rows.
    public init() {}

    /// Creates rows of their parts: where each ends, and the columns and values of all, one row after the other.
    ///
    /// - Precondition: the ends do not fall, and the last is the number of columns and of values.
    public init(ends: [Int], columns: [Int32], values: [Double]) {
        precondition(columns.count == values.count && (ends.last ?? 0) == values.count, "rows do not add up")
        precondition(
            (ends.first ?? 0) >= 0 && zip(ends, ends.dropFirst()).allSatisfy { $0 <= $1 }, "ends fall")
        self.ends = ends
        self.columns = columns
        self.values = values
    }

    /// The number of rows.
    public var count: Int { ends.count }

    /// Where a row's values stand in `columns` and `values`.
    @inline(__always)
    public func range(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }

    /// Adds a value to the row that is being built.
    @inline(__always)
    public mutating func append(column: Int32, value: Double) {
        columns.append(column)
        values.append(value)
    }

    /// Ends the row that is being built.
    @inline(__always)
    public mutating func endRow() { ends.append(columns.count) }

    /// Drops the values of the row that is being built.
    public mutating func dropOpenRow() {
        let end = ends.last ?? 0
        columns.removeLast(columns.count - end)
        values.removeLast(values.count - end)
    }

    /// Makes room.
    public mutating func reserve(rows: Int, values count: Int) {
        ends.reserveCapacity(rows)
        columns.reserveCapacity(count)
        values.reserveCapacity(count)
    }
}
