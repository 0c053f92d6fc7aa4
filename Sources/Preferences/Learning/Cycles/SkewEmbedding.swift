import Kernels

/// Items as vectors of which a skew product scores every pair: it can say that a beats b, b beats c and c beats a.
///
///     s(a ≻ b) = Σₗ λₗ (vₐ,₂ₗ₋₁ v_b,₂ₗ − vₐ,₂ₗ v_b,₂ₗ₋₁)
///
/// so that s(a ≻ b) = −s(b ≻ a) and s(a ≻ a) = 0 whatever the vectors. With one block and v = (r, 1) it is rₐ − r_b.
///
/// ```swift
/// let embedding = SkewEmbedding(representing: scores)!
/// print(embedding.blocks, embedding.matrix)
/// ```
public struct SkewEmbedding: Sendable, Hashable {
    /// v, (items, 2k).
    public let vectors: Matrix
    /// λ ≥ 0, one for each of the k blocks.
    public let scales: [Double]

    /// Creates an embedding.
    public init(vectors: Matrix, scales: [Double]) {
        precondition(vectors.columns == 2 * scales.count, "two numbers for each block")
        precondition(scales.allSatisfy { $0 >= 0 && $0.isFinite }, "scales are not negative")
        self.vectors = vectors
        self.scales = scales
    }

    /// k.
    public var blocks: Int { scales.count }

    /// s(a ≻ b).
    public func score(_ a: Int, over b: Int) -> Double {
        var sum = 0.0
        let (v, width) = (vectors.values, vectors.columns)
        for block in scales.indices {
            let (i, j) = (a * width + 2 * block, b * width + 2 * block)
            sum += scales[block] * (v[i] * v[j + 1] - v[i + 1] * v[j])
        }
        return sum
    }

    /// All scores, the row's item over the column's.
    ///
    /// - Complexity: O(n² k).
    public var matrix: Matrix { Matrix(rows: vectors.rows, columns: vectors.rows) { score($0, over: $1) } }

    /// Finds vectors that give exactly these scores: S = Σₗ μₗ (pₗ qₗᵀ − qₗ pₗᵀ), the real Schur form, with as many blocks as
    /// half the rank.
    ///
    /// Fails where the decomposition does.
    ///
    /// - Parameters:
    ///   - scores: Skew-symmetric; what is not is taken out.
    ///   - isNormalized: Whether all vectors are to have length 1, which takes one block more.
    ///   - tolerance: Blocks whose μ is below this share of the largest are left out.
    /// - Complexity: O(n³).
    public init?(representing scores: Matrix, isNormalized: Bool = false, tolerance: Double = 1e-12) {
        precondition(scores.rows == scores.columns, "scores are of each item against each")
        let n = scores.rows
        func skew(_ a: Int, _ b: Int) -> Double { (scores[a, b] - scores[b, a]) / 2 }
        // S is skew, so that i S is Hermitian; as a real symmetric matrix of twice the size, with the eigenvectors (x, y) of
        // μ: S x = μ y and S y = −μ x.
        let doubled = Matrix(rows: 2 * n, columns: 2 * n) { row, column in
            switch (row < n, column < n) {
            case (true, false): -skew(row, column - n)
            case (false, true): skew(row - n, column)
            default: 0
            }
        }
        guard let eigen = SymmetricEigen(doubled) else { return nil }
        let largest = eigen.values.last ?? 0
        var (scales, parts): ([Double], [(x: [Double], y: [Double])]) = ([], [])
        for place in stride(from: 2 * n - 1, through: 0, by: -1) {
            guard eigen.values[place] > tolerance * largest, largest > 0 else { break }
            let vector = eigen.vectors.column(place)
            var (x, y) = (Array(vector[..<n]), Array(vector[n...]))
            // Each complex eigenvector comes twice: what lies in those taken before is no new one.
            for part in parts {
                let real = Self.dot(part.x, x) + Self.dot(part.y, y)
                let imaginary = Self.dot(part.x, y) - Self.dot(part.y, x)
                for item in 0..<n {
                    x[item] -= real * part.x[item] - imaginary * part.y[item]
                    y[item] -= real * part.y[item] + imaginary * part.x[item]
                }
            }
            let norm = (Self.dot(x, x) + Self.dot(y, y)).squareRoot()
            guard norm > 1e-2 else { continue }
            parts.append((x.map { $0 / norm }, y.map { $0 / norm }))
            scales.append(eigen.values[place])
        }
        // S y = −μ x and S x = μ y: with p = √2 y and q = √2 x, S = Σ μ (p qᵀ − q pᵀ).
        var width = 2 * parts.count
        var rows = Matrix(rows: n, columns: width) { item, column in
            let part = parts[column / 2]
            return 2.0.squareRoot() * (column % 2 == 0 ? part.y[item] : part.x[item])
        }
        if isNormalized {
            let squares = (0..<n).map { row in Self.dot(rows.row(row), rows.row(row)) }
            let longest = max(squares.max() ?? 0, .leastNormalMagnitude)
            let (inner, whole) = (rows, width)
            width += 2
            rows = Matrix(rows: n, columns: width) { item, column in
                if column < whole { return inner[item, column] / longest.squareRoot() }
                return column == whole ? max(0, 1 - squares[item] / longest).squareRoot() : 0
            }
            scales = scales.map { $0 * longest } + [0]
        }
        self.init(vectors: rows, scales: scales)
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
