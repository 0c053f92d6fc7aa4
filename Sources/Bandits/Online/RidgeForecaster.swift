/// Predicts a number by linear regression that is brought up to date with every label.
///
/// With a constant appended to the features, A = λI + Σxₜxₜᵀ and b = Σxₜyₜ, it predicts xᵀθ with θ = A⁻¹b:
/// the ridge estimate over all labels so far, kept by rank-one updates. The features and λ should be of a
/// size at which numbers near 1 are usual.
///
/// - Complexity: O(d²) for each label, O(d) for a prediction.
public struct RidgeForecaster: Sendable, Hashable, Codable {
    /// The coefficients, the constant's last.
    public private(set) var coefficients: [Double]
    /// The number of labels.
    public private(set) var count = 0
    private var precision: RankOneInverse

    /// Creates a forecaster that predicts 0.
    ///
    /// - Parameters:
    ///   - features: The number of features d, without the constant.
    ///   - lambda: The ridge.
    public init(features: Int, lambda: Double = 1) {
        precondition(features >= 0, "features must not be negative")
        precondition(lambda > 0 && lambda.isFinite, "lambda must be positive")
        precision = RankOneInverse(features + 1, diagonal: lambda)
        coefficients = [Double](repeating: 0, count: features + 1)
    }

    /// The prediction xᵀθ.
    public func predict(_ features: [Double]) -> Double {
        precondition(
            features.count + 1 == coefficients.count, "another number of features than the forecaster's")
        return VectorMath.dot(features, coefficients) + coefficients[features.count]
    }

    /// The width √(xᵀA⁻¹x) in which the prediction is uncertain, in units of the labels' noise.
    public func width(_ features: [Double]) -> Double {
        let x = features + [1]
        return max(0, VectorMath.dot(x, precision.solve(x))).squareRoot()
    }

    /// Learns a label.
    public mutating func learn(_ features: [Double], _ label: Double) {
        let error = label - predict(features)
        let gain = precision.add(features + [1])
        for i in gain.indices { coefficients[i] += gain[i] * error }
        count += 1
    }
}
