/// Linear equations with a few unknowns, solved by elimination with row exchanges.
enum SmallSystem {
    /// Solves A x = b; `nil` where A is singular to working precision.
    ///
    /// - Parameter a: n × n, row by row.
    static func solve(_ a: [Double], _ b: [Double]) -> [Double]? {
        let n = b.count
        var a = a, x = b
        for column in 0..<n {
            var pivot = column
            for row in column..<n where abs(a[row * n + column]) > abs(a[pivot * n + column]) { pivot = row }
            guard abs(a[pivot * n + column]) > 1e-12 else { return nil }
            if pivot != column {
                for k in column..<n { a.swapAt(pivot * n + k, column * n + k) }
                x.swapAt(pivot, column)
            }
            for row in column + 1..<n where a[row * n + column] != 0 {
                let factor = a[row * n + column] / a[column * n + column]
                for k in column..<n { a[row * n + k] -= factor * a[column * n + k] }
                x[row] -= factor * x[column]
            }
        }
        for row in stride(from: n - 1, through: 0, by: -1) {
            for k in row + 1..<n { x[row] -= a[row * n + k] * x[k] }
            x[row] /= a[row * n + row]
        }
        return x
    }

    static func transposed(_ a: [Double], _ n: Int) -> [Double] {
        (0..<n * n).map { a[$0 % n * n + $0 / n] }
    }
}
