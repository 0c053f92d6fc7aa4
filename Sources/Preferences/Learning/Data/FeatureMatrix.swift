import Kernels

/// Numbers that describe things, one row for each: dense, or sparse for hashed words.
///
/// ```swift
/// let features = try FeatureMatrix([[0.2, 1.0], [0.4, 0.0]])
/// let scores = features.product([1, -1])   // [-0.8, 0.4]
/// ```
public struct FeatureMatrix: Sendable, Hashable {
    /// The number of rows.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    let storage: Storage

    enum Storage: Sendable, Hashable {
        /// Row after row.
        case dense([Double])
        case sparse(SparseRows)
    }

    /// Creates a matrix of rows.
    ///
    /// - Throws: `LearningError.data` where two rows have different lengths or a number is not finite.
    public init(_ rows: [[Double]]) throws {
        let columns = rows.first?.count ?? 0
        for (place, row) in rows.enumerated() where row.count != columns {
            throw LearningError.data(
                "row \(place + 1) has \(row.count) features and row 1 has \(columns); all need the same")
        }
        try self.init(rows: rows.count, columns: columns, values: rows.flatMap { $0 })
    }

    /// Creates a dense matrix of its numbers, row after row.
    ///
    /// - Precondition: there are rows · columns of them.
    /// - Throws: `LearningError.data` where a number is not finite.
    public init(rows: Int, columns: Int, values: [Double]) throws {
        precondition(values.count == rows * columns, "\(values.count) numbers are not \(rows) × \(columns)")
        if let place = values.firstIndex(where: { !$0.isFinite }) {
            throw LearningError.data(
                "feature \(place % columns + 1) of row \(place / columns + 1) is \(values[place]); "
                    + "features are finite numbers")
        }
        self.rows = rows
        self.columns = columns
        storage = .dense(values)
    }

    /// Creates a sparse matrix.
    ///
    /// - Throws: `LearningError.data` where a column is outside the matrix or a number is not finite.
    public init(_ sparse: SparseRows, columns: Int) throws {
        for row in 0..<sparse.count {
            for place in sparse.range(row) {
                guard sparse.columns[place] >= 0, Int(sparse.columns[place]) < columns else {
                    throw LearningError.data(
                        "row \(row + 1) has a feature in column \(sparse.columns[place]), beyond the \(columns)"
                    )
                }
                guard sparse.values[place].isFinite else {
                    throw LearningError.data(
                        "a feature of row \(row + 1) is \(sparse.values[place]); features are finite numbers")
                }
            }
        }
        rows = sparse.count
        self.columns = columns
        storage = .sparse(sparse)
    }

    /// Whether only what is not zero is stored.
    public var isSparse: Bool { if case .sparse = storage { true } else { false } }

    /// One row.
    public func row(_ index: Int) -> [Double] {
        switch storage {
        case .dense(let values): return Array(values[index * columns..<(index + 1) * columns])
        case .sparse(let sparse):
            var row = [Double](repeating: 0, count: columns)
            for place in sparse.range(index) { row[Int(sparse.columns[place])] += sparse.values[place] }
            return row
        }
    }

    /// Some of the rows, in the order asked for.
    public func selecting(_ indices: [Int]) -> FeatureMatrix {
        switch storage {
        case .dense(let values):
            var chosen: [Double] = []
            chosen.reserveCapacity(indices.count * columns)
            for index in indices { chosen += values[index * columns..<(index + 1) * columns] }
            return FeatureMatrix(rows: indices.count, columns: columns, storage: .dense(chosen))
        case .sparse(let sparse):
            var chosen = SparseRows()
            for index in indices {
                for place in sparse.range(index) {
                    chosen.append(column: sparse.columns[place], value: sparse.values[place])
                }
                chosen.endRow()
            }
            return FeatureMatrix(rows: indices.count, columns: columns, storage: .sparse(chosen))
        }
    }

    /// X w: the weighted sum of each row.
    ///
    /// - Precondition: there is a weight for each column.
    /// - Complexity: O(numbers stored).
    public func product(_ weights: [Double]) -> [Double] {
        precondition(weights.count == columns, "\(weights.count) weights for \(columns) features")
        switch storage {
        case .dense(let values):
            guard columns > 0 else { return [Double](repeating: 0, count: rows) }
            return Matrix(rows: rows, columns: columns, values: values).multiply(weights)
        case .sparse(let sparse):
            return (0..<rows).map { row in
                var sum = 0.0
                for place in sparse.range(row) {
                    sum += sparse.values[place] * weights[Int(sparse.columns[place])]
                }
                return sum
            }
        }
    }

    /// All numbers, row after row.
    public var dense: [Double] {
        if case .dense(let values) = storage { return values }
        var values: [Double] = []
        values.reserveCapacity(rows * columns)
        for index in 0..<rows { values += row(index) }
        return values
    }

    /// The rows of another matrix after those of this one.
    ///
    /// - Precondition: both have the same columns.
    public func appending(_ other: FeatureMatrix) -> FeatureMatrix {
        precondition(columns == other.columns, "rows of \(columns) and of \(other.columns) features")
        if case .sparse(var mine) = storage, case .sparse(let theirs) = other.storage {
            for index in 0..<other.rows {
                for place in theirs.range(index) {
                    mine.append(column: theirs.columns[place], value: theirs.values[place])
                }
                mine.endRow()
            }
            return FeatureMatrix(rows: rows + other.rows, columns: columns, storage: .sparse(mine))
        }
        return FeatureMatrix(
            rows: rows + other.rows, columns: columns, storage: .dense(dense + other.dense))
    }

    /// Creates a matrix of numbers that are known to fit; differences of large features may be infinite.
    init(rows: Int, columns: Int, storage: Storage) {
        self.rows = rows
        self.columns = columns
        self.storage = storage
    }
}
