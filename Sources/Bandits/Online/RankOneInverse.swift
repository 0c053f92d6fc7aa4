/// A positive definite matrix that grows by rank-one terms, with its inverse.
///
/// Holds A = a·I + Σ wᵢ xᵢxᵢᵀ and A⁻¹, by the formula of Sherman and Morrison.
struct RankOneInverse: Sendable, Hashable, Codable {
    let count: Int
    /// A, row by row.
    private(set) var matrix: [Double]
    /// A⁻¹, row by row.
    private(set) var inverse: [Double]

    init(_ count: Int, diagonal: Double) {
        self.count = count
        matrix = [Double](repeating: 0, count: count * count)
        inverse = matrix
        for i in 0..<count {
            matrix[i * count + i] = diagonal
            inverse[i * count + i] = 1 / diagonal
        }
    }

    /// Adds w·xxᵀ.
    ///
    /// - Returns: A⁻¹x after the addition.
    @discardableResult
    mutating func add(_ x: [Double], weight: Double = 1) -> [Double] {
        let direction = solve(x)
        let denominator = 1 + weight * VectorMath.dot(x, direction)
        for i in 0..<count {
            let a = weight * x[i], b = weight * direction[i] / denominator
            for j in 0..<count {
                matrix[i * count + j] += a * x[j]
                inverse[i * count + j] -= b * direction[j]
            }
        }
        return direction.map { $0 / denominator }
    }

    /// The sum of A's diagonal.
    var trace: Double { (0..<count).reduce(0) { $0 + matrix[$1 * count + $1] } }

    /// A⁻¹x.
    func solve(_ x: [Double]) -> [Double] { product(inverse, x) }

    /// A x.
    func multiply(_ x: [Double]) -> [Double] { product(matrix, x) }

    private func product(_ values: [Double], _ x: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: count)
        for i in 0..<count {
            var sum = 0.0
            for j in 0..<count { sum += values[i * count + j] * x[j] }
            result[i] = sum
        }
        return result
    }
}
