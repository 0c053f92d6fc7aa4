import Foundation
import Testing

@testable import Kernels

@Suite struct CholeskyTests {
    @Test(arguments: [0, 1, 2, 3, 4, 5, 31, 63, 64, 65, 128, 130, 259, 321])
    func factorSolveAndInverseAgree(n: Int) throws {
        let a = randomPositiveDefinite(n, seed: UInt64(n) + 1)
        let cholesky = try #require(Cholesky(a))
        let scale = Double(n) + 3
        let lower = cholesky.lower
        #expect(largestGap(lower.multiplyTransposed(lower), a) <= 1e-13 * scale)
        for i in 0..<n {
            #expect(lower[i, i] > 0)
            for j in i + 1..<max(n, i + 1) { #expect(lower[i, j] == 0) }
        }
        var random = CounterRandom(seed: 7)
        let x = (0..<n).map { _ in random.normal() }
        let solved = cholesky.solve(a.multiply(x))
        for i in 0..<n { expectClose(solved[i], x[i], relative: 0, absolute: 1e-10) }

        let inverse = cholesky.inverse()
        #expect(inverse == inverse.transposed)
        #expect(largestGap(inverse.multiply(a), .identity(n)) <= 1e-10)

        let image = cholesky.multiplyLower(x)
        let expected = lower.multiply(x)
        for i in 0..<n { expectClose(image[i], expected[i], relative: 0, absolute: 1e-12 * scale) }
        var back = image
        back.withUnsafeMutableBufferPointer { cholesky.solveLower(inPlace: $0) }
        for i in 0..<n { expectClose(back[i], x[i], relative: 0, absolute: 1e-10) }
        var turned = lower.transposedMultiply(x)
        turned.withUnsafeMutableBufferPointer { cholesky.solveLowerTransposed(inPlace: $0) }
        for i in 0..<n { expectClose(turned[i], x[i], relative: 0, absolute: 1e-10) }
    }

    @Test func knownFactorAndDeterminant() throws {
        let a = Matrix(rows: 3, columns: 3, values: [4, 12, -16, 12, 37, -43, -16, -43, 98])
        let cholesky = try #require(Cholesky(a))
        let expected = Matrix(rows: 3, columns: 3, values: [2, 0, 0, 6, 1, 0, -8, 5, 3])
        #expect(largestGap(cholesky.lower, expected) < 1e-12)
        expectClose(cholesky.logDeterminant, log(36), relative: 1e-14)
        for n in [1, 10, 77, 500] {
            let band = Matrix(rows: n, columns: n) { $0 == $1 ? 2 : (abs($0 - $1) == 1 ? -1 : 0) }
            let factor = try #require(Cholesky(band))
            expectClose(factor.logDeterminant, log(Double(n) + 1), relative: 1e-12)
            // The inverse is known too: min(i, j)(n + 1 − max(i, j)) / (n + 1), counting from 1.
            let inverse = factor.inverse()
            expectClose(inverse[n - 1, 0], 1 / Double(n + 1), relative: 1e-10)
            let m = n / 2
            expectClose(inverse[m, m], Double((m + 1) * (n - m)) / Double(n + 1), relative: 1e-10)
        }
    }

    @Test(arguments: [1, 4, 6, 70, 300]) func failsWhenNotPositiveDefinite(n: Int) {
        let good = randomPositiveDefinite(n, seed: 2)
        for bad in Set([0, n / 2, n - 1]) {
            for value in [-1, 0, .nan, .infinity] {
                var a = good
                a[bad, bad] = value
                #expect(Cholesky(a) == nil, "pivot \(bad) set to \(value)")
            }
        }
        // Positive diagonal, one negative eigenvalue.
        if n > 1 {
            var a = Matrix.identity(n)
            a[n - 1, n - 2] = 1.5
            a[n - 2, n - 1] = 1.5
            #expect(Cholesky(a) == nil)
        }
    }

    @Test func onlyTheLowerTriangleIsRead() throws {
        let a = randomPositiveDefinite(75, seed: 3)
        var half = a
        for i in 0..<75 {
            for j in i + 1..<75 { half[i, j] = .nan }
        }
        #expect(try #require(Cholesky(half)).lower == #require(Cholesky(a)).lower)
    }

    @Test(arguments: [200, 300, 513]) func bitsDoNotDependOnThreads(n: Int) throws {
        let a = randomPositiveDefinite(n, seed: 4)
        let one = try #require(Parallel.withThreads(1) { Cholesky(a) })
        let four = try #require(Parallel.withThreads(4) { Cholesky(a) })
        #expect(one.lower == four.lower)
        #expect(one.logDeterminant == four.logDeterminant)
        #expect(Parallel.withThreads(1) { one.inverse() } == Parallel.withThreads(3) { four.inverse() })
    }
}
