import Foundation

/// The Cholesky factorisation `A = L Lᵀ` of a symmetric positive definite matrix.
///
/// The factor is kept in a packed triangular layout: rows in groups of four, each group holding one four-lane
/// vector for every column up to its diagonal, padded with an identity to whole groups. All operations do the
/// same arithmetic in the same order whatever the number of threads.
public struct Cholesky: Sendable {
    /// The order of the matrix.
    public let count: Int
    /// The packed factor; row group `g` starts at `Packed.offset(g)`.
    let packed: [Lanes]
    /// The reciprocals of the diagonal of the factor, one vector for each row group.
    let reciprocals: [Lanes]

    var groups: Int { reciprocals.count }

    /// Factors a symmetric positive definite matrix.
    ///
    /// Only the lower triangle of `a` is read. Fails when a pivot is not positive and finite, that is when
    /// the matrix is not positive definite to working precision.
    ///
    /// - Precondition: `a` is square.
    /// - Complexity: n³ / 3 floating-point operations; parallel from n = 256.
    public init?(_ a: Matrix) {
        precondition(a.rows == a.columns, "a Cholesky factorisation needs a square matrix")
        let n = a.rows
        let groups = (n + 3) / 4
        var packed = Cholesky.pack(a)
        var reciprocals = [Lanes](repeating: Lanes(repeating: 1), count: groups)
        let success = packed.withUnsafeMutableBufferPointer { lanes in
            reciprocals.withUnsafeMutableBufferPointer { inverse in
                guard let base = lanes.baseAddress, let diagonal = inverse.baseAddress else { return true }
                let work = CholeskyWork(lanes: base, reciprocals: diagonal, groups: groups)
                return work.factor(parallel: n >= 256)
            }
        }
        guard success else { return nil }
        count = n
        self.packed = packed
        self.reciprocals = reciprocals
    }

    /// The natural logarithm of the determinant of the factored matrix, `2 Σ log Lᵢᵢ`.
    public var logDeterminant: Double {
        var sum = 0.0
        for i in 0..<count { sum -= log(reciprocals[i >> 2][i & 3]) }
        return 2 * sum
    }

    /// The lower triangular factor `L`, with zeros above its diagonal.
    ///
    /// - Complexity: O(*n*²).
    public var lower: Matrix {
        var result = Matrix(rows: count, columns: count)
        let n = count
        result.values.withUnsafeMutableBufferPointer { out in
            for i in 0..<n {
                let start = CholeskyWork.offset(i >> 2)
                for k in 0...i { out[i * n + k] = packed[start + k][i & 3] }
            }
        }
        return result
    }

    private static func pack(_ a: Matrix) -> [Lanes] {
        let n = a.rows
        let groups = (n + 3) / 4
        let total = CholeskyWork.offset(groups)
        return [Lanes](unsafeUninitializedCapacity: total) { out, initialized in
            a.values.withUnsafeBufferPointer { values in
                for g in 0..<groups {
                    let r = g * 4
                    let start = CholeskyWork.offset(g)
                    if r + 4 <= n {
                        for k in 0..<r {
                            let at = r * n + k
                            out[start + k] = Lanes(
                                values[at], values[at + n], values[at + 2 * n], values[at + 3 * n])
                        }
                    } else {
                        for k in 0..<r {
                            var lane = Lanes.zero
                            for i in r..<n { lane[i - r] = values[i * n + k] }
                            out[start + k] = lane
                        }
                    }
                    for k in r..<r + 4 {
                        var lane = Lanes.zero
                        for i in k..<r + 4 { lane[i - r] = i < n ? values[i * n + k] : (i == k ? 1 : 0) }
                        out[start + k] = lane
                    }
                }
            }
            initialized = total
        }
    }
}
