import Kernels

/// Which of the comparisons that a linear model learnt from carry its answer about two things.
///
/// Source: Koh and Liang, "Understanding black-box predictions via influence functions" (2017).
///
///     Δᵢ = −cᵢ ℓ′(w·xᵢ, yᵢ) · xᵢᵀ H⁻¹ x
///
/// with the logistic loss ℓ is how much the log-odds w·x of a comparison with difference x would fall, to first order, if training comparison i were left
/// out: positive speaks for the first. H is the Hessian of the loss, kept with the model where there are up to 512 features.
/// With more, H⁻¹ is replaced by 1/‖x‖² · I, which ranks comparisons by how alike they are and how badly they are still explained.
///
/// For models that are not linear the same is done with the features alone (`isExact` is false then as well).
///
/// - Complexity: O(n d), and O(d²) once.
///
/// ```swift
/// let evidence = try TrainingEvidence(model, training: data, for: pair)
/// print(evidence.strongest(5).map(\.value))
/// ```
public struct TrainingEvidence: Sendable {
    /// What one training comparison adds.
    public struct Piece: Sendable, Hashable {
        /// The place in the training data.
        public var comparison: Int
        /// Δ.
        public var value: Double
    }

    /// One for each training comparison, in their order.
    public let values: [Double]
    /// Whether H was known.
    public let isExact: Bool

    /// Computes the evidence for one comparison.
    ///
    /// - Throws: `LearningError.data` where the features do not fit.
    public init(
        _ model: some PreferencePredictor, training: ComparisonSet, for pair: ComparisonSet
    ) throws {
        try training.require(features: model.features)
        try pair.require(features: model.features)
        let answers = try model.predict(training, for: .each)
        let x = pair.differences().row(0)
        let direction: [Double]
        if let covariance = (model as? LinearRewardModel)?.covariance {
            direction = covariance.multiply(x)
            isExact = true
        } else {
            let length = x.reduce(0) { $0 + $1 * $1 }
            direction = length > 0 ? x.map { $0 / length } : x
            isExact = false
        }
        let along = training.differences().product(direction)
        values = (0..<training.count).map { place in
            let slope = LogisticLoss().slope(answers[place].value, label: training.labels[place])
            return -training.weights[place] * slope * along[place]
        }
    }

    /// The pieces that carry most, for or against, the strongest first.
    public func strongest(_ count: Int) -> [Piece] {
        let order = values.indices.sorted {
            abs(values[$0]) == abs(values[$1]) ? $0 < $1 : abs(values[$0]) > abs(values[$1])
        }
        return order.prefix(count).map { Piece(comparison: $0, value: values[$0]) }
    }
}
