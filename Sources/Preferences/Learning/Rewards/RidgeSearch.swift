/// A linear reward whose ridge is the one that predicts held-out prompts best.
///
/// The strength λ decides more than any other setting how well a weighted sum carries over. Each λ of the grid is tried on folds of
/// whole units (prompts, or pairs of items), so that nothing that is asked was seen; the one with the lowest mean log loss is then
/// used on everything. With 20,000 comparisons or more one fold is enough.
///
/// The strengths are tried in their order, each fit begun from the one before. Where the first fold's loss has risen three times in a row
/// the strengths that follow are not tried: in the order of the default grid, from strong to weak, they only fit noise.
///
/// - Complexity: O(folds · grid) fits.
///
/// ```swift
/// let model = try RidgeSearch().fit(data, seed: 1)
/// ```
public struct RidgeSearch<Loss: PairLoss>: PreferenceLearner {
    public static var id: String { "linear" }

    /// What is fitted; its ridge is not looked at.
    public var base: LinearReward<Loss>
    /// The strengths tried.
    public var grid: [Double]
    /// The number of folds.
    public var folds: Int

    /// Creates the learner.
    public init(
        _ base: LinearReward<Loss>, grid: [Double] = [1, 0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4],
        folds: Int = 5
    ) {
        precondition(!grid.isEmpty && grid.allSatisfy { $0 >= 0 }, "strengths are not negative")
        precondition(folds >= 2, "there are at least two folds")
        self.base = base
        self.grid = grid
        self.folds = folds
    }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> LinearRewardModel {
        try require(data)
        return try best(data, seed: seed, watch: watch).fit(data, seed: seed, watch: watch)
    }

    /// The learner with the ridge that predicts best.
    public func best(_ data: ComparisonSet, seed: UInt64, watch: FitWatch = FitWatch()) throws
        -> LinearReward<Loss>
    {
        var chosen = base
        chosen.ridge = grid[grid.count / 2]
        let units = HonestSplit.units(data)
        let fold = HonestSplit.folds(units, count: folds, seed: seed &+ 29)
        let tried = data.count >= 20_000 ? 1 : folds
        var sums = [Double](repeating: 0, count: grid.count)
        var (judged, reach) = (0.0, grid.count)
        for number in 0..<tried {
            let held = data.selecting(fold.indices.filter { fold[$0] == number })
            let rest = data.selecting(fold.indices.filter { fold[$0] != number })
            guard held.count > 0, rest.count > 0 else { continue }
            let isFirst = judged == 0
            judged += held.weights.reduce(0, +)
            var trial = base
            trial.widestCovariance = 0
            trial.tolerance = max(base.tolerance, 1e-5)
            let (rows, asked) = (PairRows(rest), held.differences())
            var weights: [Double]?
            var (least, risen) = (Double.infinity, 0)
            for place in 0..<reach {
                trial.ridge = grid[place]
                let model = try trial.fit(rest, rows, from: weights, watch: watch)
                weights = model.weights
                let answers = asked.product(model.weights)
                var sum = 0.0
                for index in 0..<held.count {
                    sum +=
                        held.weights[index] * LogisticLoss().value(answers[index], label: held.labels[index])
                }
                sums[place] += sum
                (least, risen) = sum < least ? (sum, 0) : (least, risen + 1)
                if isFirst, risen == 3 {
                    reach = place + 1
                    break
                }
            }
        }
        guard judged > 0 else { return chosen }
        chosen.ridge = grid[(0..<reach).min { sums[$0] < sums[$1] }!]
        return chosen
    }
}

extension RidgeSearch where Loss == LogisticLoss {
    /// Creates the learner with the Bradley–Terry loss.
    public init() { self.init(LinearReward()) }
}
