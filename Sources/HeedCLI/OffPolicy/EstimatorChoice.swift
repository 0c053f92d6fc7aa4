import Heed
import Kernels

/// The off-policy estimators by name.
enum EstimatorChoice {
    /// All ids, in the order of tables.
    static let ids = [
        DirectMethod.id, InversePropensity.id, SelfNormalizedInversePropensity.id,
        ClippedInversePropensity.id,
        SubGaussianInversePropensity.id, DoublyRobust.id, SelfNormalizedDoublyRobust.id,
        SwitchDoublyRobust.id,
        OptimisticShrinkage.id, SubGaussianDoublyRobust.id, MoreRobustDoublyRobust.id,
    ]

    /// The estimators; settings are chosen from the data.
    static func all(features: SparseRows, model: RewardModel) -> [any ValueEstimator] {
        [
            DirectMethod(), InversePropensity(), SelfNormalizedInversePropensity(),
            ClippedInversePropensity(), SubGaussianInversePropensity(), DoublyRobust(),
            SelfNormalizedDoublyRobust(),
            Tuned<SwitchDoublyRobust>(criterion: .meanSquaredError(bounded: true)),
            Tuned<OptimisticShrinkage>(criterion: .meanSquaredError(bounded: true)),
            SubGaussianDoublyRobust(), MoreRobustDoublyRobust(features: features, model: model),
        ]
    }
}
