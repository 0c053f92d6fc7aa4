import Kernels

/// Least squares without an intercept of one node, less the mean of its noise, on some of the others.
struct MechanismFit {
    /// One weight for each parent.
    var weights: [Double]
    /// (X Xᵀ) of the parents.
    private var gram: Matrix

    /// Fits from the sums of products of a sample.
    init(_ moments: (gram: Matrix, sums: [Double]), node: Int, parents: [Int], mean: Double) {
        let all = moments.gram
        gram = Matrix(rows: parents.count, columns: parents.count) { all[parents[$0], parents[$1]] }
        weights = []
        guard !parents.isEmpty else { return }
        let right = parents.map { all[$0, node] - mean * moments.sums[$0] }
        // Columns that repeat one another share their weight.
        let ridge = 1e-10 * (0..<parents.count).reduce(0) { max($0, gram[$1, $1]) }
        for i in 0..<parents.count { gram[i, i] += ridge }
        weights = Cholesky(gram)?.solve(right) ?? [Double](repeating: 0, count: parents.count)
    }

    /// λ_max((X Xᵀ)⁻¹); 0 without parents.
    var leastCertain: Double {
        guard gram.rows > 0 else { return 0 }
        let eigenvalues = SymmetricEigen(gram)?.values ?? [0]
        return 1 / max(eigenvalues.reduce(.infinity, min), 1e-12)
    }
}
