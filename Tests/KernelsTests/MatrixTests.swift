import Testing

@testable import Kernels

@Suite struct MatrixTests {
    @Test func elementsAndShapes() {
        var a = Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])
        #expect(a[1, 0] == 4)
        a[0, 2] += 10
        #expect(a.values == [1, 2, 13, 4, 5, 6])
        #expect(a.row(1) == [4, 5, 6])
        #expect(a.column(2) == [13, 6])
        #expect(a.transposed.values == [1, 4, 2, 5, 13, 6])
        let wide = randomMatrix(37, 50, seed: 1)
        #expect(wide.transposed.transposed == wide)
        #expect(Matrix.identity(3).values == [1, 0, 0, 0, 1, 0, 0, 0, 1])
    }

    @Test(arguments: [(1, 1, 1), (3, 5, 2), (4, 4, 4), (7, 130, 9), (65, 64, 63), (130, 257, 70), (4, 0, 3)])
    func productsMatchTheDefinition(shape: (Int, Int, Int)) {
        let (m, k, n) = shape
        let a = randomMatrix(m, k, seed: 3)
        let b = randomMatrix(k, n, seed: 4)
        let expected = naiveProduct(a, b)
        let bound = 1e-13 * Double(k + 1)
        #expect(largestGap(a.multiply(b), expected) <= bound)
        #expect(largestGap(a.transposed.transposedMultiply(b), expected) <= bound)
        #expect(largestGap(a.multiplyTransposed(b.transposed), expected) <= bound)
        let v = b.column(n - 1)
        let image = a.multiply(v)
        let back = a.transposed.transposedMultiply(v)
        for i in 0..<m {
            expectClose(image[i], expected[i, n - 1], relative: 0, absolute: bound)
            expectClose(back[i], expected[i, n - 1], relative: 0, absolute: bound)
        }
    }

    @Test func bitsDoNotDependOnThreads() {
        let a = randomMatrix(301, 530, seed: 5)
        let b = randomMatrix(530, 203, seed: 6)
        let v = b.column(0)
        let one = Parallel.withThreads(1) { a.multiply(b) }
        let four = Parallel.withThreads(4) { a.multiply(b) }
        #expect(one == four)
        let tall = randomMatrix(600, 530, seed: 7)
        let y = Parallel.withThreads(1) { tall.multiply(v) }
        #expect(Parallel.withThreads(4) { tall.multiply(v) } == y)
    }
}
