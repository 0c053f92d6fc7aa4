import Kernels

/// The few directions that the weights of many linear tasks have in common, found by alternating ridge regressions.
///
/// With Gᵢ = Σ x xᵀ and bᵢ = Σ x y of task i it lowers Σᵢ |y − Xᵢ B wᵢ|² + λ(Σ|wᵢ|² + |B|²) over B (d × k) and w in turns: wᵢ = (BᵀGᵢB +
/// λI)⁻¹Bᵀbᵢ, then [Σ (wᵢwᵢᵀ ⊗ Gᵢ) + λI] vec B = Σ vec(bᵢwᵢᵀ), then B is made orthonormal.
///
/// - Complexity: O((dk)³ + M·(dk)²) for a sweep over M tasks.
enum SharedSubspace {
    /// The directions, orthonormal, each with one element for each feature.
    ///
    /// - Parameters:
    ///   - grams: Gᵢ of each task.
    ///   - responses: bᵢ of each task.
    ///   - rank: k.
    ///   - lambda: λ.
    ///   - sweeps: How often both halves are solved.
    ///   - start: Directions to begin with; empty for the top right singular vectors of the tasks' own ridge solutions.
    static func fit(
        grams: [Matrix], responses: [[Double]], rank: Int, lambda: Double, sweeps: Int,
        start: [[Double]] = []
    ) -> [[Double]] {
        let d = responses[0].count
        var basis = start.isEmpty ? first(grams, responses, rank, lambda) : start
        for _ in 0..<sweeps {
            var system = Matrix(rows: d * rank, columns: d * rank)
            var right = [Double](repeating: 0, count: d * rank)
            for (gram, b) in zip(grams, responses) {
                guard let w = head(gram, b, basis, lambda) else { continue }
                for c in 0..<rank {
                    for i in 0..<d { right[c * d + i] += b[i] * w[c] }
                    for other in 0...c {
                        let factor = w[c] * w[other]
                        for i in 0..<d {
                            for j in 0..<d { system[c * d + i, other * d + j] += factor * gram[i, j] }
                        }
                    }
                }
            }
            for i in 0..<d * rank { system[i, i] += lambda }
            guard let solved = Cholesky(system)?.solve(right) else { break }
            let next = orthonormal((0..<rank).map { Array(solved[$0 * d..<($0 + 1) * d]) })
            guard next.count == rank else { break }
            basis = next
        }
        return basis
    }

    /// The ridge solution of a task inside the directions.
    static func head(_ gram: Matrix, _ b: [Double], _ basis: [[Double]], _ lambda: Double) -> [Double]? {
        let images = basis.map { gram.multiply($0) }
        let small = Matrix(rows: basis.count, columns: basis.count) {
            VectorMath.dot(basis[$0], images[$1]) + ($0 == $1 ? lambda : 0)
        }
        return Cholesky(small)?.solve(basis.map { VectorMath.dot($0, b) })
    }

    private static func first(
        _ grams: [Matrix], _ responses: [[Double]], _ rank: Int, _ lambda: Double
    ) -> [[Double]] {
        let d = responses[0].count
        var scatter = Matrix(rows: d, columns: d)
        for (gram, b) in zip(grams, responses) {
            var v = gram
            for i in 0..<d { v[i, i] += lambda }
            guard let theta = Cholesky(v)?.solve(b) else { continue }
            for i in 0..<d {
                for j in 0..<d { scatter[i, j] += theta[i] * theta[j] }
            }
        }
        guard let eigen = SymmetricEigen(scatter) else {
            return (0..<rank).map { c in (0..<d).map { $0 == c ? 1 : 0 } }
        }
        return (0..<rank).map { eigen.vectors.column(d - 1 - $0) }
    }

    /// Gram–Schmidt, twice over; fewer vectors where they depend on one another.
    static func orthonormal(_ vectors: [[Double]]) -> [[Double]] {
        var found: [[Double]] = []
        for vector in vectors {
            var v = vector
            let size = VectorMath.dot(v, v).squareRoot()
            for _ in 0..<2 {
                for other in found {
                    let along = VectorMath.dot(v, other)
                    for i in v.indices { v[i] -= along * other[i] }
                }
            }
            let norm = VectorMath.dot(v, v).squareRoot()
            guard norm > 1e-12 * size, norm > 0 else { continue }
            found.append(v.map { $0 / norm })
        }
        return found
    }
}
