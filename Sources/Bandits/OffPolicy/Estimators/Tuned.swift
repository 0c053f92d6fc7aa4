import Foundation
import Kernels

/// Chooses an estimator's bound, threshold or shrinkage from the data, then estimates with it.
///
/// Sources: `slope`: Su, Srinath and Krishnamurthy, "Adaptive Estimator Selection for Off-Policy Evaluation" (2020).
/// `meanSquaredError`: Su, Dimakopoulou, Krishnamurthy and Dudík, "Doubly Robust Off-Policy Evaluation with Shrinkage" (2020).
///
///     slope:  order settings by falling width cⱼ; take the last k with |V̂ᵢ − V̂ⱼ| ≤ cᵢ + (√6 − 1)·cⱼ for all j < i ≤ k
///     mean squared error:  argmin  Var(V̂) + B²,   B = |(1/n) Σᵢ (wᵢ − ŵᵢ)(rᵢ − q̂ᵢ)| + b,
///                          b = √(2·w̄²·ln(2/δ)/n) + 2·max w·ln(2/δ)/(3n)
///
/// with cⱼ Student's one-sided width at level 1 − δ and w̄² the mean of w². `slope` needs no estimate of the bias, and is within a
/// constant of the best setting where bias rises as the width falls. b bounds the error of the estimated bias for |r − q̂| ≤ 1;
/// being the same for all settings it favours a small estimated bias. Rows of one unit are added before variances are taken.
///
/// The choice looks at the rewards, so an interval around the estimate is a little too narrow.
///
/// - Complexity: O(n·K + n·c) for c candidates.
///
/// ```swift
/// let estimate = try Tuned<SwitchDoublyRobust>().estimate(sample)
/// ```
public struct Tuned<Base: TunableEstimator>: ValueEstimator, Hashable {
    public static var id: String { Base.id }
    public static var needsPredictions: Bool { Base.needsPredictions }

    /// What was found for one setting.
    public struct Trial: Sendable, Hashable {
        /// The setting.
        public let setting: Double
        /// The value estimated with it.
        public let value: Double
        /// The width of its interval, or its estimated squared error.
        public let score: Double
    }

    /// How settings are compared.
    public let criterion: TuningCriterion
    /// The probability δ of the intervals or the bound.
    public let delta: Double
    /// The settings to choose from; empty for the estimator's own.
    public let candidates: [Double]

    /// Creates the estimator.
    ///
    /// - Parameters:
    ///   - criterion: How settings are compared; `nil` for what suits the estimator.
    ///   - delta: The probability of the intervals or the bound, in (0, 1).
    ///   - candidates: The settings to choose from, the least biased first; empty for the estimator's own.
    public init(criterion: TuningCriterion? = nil, delta: Double = 0.1, candidates: [Double] = []) {
        precondition(delta > 0 && delta < 1, "delta is a probability")
        self.criterion = criterion ?? Base.criterion
        self.delta = delta
        self.candidates = candidates
    }

    public func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        try Base(setting: tune(sample).setting).estimate(sample)
    }

    /// The setting chosen, and what was found for each.
    ///
    /// - Throws: `BanditError.data` for fewer than two rows or units, or where predictions are missing.
    public func tune(_ sample: OffPolicySample) throws(BanditError) -> (setting: Double, trials: [Trial]) {
        let n = Double(sample.count), weights = sample.weights()
        let base = Base.needsPredictions ? try sample.modelValues(Base.id) : []
        let residuals = Base.needsPredictions ? sample.residuals() : sample.reward
        let units = UnitSums(sample)
        guard units.count > 1 else { throw .data("a setting can be chosen from two rows or more") }
        let settings = candidates.isEmpty ? Base.candidates(weights) : candidates
        var bound = 0.0
        if criterion == .meanSquaredError(bounded: true) {
            let squares = weights.reduce(0) { $0 + $1 * $1 } / n, reach = log(2 / delta)
            bound = (2 * squares * reach / n).squareRoot() + 2 * weights.max()! * reach / (3 * n)
        }
        let level = Double(units.count) / Double(units.count - 1)
        let quantile = Special.studentQuantile(1 - delta, df: Double(units.count - 1))
        let trials = settings.map { setting in
            var rows = base.isEmpty ? [Double](repeating: 0, count: sample.count) : base
            var bias = 0.0
            for i in rows.indices {
                let shrunk = Base.shrink(weights[i], setting)
                rows[i] += shrunk * residuals[i]
                bias += (weights[i] - shrunk) * residuals[i]
            }
            let value = Statistics.mean(rows), variance = units.squares(rows, mean: value) / (n * n)
            switch criterion {
            case .slope:
                return Trial(
                    setting: setting, value: value, score: quantile * (variance * level).squareRoot())
            case .meanSquaredError:
                let worst = abs(bias / n) + bound
                return Trial(setting: setting, value: value, score: variance + worst * worst)
            }
        }
        return (trials[criterion == .slope ? Self.slope(trials) : Self.least(trials)].setting, trials)
    }

    private static func least(_ trials: [Trial]) -> Int {
        trials.indices.reduce(0) { trials[$1].score < trials[$0].score ? $1 : $0 }
    }

    private static func slope(_ trials: [Trial]) -> Int {
        let order = trials.indices.sorted { (-trials[$0].score, -$0) < (-trials[$1].score, -$1) }
        for (place, i) in order.enumerated() {
            let overlaps = order[..<place].allSatisfy { j in
                abs(trials[i].value - trials[j].value)
                    <= trials[i].score + (6.0.squareRoot() - 1) * trials[j].score
            }
            if !overlaps { return order[place - 1] }
        }
        return order.last!
    }
}

/// Which rows belong together.
private struct UnitSums {
    private let unit: [Int]
    let count: Int

    init(_ sample: OffPolicySample) {
        let places = Units.places(sample.unit, count: sample.count)
        unit = places.unit
        count = places.count
    }

    /// Σ over units of (Σ over the unit's rows of (row − mean))².
    func squares(_ rows: [Double], mean: Double) -> Double {
        var sums = [Double](repeating: 0, count: count)
        for (row, value) in rows.enumerated() { sums[unit[row]] += value - mean }
        return sums.reduce(0) { $0 + $1 * $1 }
    }
}
