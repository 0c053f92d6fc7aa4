import Kernels

/// Finds comparisons that were probably answered the wrong way round and trusts their labels less, or turns them round.
///
/// Source: Wang et al., "Secrets of RLHF in Large Language Models Part II: Reward Modeling" (2024). Models r₁ … r_M that have
/// not seen comparison i (cross-fitting over units, several times, each scaled to a root mean square difference of 1) give
///
///     μᵢ = mean_m [rₘ(chosenᵢ) − rₘ(rejectedᵢ)],   sᵢ = sd_m [ … ]
///
/// The share ρ̂ of wrong labels is estimated from them, and by default each label is weighed with the probability pᵢ that it is
/// wrong (`PairStrengths.doubts`), so that clean data stay as they are:
///
///     doubt    yᵢ ← (1 − pᵢ) yᵢ + pᵢ (1 − yᵢ)
///
/// The report's own recipe goes by rank, from the weakest up:
///
///     flip     the weakest share with μ < 0:   yᵢ ← 1 − yᵢ
///     soften   the next share:                 yᵢ ← (1 − p) yᵢ + p (1 − yᵢ), p fixed or σ(−μᵢ), at most 1/2
///
/// and either may widen all comparisons that it leaves alone: the loss is then taken at dᵢ − clip(μᵢ, ±2).
///
/// What the data cannot say: a comparison that goes against the majority may be the honest answer of somebody else. Use it where
/// people agree and labels are sloppy, not where tastes differ. The model then speaks of the answers before the errors: labels as
/// noisy as those learnt from will look worse than it says. Flips and margins sharpen further: they help a model with a weak
/// ridge, can hurt one that is well regularised, and make both overconfident. Compare with and without on held-out data.
///
/// - Complexity: folds · repeats fits of the base.
///
/// ```swift
/// let learner = Treated(PreferenceStrength(), LinearReward(ridge: 1e-4))
/// let strengths = try PreferenceStrength().strengths(of: data, seed: 1)
/// ```
public struct PreferenceStrength<Base: PreferenceLearner>: PairTreatment {
    /// How labels are changed.
    public enum Recipe: Sendable, Hashable, Codable {
        /// Each by the probability that it is wrong.
        case doubt
        /// The weakest share flipped, the next softened by `softness`, or by σ(−μ) where that is nil.
        case shares(flip: Double, soften: Double, softness: Double?)
        /// Not at all.
        case none
    }

    /// What the models that vote are learnt by.
    public var base: Base
    /// Into how many parts the units are cut.
    public var folds: Int
    /// How many times they are cut anew.
    public var repeats: Int
    /// How labels are changed.
    public var recipe: Recipe
    /// Whether the others get a margin.
    public var widens: Bool

    /// Creates the treatment.
    public init(
        base: Base, folds: Int = 5, repeats: Int = 2, recipe: Recipe = .doubt, widens: Bool = false
    ) {
        precondition(folds > 1 && repeats > 0, "two folds at least, cut at least once")
        if case .shares(let flip, let soften, let softness) = recipe {
            precondition(
                (0...1).contains(flip) && (0...1).contains(soften) && (0...0.5).contains(softness ?? 0),
                "shares are from 0 to 1, the softness to 0.5")
        }
        self.base = base
        self.folds = folds
        self.repeats = repeats
        self.recipe = recipe
        self.widens = widens
    }

    public var limits: [String] {
        [
            "a comparison that goes against the others can be a wrong label or the honest answer of somebody unlike them"
        ]
    }

