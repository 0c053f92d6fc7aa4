import Kernels

/// Learns the taste of few comparisons by starting from a model that has learnt from many others.
///
/// Source: Wang et al., "WorldPM: Scaling Human Preference Modeling" (2025), with a weighted sum of features in place of a language
/// model. With w₀ the weights learnt from the large pool and n comparisons of one's own,
///
///     w = argmin Σᵢ cᵢ ℓ(w·(aᵢ − bᵢ), yᵢ) + (λ/2) ‖w − w₀‖²
///
/// so that the pull λ counts like a number of comparisons: with n far below it the model stays what it was, with n far above
/// it is that of the new data alone. λ = nil is chosen by 5-fold cross-validation over units.
///
/// What the data cannot say: with few comparisons the untouched model may be better than any that has learnt from them. Compare
/// all three: `pretrained`, this, and a model from scratch.
///
/// - Complexity: that of `LinearReward`; with λ to be chosen, some 35 times that.
///
/// ```swift
/// let pool = try LinearReward(ridge: 1e-4).fit(votes)
/// let mine = try WarmStart(pool).fit(data, seed: 1)
/// ```
public struct WarmStart<Loss: PairLoss>: PreferenceLearner {
    public static var id: String { "worldpm" }

    /// w₀.
    public var pretrained: [Double]
    /// ℓ.
    public var loss: Loss
    /// λ, on the scale of the summed loss; nil to choose it.
    public var pull: Double?
    /// What it is chosen among.
    public static var grid: [Double] { [0.3, 1, 3, 10, 30, 100, 1000] }

    /// Creates the learner.
    public init(_ pretrained: LinearRewardModel, loss: Loss, pull: Double? = nil) {
        precondition(pull.map { $0 >= 0 } ?? true, "λ is not negative")
        self.pretrained = pretrained.weights
        self.loss = loss
        self.pull = pull
    }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> LinearRewardModel {
        try require(data)
        let pull = try pull ?? chosenPull(data, seed: seed, watch: watch)
        return try fit(data, pull: pull, seed: seed, watch: watch)
    }

    /// λ with the least held-out log loss over five parts of the units; the largest of the grid where there are fewer than ten.
    public func chosenPull(_ data: ComparisonSet, seed: UInt64 = 1, watch: FitWatch = FitWatch()) throws
        -> Double
    {
        let units = HonestSplit.units(data)
        let count = (units.max() ?? -1) + 1
        guard count >= 10 else { return Self.grid[Self.grid.count - 1] }
        let fold = HonestSplit.folds(units, count: 5, seed: seed)
        let losses = try Self.grid.map { pull in
            var sum = 0.0
            for part in 0..<5 {
                let rest = fold.indices.filter { fold[$0] != part }
                let held = data.selecting(fold.indices.filter { fold[$0] == part })
                let model = try fit(data.selecting(rest), pull: pull, seed: seed, watch: watch, isDraft: true)
                for (place, prediction) in try model.predict(held, for: .everyone).enumerated() {
                    sum +=
                        held.weights[place]
                        * LogisticLoss().value(prediction.value, label: held.labels[place])
                }
            }
            return sum
        }
        return Self.grid[losses.indices.min { losses[$0] < losses[$1] }!]
    }

    private func fit(
        _ data: ComparisonSet, pull: Double, seed: UInt64, watch: FitWatch, isDraft: Bool = false
    ) throws -> LinearRewardModel {
        let total = data.weights.reduce(0, +)
        guard total > 0 else { throw LearningError.data("all comparisons have weight 0") }
        var learner = LinearReward(loss: loss, ridge: pull / total, prior: pretrained)
        // A strong pull bends the loss more than the data do.
        learner.tolerance = 1e-6 * max(1, pull / total)
        if isDraft { learner.widestCovariance = 0 }
        return try learner.fit(data, seed: seed, watch: watch)
    }
}

extension WarmStart where Loss == LogisticLoss {
    /// Creates the learner with the Bradley–Terry loss.
    public init(_ pretrained: LinearRewardModel, pull: Double? = nil) {
        self.init(pretrained, loss: LogisticLoss(), pull: pull)
    }
}
