import Kernels

/// Scores things by several models that learnt from the same comparisons, and by less where these disagree: what to choose by
/// when a score is searched hard for its best.
///
/// Source: Coste, Anwar, Kirk and Krueger, "Reward Model Ensembles Help Mitigate Overoptimization" (2024); the members' weights
/// are those of Rubin, "The Bayesian Bootstrap" (1981).
///
///     rᵢ = fit of Σₙ ωᵢ(n) cₙ ℓₙ,   ωᵢ of each unit ~ Exp(1),  scaled to mean 1
///     zᵢ(x) = (rᵢ(x) − mean_ref rᵢ) / sd_ref rᵢ
///     R(x) = s̄ · aggregate(z₁(x), …, z_k(x)),   s̄ = mean of the sd_ref
///
/// with the items of the training comparisons as reference. A unit is a prompt, or a pair of items. Each member also has a seed
/// of its own, and, where the base has one optimum only, a random start that it is pulled to (`RandomStarts`): where no
/// comparison says anything, members then differ as they should.
///
/// `scores` are the aggregate, on the scale of log-odds: they are for choosing. `predict` gives the mean of the members'
/// log-odds with their spread as standard error: being careful about both sides does not say which one people prefer.
///
/// What the data cannot say: members that share a mistake (wrong labels that all have seen, a feature that none has) agree on it.
/// Against plain label noise the mean does as well as the conservative aggregates.
///
/// - Complexity: k times that of the base.
///
/// ```swift
/// let model = try RewardEnsemble(LinearReward(), members: 5).fit(data, seed: 1)
/// let careful = try model.scores(candidates, for: .everyone).map(\.value)
/// ```
public struct RewardEnsemble<Base: PreferenceLearner>: PreferenceLearner where Base.Model: ItemScorer {
    public static var id: String { "rm-ensemble-uwo" }

    /// What each member is learnt by.
    public var base: Base
    /// k, the number of members.
    public var members: Int
    /// How their scores become one.
    public var aggregate: EnsembleAggregate
    /// Whether each member weighs the units at random.
    public var bootstraps: Bool
    /// The standard deviation of a random start weight, for a base that has starts; 0 for none, nil for what its ridge says.
    public var startDeviation: Double?

    /// Creates the learner.
    public init(
        _ base: Base, members: Int = 5, aggregate: EnsembleAggregate = .uncertaintyWeighted(lambda: 0.5),
        bootstraps: Bool = true, startDeviation: Double? = nil
    ) {
        precondition(members > 0, "an ensemble has a member")
        precondition(startDeviation.map { $0 >= 0 } ?? true, "a deviation is not negative")
        self.base = base
        self.members = members
        self.aggregate = aggregate
        self.bootstraps = bootstraps
        self.startDeviation = startDeviation
    }

    public func lacks(_ data: ComparisonSet) -> String? { base.lacks(data) }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> RewardEnsembleModel<
        Base.Model
    > {
        try require(data)
        let random = CounterRandom(seed: seed)
        let units = HonestSplit.units(data)
        var learners = [Base](repeating: base, count: members)
        if startDeviation != 0, let starter = base as? any RandomStarts {
            let apart = starter.startingApart(
                members, deviation: startDeviation, on: data, random: random.split(1))
            learners = apart.map { $0 as! Base }
        }
        let models = try learners.enumerated().map { member, learner in
            var own = data
            if bootstraps { own.weights = Self.weights(data, units, random.split(UInt64(member) + 2)) }
            let inner = FitWatch(
                progress: { done, steps, loss in
                    watch.progress(member * steps + done, members * steps, loss)
                }, shouldStop: watch.shouldStop)
            return try learner.fit(own, seed: seed &+ UInt64(member) &* 7919, watch: inner)
        }
        return try RewardEnsembleModel(members: models, aggregate: aggregate, reference: Self.compared(data))
    }

    /// The weights of the comparisons, each unit's times a draw of Exp(1).
    private static func weights(
        _ data: ComparisonSet, _ units: [Int], _ random: CounterRandom
    ) -> [Double] {
        var random = random
        let draws = (0...(units.max() ?? 0)).map { _ in random.exponential() }
        let weights = zip(data.weights, units).map { $0 * draws[$1] }
        let (before, after) = (data.weights.reduce(0, +), weights.reduce(0, +))
        return after > 0 ? weights.map { $0 * before / after } : data.weights
    }

    /// The items that comparisons are about, each once.
    private static func compared(_ data: ComparisonSet) -> ItemSet {
        var isCompared = [Bool](repeating: false, count: data.items.count)
        for item in data.left + data.right { isCompared[item] = true }
        return data.items.selecting(isCompared.indices.filter { isCompared[$0] })
    }
}