    public func treat(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> ComparisonSet {
        treat(data, by: try strengths(of: data, seed: seed, watch: watch))
    }

    /// The strength of each comparison.
    ///
    /// - Throws: `LearningError.data` where there are fewer than two units, or what the base throws.
    public func strengths(of data: ComparisonSet, seed: UInt64 = 1, watch: FitWatch = FitWatch()) throws
        -> PairStrengths
    {
        let units = HonestSplit.units(data)
        let count = (units.max() ?? -1) + 1
        let parts = min(folds, count)
        guard parts > 1 else {
            throw LearningError.data(
                "strengths need comparisons of at least two prompts, or two pairs of items; there are \(count)"
            )
        }
        var sums = [Double](repeating: 0, count: data.count)
        var squares = sums
        var certificates: [FitCertificate] = []
        for round in 0..<repeats {
            let fold = HonestSplit.folds(units, count: parts, seed: seed &+ UInt64(round) &* 7919)
            for part in 0..<parts {
                let held = fold.indices.filter { fold[$0] == part }
                let rest = fold.indices.filter { fold[$0] != part }
                let done = round * parts + part
                let inner = FitWatch(
                    progress: { step, steps, loss in
                        watch.progress(done * steps + step, repeats * parts * steps, loss)
                    }, shouldStop: watch.shouldStop)
                let model = try base.fit(
                    data.selecting(rest), seed: seed &+ UInt64(done) &* 104_729, watch: inner)
                certificates.append(model.certificate)
                let d = try model.predict(data.selecting(held), for: .each).map(\.value)
                let length = (d.reduce(0) { $0 + $1 * $1 } / Double(max(1, d.count))).squareRoot()
                for (value, place) in zip(d, held) {
                    let side = data.labels[place] == 0.5 ? 0.0 : data.labels[place] > 0.5 ? 1 : -1
                    let strength = length > 1e-12 ? side * value / length : 0
                    sums[place] += strength
                    squares[place] += strength * strength
                }
            }
        }
        let models = Double(repeats)
        let means = sums.map { $0 / models }
        let deviations = zip(means, squares).map { mean, square in
            repeats > 1 ? max(0, (square - models * mean * mean) / (models - 1)).squareRoot() : 0
        }
        let decided = zip(data.weights, data.labels).map { $0 * abs(2 * $1 - 1) }
        let noise = PairStrengths.noise(means, weights: decided)
        return PairStrengths(
            means: means, deviations: deviations, noise: noise.rate, steepness: noise.steepness,
            certificate: FitCertificate(
                converged: certificates.allSatisfy(\.converged),
                steps: certificates.reduce(0) { $0 + $1.steps },
                loss: certificates.reduce(0) { $0 + $1.loss } / Double(certificates.count),
                limits: limits))
    }

    /// The places that are flipped, and those that are softened, from the weakest up.
    public func choice(_ data: ComparisonSet, by strengths: PairStrengths) -> (
        flipped: [Int], softened: [Int]
    ) {
        let order = strengths.order(data)
        switch recipe {
        case .none: return ([], [])
        case .doubt:
            let doubts = strengths.doubts
            return (
                order.filter { doubts[$0] > 0.5 }, order.filter { doubts[$0] > 0.05 && doubts[$0] <= 0.5 }
            )
        case .shares(let flip, let soften, _):
            func count(_ share: Double) -> Int { Int((share * Double(order.count)).rounded()) }
            let flipped = order.prefix(count(flip)).filter { strengths.means[$0] < 0 }
            return (flipped, Array(order.dropFirst(flipped.count).prefix(count(soften))))
        }
    }

    /// The comparisons with labels and margins changed by strengths that are known.
    public func treat(_ data: ComparisonSet, by strengths: PairStrengths) -> ComparisonSet {
        precondition(strengths.means.count == data.count, "a strength for each comparison")
        let (flipped, softened) = choice(data, by: strengths)
        var result = data
        func change(_ place: Int, by p: Double) {
            let y = data.labels[place]
            result.labels[place] = (1 - p) * y + p * (1 - y)
        }
        switch recipe {
        case .none: break
        case .doubt: for (place, doubt) in strengths.doubts.enumerated() { change(place, by: doubt) }
        case .shares(_, _, let softness):
            result = data.flipping(flipped)
            for place in softened {
                change(place, by: softness ?? min(0.5, Special.logistic(-strengths.means[place])))
            }
        }
        guard widens else { return result }
        for place in strengths.order(data).dropFirst(flipped.count + softened.count) {
            result.margins[place] += max(-2, min(2, strengths.means[place]))
        }
        return result
    }
}

extension PreferenceStrength where Base == LinearReward<LogisticLoss> {
    /// Creates the treatment with linear models that vote.
    public init(
        ridge: Double = 1e-3, folds: Int = 5, repeats: Int = 2, recipe: Recipe = .doubt, widens: Bool = false
    ) {
        var base = LinearReward(ridge: ridge)
        base.widestCovariance = 0
        self.init(base: base, folds: folds, repeats: repeats, recipe: recipe, widens: widens)
    }
}

extension ComparisonSet {
    /// The same comparisons, some answered the other way round.
    public func flipping(_ places: some Sequence<Int>) -> ComparisonSet {
        var result = self
        for place in places { result.labels[place] = 1 - result.labels[place] }
        return result
    }
}
