/// Sparse rows while they are being read: plain memory that grows, and is given back by `deallocate`.
struct SparseBuffer {
    private(set) var columns: UnsafeMutablePointer<Int32>
    private(set) var values: UnsafeMutablePointer<Double>
    private(set) var count = 0
    private var capacity: Int
    /// Where each row ends.
    private(set) var ends: [Int] = []

    init(capacity: Int) {
        self.capacity = max(capacity, 16)
        columns = .allocate(capacity: self.capacity)
        values = .allocate(capacity: self.capacity)
    }

    func deallocate() {
        columns.deallocate()
        values.deallocate()
    }

    /// Where a row's values stand; nowhere for a row that is not there.
    func range(_ row: Int) -> Range<Int> {
        row < ends.count ? (row == 0 ? 0 : ends[row - 1])..<ends[row] : 0..<0
    }

    /// Adds a value to the row that is being built.
    @inline(__always)
    mutating func append(_ column: Int32, _ value: Double) {
        if count == capacity { grow() }
        (columns + count).initialize(to: column)
        (values + count).initialize(to: value)
        count += 1
    }

    @inline(__always)
    mutating func endRow() { ends.append(count) }

    /// Ends empty rows until there are as many as asked for.
    mutating func pad(to rows: Int) { while ends.count < rows { ends.append(count) } }

    /// Goes back to an earlier number of rows and values.
    mutating func cut(rows: Int, count: Int) {
        ends.removeLast(ends.count - rows)
        self.count = count
    }

    @inline(never)
    private mutating func grow() {
        let larger = capacity * 2
        let moved = UnsafeMutablePointer<Int32>.allocate(capacity: larger)
        moved.moveInitialize(from: columns, count: count)
        columns.deallocate()
        columns = moved
        let movedValues = UnsafeMutablePointer<Double>.allocate(capacity: larger)
        movedValues.moveInitialize(from: values, count: count)
        values.deallocate()
        values = movedValues
        capacity = larger
    }
}
