/// A dense matrix of doubles stored row after row.
public struct Matrix: Sendable, Hashable {
    /// The number of rows.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    /// The elements, row after row; element (i, j) is `values[i * columns + j]`.
    ///
    /// Assigning an array of a different length is a programming error and traps.
    public var values: [Double] {
        didSet { precondition(values.count == rows * columns, "a matrix keeps its number of elements") }
    }

    /// Creates a matrix from its elements, row after row.
    ///
    /// - Precondition: `rows` and `columns` are not negative and `values` has `rows * columns` elements.
    public init(rows: Int, columns: Int, values: [Double]) {
        precondition(rows >= 0 && columns >= 0, "a matrix has no negative dimension")
        precondition(values.count == rows * columns, "a matrix needs rows * columns elements")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// Creates a matrix with every element equal.
    public init(rows: Int, columns: Int, repeating value: Double = 0) {
        self.init(rows: rows, columns: columns, values: [Double](repeating: value, count: rows * columns))
    }

    /// Creates a matrix whose element (i, j) is `element(i, j)`.
    public init(rows: Int, columns: Int, _ element: (Int, Int) throws -> Double) rethrows {
        var values: [Double] = []
        values.reserveCapacity(rows * columns)
        for i in 0..<rows {
            for j in 0..<columns { values.append(try element(i, j)) }
        }
        self.init(rows: rows, columns: columns, values: values)
    }

    /// Returns the identity matrix of order `n`.
    public static func identity(_ n: Int) -> Matrix {
        var result = Matrix(rows: n, columns: n)
        for i in 0..<n { result.values[i * n + i] = 1 }
        return result
    }

    /// The element in a row and a column.
    ///
    /// - Precondition: both lie inside the matrix.
    @inlinable
    public subscript(row: Int, column: Int) -> Double {
        get {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
            return values[row &* columns &+ column]
        }
        _modify {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
            yield &values[row &* columns &+ column]
        }
    }

    /// Returns one row as an array.
    public func row(_ index: Int) -> [Double] {
        precondition(index >= 0 && index < rows, "outside the matrix")
        return Array(values[index * columns..<(index + 1) * columns])
    }

    /// Returns one column as an array.
    public func column(_ index: Int) -> [Double] {
        precondition(index >= 0 && index < columns, "outside the matrix")
        return (0..<rows).map { values[$0 * columns + index] }
    }

    /// The matrix with rows and columns exchanged.
    ///
    /// - Complexity: O(rows · columns), working on small square tiles.
    public var transposed: Matrix {
        let (m, n) = (rows, columns)
        let flipped = [Double](unsafeUninitializedCapacity: m * n) { out, initialized in
            values.withUnsafeBufferPointer { source in
                for i0 in stride(from: 0, to: m, by: 16) {
                    for j0 in stride(from: 0, to: n, by: 16) {
                        for i in i0..<min(i0 + 16, m) {
                            for j in j0..<min(j0 + 16, n) { out[j * m + i] = source[i * n + j] }
                        }
                    }
                }
            }
            initialized = m * n
        }
        return Matrix(rows: n, columns: m, values: flipped)
    }
}
