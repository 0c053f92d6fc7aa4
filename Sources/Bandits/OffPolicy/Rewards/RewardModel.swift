import Kernels

/// Predicts the reward of every action in every row of a log, from models that did not see the row's own reward.
///
/// Ridge regression (Hoerl and Kennard, "Ridge Regression: Biased Estimation for Nonorthogonal Problems", 1970) or logistic
/// regression with the same penalty, fitted across folds as in Chernozhukov et al., "Double/Debiased Machine Learning for
/// Treatment and Structural Parameters" (2018). With φ(x, a) the row's features as the layout spreads them over coefficients θ,
///
///     ridge:     q̂ = μ + θᵀφ,      θ = argmin Σᵢ vᵢ·(rᵢ − μ − θᵀφᵢ)² + λ‖θ‖²
///     logistic:  q̂ = σ(z + θᵀφ),   θ = argmin Σᵢ vᵢ·log-loss(rᵢ, z + θᵀφᵢ) + (λ/2)·‖θ‖²
///
/// μ is the average reward and z its log-odds, so that an action without data is predicted to earn the average. The weights
/// vᵢ, scaled to a mean of 1, are all equal or those of ``MoreRobustDoublyRobust``.
///
/// Rows of one unit share a fold. Where the log shows lists, each position can have a model of its own. A model of too few
/// features is biased, which the direct method inherits and the doubly robust estimate corrects.
///
/// - Complexity: with d features of which z in a row are not zero, the layout's number p of coefficients (d for `perAction`)
///   and f folds: O(f·n·z² + f·K·p³) for ridge with p ≤ 256, beyond that and for logistic O(f·n·z) for each iteration;
///   predictions O(n·K·z).
///
/// ```swift
/// var sample = sample
/// sample.predicted = try RewardModel(family: .logistic).crossFitted(sample, features: features)
/// ```
public struct RewardModel: Sendable, Hashable {
    /// What kind of reward is predicted.
    public enum Family: String, Sendable, Hashable, CaseIterable {
        /// Any number, by least squares.
        case ridge
        /// Something between 0 and 1, such as a click, by logistic regression.
        case logistic
    }

    /// How features and actions share coefficients.
    public enum Layout: Sendable, Hashable {
        /// Every action has its own coefficients: K·(d + 1).
        case perAction
        /// Features have one coefficient each, and actions one each: d + K.
        case additive
        /// As `additive`, and each pair of feature and action has one of 2^bits more, found by hashing.
        case hashed(bits: Int)
    }

    /// How much each row counts in the fit.
    public enum Weighting: Sendable, Hashable {
        /// All the same.
        case uniform
        /// w²·(1 − π₀), which makes the doubly robust estimate's variance small.
        case moreRobust
    }

    /// What kind of reward is predicted.
    public var family: Family
    /// How features and actions share coefficients.
    public var layout: Layout
    /// The ridge penalty λ.
    public var lambda: Double
    /// The number of folds; 1 fits all rows at once, which lets a row's own reward into its prediction.
    public var folds: Int
    /// Whether each position of a list has its own model.
    public var byPosition: Bool
    /// How much each row counts.
    public var weighting: Weighting
    /// The seed that deals rows to folds.
    public var seed: UInt64

    /// Creates a kind of model.
    ///
    /// - Parameters:
    ///   - family: What kind of reward is predicted.
    ///   - layout: How features and actions share coefficients.
    ///   - lambda: The ridge penalty, above 0.
    ///   - folds: The number of folds.
    ///   - byPosition: Whether each position of a list has its own model.
    ///   - weighting: How much each row counts.
    ///   - seed: The seed that deals rows to folds.
    public init(
        family: Family = .ridge, layout: Layout = .perAction, lambda: Double = 1, folds: Int = 5,
        byPosition: Bool = false, weighting: Weighting = .uniform, seed: UInt64 = 1
    ) {
        precondition(lambda > 0 && lambda.isFinite, "the ridge penalty is positive")
        precondition(folds > 0, "there is at least one fold")
        if case .hashed(let bits) = layout { precondition((1...28).contains(bits), "a table of 2 to 2²⁸") }
        self.family = family
        self.layout = layout
        self.lambda = lambda
        self.folds = folds
        self.byPosition = byPosition
        self.weighting = weighting
        self.seed = seed
    }

    /// The predicted reward of every action in every row; n × K, for ``OffPolicySample/predicted``.
    ///
    /// - Throws: `BanditError.data` where rows and features differ in number, there are fewer units than folds, positions are
    ///   wanted and missing, or a reward is outside 0...1 and the family is logistic.
    public func crossFitted(_ sample: OffPolicySample, features: SparseRows) throws(BanditError) -> [Double] {
        try check(sample, features)
        let n = sample.count, k = sample.actionCount
        let fold = self.fold(sample)
        let positions = byPosition ? Set(sample.position).sorted() : [0]
        let design = RewardDesign(layout: layout, features: features, actions: k)
        let weights = self.weights(sample)
        let parts = Parallel.map(folds * positions.count) { task -> (rows: [Int], predicted: [Double]) in
            let held = task / positions.count, place = positions[task % positions.count]
            let rows = (0..<n).filter { fold[$0] == held && (!byPosition || sample.position[$0] == place) }
            let seen = (0..<n).filter { folds == 1 || fold[$0] != held }
            let own = byPosition ? seen.filter { sample.position[$0] == place } : seen
            let fit = RewardFit(
                model: self, design: design, sample: sample, rows: own, weights: weights,
                fallback: seen)
            return (rows, fit.predict(rows))
        }
        var predicted = [Double](repeating: 0, count: n * k)
        for part in parts {
            for (i, row) in part.rows.enumerated() {
                for a in 0..<k { predicted[row * k + a] = part.predicted[i * k + a] }
            }
        }
        return predicted
    }

    /// The fold of each row: units in random order are dealt in turn.
    func fold(_ sample: OffPolicySample) -> [Int] {
        let units = Units.places(sample.unit, count: sample.count)
        var random = CounterRandom(seed: seed)
        let rank = random.permutation(units.count)
        return units.unit.map { rank[$0] % folds }
    }

    private func weights(_ sample: OffPolicySample) -> [Double] {
        switch weighting {
        case .uniform: [Double](repeating: 1, count: sample.count)
        case .moreRobust:
            (0..<sample.count).map { row in
                let weight = sample.weight(row)
                return weight * weight * (1 - sample.propensity[row])
            }
        }
    }

    private func check(_ sample: OffPolicySample, _ features: SparseRows) throws(BanditError) {
        guard features.count == sample.count else {
            throw .data("there are \(features.count) rows of features for \(sample.count) rows of the sample")
        }
        guard features.values.allSatisfy(\.isFinite), features.columns.allSatisfy({ $0 >= 0 }) else {
            throw .data("a feature is not finite or has a negative column")
        }
        let units = Units.places(sample.unit, count: sample.count).count
        guard folds == 1 || units >= folds else {
            throw .data("\(folds) folds need as many rows or units, and there are \(units)")
        }
        guard !byPosition || !sample.position.isEmpty else {
            throw .data("a model for each position needs a sample with positions")
        }
        if family == .logistic, let bad = sample.reward.first(where: { $0 < 0 || $0 > 1 }) {
            throw .data("logistic regression needs rewards between 0 and 1, and one is \(bad)")
        }
    }
}
