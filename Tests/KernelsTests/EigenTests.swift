import Foundation
import Testing

@testable import Kernels

@Suite struct EigenTests {
    private func check(_ a: Matrix, _ eigen: SymmetricEigen, _ bound: Double) {
        let n = a.rows
        #expect(eigen.values == eigen.values.sorted())
        #expect(largestGap(eigen.vectors.transposedMultiply(eigen.vectors), .identity(n)) < 1e-12)
        let scaled = Matrix(rows: n, columns: n) { eigen.vectors[$0, $1] * eigen.values[$1] }
        #expect(largestGap(scaled.multiplyTransposed(eigen.vectors), a) <= bound)
    }

    @Test(arguments: [1, 2, 3, 5, 40, 101]) func rebuildsRandomMatrices(n: Int) throws {
        let g = randomMatrix(n, n, seed: UInt64(n))
        let a = Matrix(rows: n, columns: n) { g[$0, $1] + g[$1, $0] }
        let eigen = try #require(SymmetricEigen(a))
        check(a, eigen, 1e-12 * Double(n))
        expectClose(
            eigen.values.reduce(0, +), (0..<n).reduce(0) { $0 + a[$1, $1] }, relative: 0,
            absolute: 1e-11 * Double(n))
    }

    @Test func secondDifferenceMatrixHasKnownEigenvalues() throws {
        let n = 60
        let a = Matrix(rows: n, columns: n) { $0 == $1 ? 2 : (abs($0 - $1) == 1 ? -1 : 0) }
        let eigen = try #require(SymmetricEigen(a))
        check(a, eigen, 1e-13)
        for k in 1...n {
            let s = sin(Double.pi * Double(k) / Double(2 * (n + 1)))
            expectClose(eigen.values[k - 1], 4 * s * s, relative: 0, absolute: 2e-14)
        }
    }

    @Test func specialShapes() throws {
        let diagonal = Matrix(rows: 4, columns: 4) { $0 == $1 ? [3, -1, 7, 0][$0] : 0 }
        #expect(try #require(SymmetricEigen(diagonal)).values == [-1, 0, 3, 7])
        check(Matrix(rows: 3, columns: 3), try #require(SymmetricEigen(Matrix(rows: 3, columns: 3))), 0)
        let flat = Matrix(rows: 20, columns: 20, repeating: 1)
        let eigen = try #require(SymmetricEigen(flat))
        check(flat, eigen, 1e-13)
        expectClose(eigen.values[19], 20, relative: 1e-14)
        #expect(try #require(SymmetricEigen(Matrix(rows: 0, columns: 0))).values.isEmpty)
        var broken = flat
        broken[3, 4] = .nan
        #expect(SymmetricEigen(broken) == nil)
    }

    @Test(arguments: [1e-200, 1e200]) func extremeScalesSurvive(scale: Double) throws {
        let a = Matrix(rows: 3, columns: 3, values: [2, -1, 0, -1, 2, -1, 0, -1, 2].map { $0 * scale })
        let values = try #require(SymmetricEigen(a)).values
        let root = 2.0.squareRoot()
        for (value, expected) in zip(values, [2 - root, 2, 2 + root]) {
            expectClose(value / scale, expected, relative: 1e-14)
        }
    }

    @Test func topEigenFindsTheLeadingPairs() throws {
        let n = 150
        let basis = try #require(SymmetricEigen(randomPositiveDefinite(n, seed: 9))).vectors
        let spectrum = (0..<n).map { ($0 == 1 ? -1 : 1) * pow(0.8, Double($0)) * 50 }
        let scaled = Matrix(rows: n, columns: n) { basis[$0, $1] * spectrum[$1] }
        let a = scaled.multiplyTransposed(basis)
        let top = try #require(SymmetricEigen.topEigen(of: a, k: 6, seed: 4))
        #expect(top.converged && top.residual <= 1e-10)
        for j in 0..<6 {
            expectClose(top.values[j], spectrum[j], relative: 1e-11)
            let overlap = (0..<n).reduce(0) { $0 + top.vectors[$1, j] * basis[$1, j] }
            expectClose(abs(overlap), 1, relative: 1e-12)
        }
        let again = Parallel.withThreads(4) { SymmetricEigen.topEigen(of: a, k: 6, seed: 4) }
        #expect(try #require(again).vectors == top.vectors)

        let hurried = try #require(SymmetricEigen.topEigen(of: a, k: 6, seed: 4, maxIterations: 2))
        #expect(!hurried.converged && hurried.iterations == 2 && hurried.residual > 1e-10)
    }

    @Test func topEigenHandlesLowRankAndFullWidth() throws {
        let flat = Matrix(rows: 30, columns: 30, repeating: 2)
        let top = try #require(SymmetricEigen.topEigen(of: flat, k: 3))
        #expect(top.converged)
        expectClose(top.values[0], 60, relative: 1e-13)
        expectClose(top.values[1], 0, relative: 0, absolute: 1e-11)
        #expect(largestGap(top.vectors.transposedMultiply(top.vectors), .identity(3)) < 1e-12)
        let small = Matrix(rows: 2, columns: 2, values: [2, 1, 1, 2])
        let all = try #require(SymmetricEigen.topEigen(of: small, k: 2))
        expectClose(all.values[0], 3, relative: 1e-14)
        expectClose(all.values[1], 1, relative: 1e-14)
        let zero = try #require(SymmetricEigen.topEigen(of: Matrix(rows: 5, columns: 5), k: 2))
        #expect(zero.converged && zero.values == [0, 0])
    }
}
