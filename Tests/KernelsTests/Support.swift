import Testing

@testable import Kernels

/// Expects two numbers to agree to a relative tolerance, or to an absolute one near zero.
func expectClose(
    _ actual: Double, _ expected: Double, relative: Double, absolute: Double = 0, _ note: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let bound = max(absolute, relative * abs(expected))
    #expect(
        actual == expected || abs(actual - expected) <= bound,
        "\(note): \(actual) against \(expected), off by \(abs(actual - expected) / abs(expected))",
        sourceLocation: sourceLocation)
}

func randomMatrix(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var random = CounterRandom(seed: seed)
    return Matrix(rows: rows, columns: columns) { _, _ in random.normal() }
}

/// A well conditioned random symmetric positive definite matrix.
func randomPositiveDefinite(_ n: Int, seed: UInt64) -> Matrix {
    let g = randomMatrix(n, n + 3, seed: seed)
    var a = g.multiplyTransposed(g)
    for i in 0..<n { a[i, i] += 1 }
    return a
}

func largestGap(_ a: Matrix, _ b: Matrix) -> Double {
    guard a.rows == b.rows, a.columns == b.columns else { return .infinity }
    return zip(a.values, b.values).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
}

func naiveProduct(_ a: Matrix, _ b: Matrix) -> Matrix {
    Matrix(rows: a.rows, columns: b.columns) { i, j in
        (0..<a.columns).reduce(0) { $0 + a[i, $1] * b[$1, j] }
    }
}
