import Kernels

/// A linear utility h(e) = θᵀe fitted to choices, and how well each direction is known.
struct LinearUtility: Sendable, Hashable, Codable {
    let lambda: Double
    private(set) var weights: [Double]
    /// V = λI + Σ d dᵀ over the differences d of the duels.
    private(set) var precision: RankOneInverse

    init(features: Int, lambda: Double) {
        self.lambda = lambda
        weights = [Double](repeating: 0, count: features)
        precision = RankOneInverse(features, diagonal: lambda)
    }

    /// Adds a difference to V.
    mutating func add(_ difference: [Double]) { precision.add(difference) }

    /// ‖d‖ in the norm of V⁻¹.
    func width(_ difference: [Double]) -> Double {
        max(0, VectorMath.dot(difference, precision.solve(difference))).squareRoot()
    }

    /// Finds the θ with the least Σ log loss + λ‖θ‖².
    mutating func fit(_ differences: [[Double]], _ outcomes: [Double]) {
        let d = weights.count
        weights = LogisticFit.weights(
            rows: differences.flatMap { $0 }, rewards: outcomes,
            importance: [Double](repeating: 1, count: outcomes.count),
            precision: [Double](repeating: 2 * lambda, count: d), center: [Double](repeating: 0, count: d),
            start: weights)
    }
}
