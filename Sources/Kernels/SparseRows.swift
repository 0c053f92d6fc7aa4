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
