import Kernels

/// Features that are drawn with known probabilities, and what one observed loss says about all of them.
struct LinearDesign {
    let features: [[Double]]
    let probabilities: [Double]
    /// P·φ for each feature vector, with P = (γ·I + Σ p·φφᵀ)⁻¹.
    let solved: [[Double]]

    init(_ features: [[Double]], probabilities: [Double], gamma: Double) {
        let d = features[0].count
        var sigma = [Double](repeating: 0, count: d * d)
        for i in 0..<d { sigma[i * d + i] = gamma }
        for (phi, p) in zip(features, probabilities) where p > 0 {
            for i in 0..<d where phi[i] != 0 {
                for j in 0..<d { sigma[i * d + j] += p * phi[i] * phi[j] }
            }
        }
        guard let factor = Cholesky(Matrix(rows: d, columns: d, values: sigma)) else {
            preconditionFailure("what can be played does not span the space: use a positive gamma")
        }
        self.features = features
        self.probabilities = probabilities
        solved = features.map { factor.solve($0) }
    }

    /// φₐᵀ P φ_c.
    func inner(_ a: Int, _ c: Int) -> Double {
        VectorMath.dot(features[a], solved[c])
    }

    /// The estimated loss of each, after the loss in [0, 1] of the one that was played.
    func estimates(of loss: Double, played: Int, _ estimator: LossEstimator) -> [Double] {
        features.indices.map { a in
            let x = inner(a, played)
            guard estimator == .reduced else { return x * loss }
            var estimate = x * loss - min(x, 0)
            for c in features.indices where probabilities[c] > 0 {
                estimate += probabilities[c] * min(inner(a, c), 0)
            }
            return estimate
        }
    }
}
