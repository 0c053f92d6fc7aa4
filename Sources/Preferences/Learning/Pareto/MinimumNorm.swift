import Kernels

/// The point of least length among all weighted means of some vectors: a step that all of them agree on, if there is one.
///
/// Source: Désidéri, "Multiple-gradient descent algorithm (MGDA) for multiobjective optimization" (2012); the exact solver is
/// that of Wolfe, "Finding the nearest point in a polytope" (1976).
///
///     λ* = argmin over the simplex of ‖Σᵢ λᵢ mᵢ‖²,   v = Σᵢ λᵢ* mᵢ,   v·mᵢ ≥ ‖v‖² for all i
///
/// so that a step along −v lowers every loss with gradient mᵢ, or v = 0: no step helps all. Vectors that are nearly parallel
/// share one weight. All functions take the Gram matrix M with Mᵢⱼ = mᵢ·mⱼ.
///
/// ```swift
/// let weights = MinimumNorm.weights(MinimumNorm.gram([[1, 0], [0, 2]]))   // [0.8, 0.2]
/// ```
public enum MinimumNorm {
    /// M of vectors of one length.
    public static func gram(_ vectors: [[Double]]) -> Matrix {
        Matrix(rows: vectors.count, columns: vectors.count) { i, j in
            zip(vectors[i], vectors[j]).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }

    /// λ*, exactly: vectors join a set one by one, and those whose weight would turn negative leave it.
    ///
    /// - Complexity: O(K³) for each change of the set, of which there are about K.
    public static func weights(_ gram: Matrix) -> [Double] {
        let count = gram.rows
        precondition(count > 0 && count == gram.columns, "a square matrix of products")
        let largest = (0..<count).reduce(0) { max($0, gram[$1, $1]) }
        guard largest > 0, largest.isFinite else {
            return [Double](repeating: 1 / Double(count), count: count)
        }
        var members = [(0..<count).min { gram[$0, $0] < gram[$1, $1] }!]
        var weights = [Double](repeating: 0, count: count)
        weights[members[0]] = 1
        // Each round shortens v, so that no set comes twice; the bound is against rounding.
        for _ in 0..<20 * count {
            let products = gram.multiply(weights)
            let value = zip(weights, products).reduce(0) { $0 + $1.0 * $1.1 }
            let target = products.indices.min { products[$0] < products[$1] }!
            if products[target] >= value - 1e-13 * largest || members.contains(target) { break }
            members.append(target)
            while true {
                guard let ideal = affine(gram, members) else {
                    // Rounding hides that the newcomer is a mixture of the others.
                    members.removeLast()
                    return weights
                }
                if ideal.allSatisfy({ $0 > 0 }) {
                    for (member, share) in zip(members, ideal) { weights[member] = share }
                    break
                }
                var step = 1.0
                for (member, share) in zip(members, ideal) where share <= 0 {
                    step = min(step, weights[member] / (weights[member] - share))
                }
                for (member, share) in zip(members, ideal) {
                    weights[member] += step * (share - weights[member])
                    if weights[member] <= 1e-15 { weights[member] = 0 }
                }
                let left = members.filter { weights[$0] > 0 }
                if left.count == members.count { break }
                members = left
            }
            let sum = weights.reduce(0, +)
            for place in weights.indices { weights[place] /= sum }
        }
        return weights
    }

    /// The weights, of any sign, that add up to 1 and give the shortest sum; nil where the vectors depend on each other.
    private static func affine(_ gram: Matrix, _ members: [Int]) -> [Double]? {
        let (first, rest) = (members[0], Array(members.dropFirst()))
        if rest.isEmpty { return [1] }
        let matrix = Matrix(rows: rest.count, columns: rest.count) { i, j in
            gram[rest[i], rest[j]] - gram[rest[i], first] - gram[first, rest[j]] + gram[first, first]
        }
        guard let factor = Cholesky(matrix) else { return nil }
        let part = factor.solve(rest.map { gram[first, first] - gram[$0, first] })
        let all = [1 - part.reduce(0, +)] + part
        return all.allSatisfy(\.isFinite) ? all : nil
    }

    /// Frank–Wolfe steps with exact line search from equal weights: near λ*, as the paper's own code has it.
    ///
    /// After 250 steps the relative violation of v·mᵢ ≥ ‖v‖² is some thousandths.
    static func frankWolfe(_ gram: Matrix, iterations: Int = 250) -> [Double] {
        let count = gram.rows
        precondition(count > 0 && count == gram.columns, "a square matrix of products")
        var weights = [Double](repeating: 1 / Double(count), count: count)
        for _ in 0..<iterations {
            let products = gram.multiply(weights)
            let target = products.indices.min { products[$0] < products[$1] }!
            let value = zip(weights, products).reduce(0) { $0 + $1.0 * $1.1 }
            // With e the target: −λᵀM(e − λ) and (e − λ)ᵀM(e − λ).
            let gain = value - products[target]
            let curvature = gram[target, target] - 2 * products[target] + value
            guard gain > 0, curvature > 0 else { break }
            let step = min(1, gain / curvature)
            for place in weights.indices { weights[place] *= 1 - step }
            weights[target] += step
        }
        return weights
    }
}
