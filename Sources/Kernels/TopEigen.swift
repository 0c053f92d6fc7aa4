import Foundation

extension SymmetricEigen {
    /// The leading eigenvalues and eigenvectors of a symmetric matrix, found by iteration.
    public struct Top: Sendable {
        /// The eigenvalues, largest magnitude first.
        public let values: [Double]
        /// The eigenvectors, one in each column, in the order of ``values``.
        public let vectors: Matrix
        /// The number of iterations done.
        public let iterations: Int
        /// The largest of `‖A v − λ v‖` over the returned pairs, relative to the largest eigenvalue.
        public let residual: Double
        /// Whether ``residual`` fell to the tolerance.
        public let converged: Bool
    }

    /// Finds the `k` eigenvalues of largest magnitude by seeded subspace iteration.
    ///
    /// Each step multiplies an orthonormal block of `k` plus a few guard vectors by the matrix and solves the
    /// small projected problem. Convergence is linear, with the rate of the first eigenvalue outside the
    /// block over the `k`-th. Equal arguments give equal bits for any number of threads.
    ///
    /// - Parameters:
    ///   - a: A symmetric matrix.
    ///   - k: How many pairs to find, at least 1 and at most the order of the matrix.
    ///   - seed: The seed of the starting block.
    ///   - tolerance: The relative residual to reach.
    ///   - maxIterations: The most multiplications by the matrix.
    /// - Returns: The pairs found, or `nil` when the matrix has an element that is not finite.
    /// - Complexity: O(*n*² · *k*) for each iteration.
    public static func topEigen(
        of a: Matrix, k: Int, seed: UInt64 = 0, tolerance: Double = 1e-10, maxIterations: Int = 500
    ) -> Top? {
        precondition(a.rows == a.columns, "an eigen-decomposition needs a square matrix")
        let n = a.rows
        precondition(k >= 1 && k <= n, "k must lie between 1 and the order of the matrix")
        guard a.values.allSatisfy(\.isFinite) else { return nil }
        let width = min(n, k + max(8, k / 2))
        var random = CounterRandom(seed: seed, stream: 0x746F_7065)
        // Vectors are rows here: A is symmetric, so (A Qᵀ)ᵀ = Q A.
        var block = Matrix(rows: width, columns: n) { _, _ in random.normal() }
        orthonormalise(&block, &random)
        var iterations = 0
        while true {
            iterations += 1
            let image = block.multiply(a)
            guard let small = SymmetricEigen(image.multiplyTransposed(block)) else { return nil }
            let order = (0..<width).sorted { abs(small.values[$0]) > abs(small.values[$1]) }
            let rotation = Matrix(rows: width, columns: width) { small.vectors[$1, order[$0]] }
            let ritz = rotation.multiply(block)
            let mapped = rotation.multiply(image)
            let lambda = order.map { small.values[$0] }
            let residual = worstResidual(ritz, mapped, lambda, k)
            if residual <= tolerance || iterations >= maxIterations {
                return Top(
                    values: Array(lambda[..<k]),
                    vectors: Matrix(rows: n, columns: k) { ritz[$1, $0] },
                    iterations: iterations, residual: residual, converged: residual <= tolerance)
            }
            block = mapped
            orthonormalise(&block, &random)
        }
    }

    private static func worstResidual(
        _ ritz: Matrix, _ mapped: Matrix, _ lambda: [Double], _ k: Int
    ) -> Double {
        var worst = 0.0
        for j in 0..<k {
            var sum = 0.0
            for i in 0..<ritz.columns {
                let gap = mapped[j, i] - lambda[j] * ritz[j, i]
                sum += gap * gap
            }
            worst = max(worst, sum.squareRoot())
        }
        let largest = abs(lambda[0])
        return largest > 0 ? worst / largest : worst
    }

    /// Makes the rows of a block orthonormal, replacing rows that vanish by random ones.
    private static func orthonormalise(_ block: inout Matrix, _ random: inout CounterRandom) {
        let (m, n) = (block.rows, block.columns)
        block.values.withUnsafeMutableBufferPointer { buffer in
            let base = buffer.baseAddress!
            for j in 0..<m {
                let mine = base + j * n
                while true {
                    let before = PackedKernel.dot(mine, mine, n).squareRoot()
                    for _ in 0..<2 {
                        for i in 0..<j {
                            let other = base + i * n
                            PackedKernel.addScaled(-PackedKernel.dot(other, mine, n), other, to: mine, n)
                        }
                    }
                    let norm = PackedKernel.dot(mine, mine, n).squareRoot()
                    if norm > 1e-12 * before && norm > 1e-300 {
                        for i in 0..<n { mine[i] /= norm }
                        break
                    }
                    for i in 0..<n { mine[i] = random.normal() }
                }
            }
        }
    }
}
