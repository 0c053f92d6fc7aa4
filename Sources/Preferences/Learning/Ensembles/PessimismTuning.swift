import Kernels

/// Chooses λ of the uncertainty-weighted aggregate by true values of a few candidates.
///
/// For each λ of a grid it takes the mean true value of the best of n, and keeps the λ where this is highest; the smallest of
/// equals. The value at the chosen λ is that of the best of several and so a little too good: judge it on other candidates.
///
/// ```swift
/// let tuning = try PessimismTuning(model, pools: pools, gold: judged, n: 64)
/// model.aggregate = .uncertaintyWeighted(lambda: tuning.lambda)
/// ```
public struct PessimismTuning: Sendable, Hashable {
    /// The λ tried.
    public let grid: [Double]
    /// The mean true value of the best of n for each.
    public let values: [Double]
    /// The λ with the highest.
    public let lambda: Double

    /// Tunes a model on pools of candidates whose true values are known.
    public init<Member: ItemScorer>(
        _ model: RewardEnsembleModel<Member>, pools: [ItemSet], gold: [[Double]], n: Int,
        grid: [Double] = [0, 0.1, 0.2, 0.5, 1, 2, 5, 10]
    ) throws {
        self.init(scores: try pools.map { try model.memberScores($0) }, gold: gold, n: n, grid: grid)
    }

    /// Tunes on standardised scores, one (members, candidates) for each pool.
    public init(
        scores: [Matrix], gold: [[Double]], n: Int, grid: [Double] = [0, 0.1, 0.2, 0.5, 1, 2, 5, 10]
    ) {
        precondition(!grid.isEmpty && grid.allSatisfy { $0 >= 0 }, "λ is not negative")
        precondition(!scores.isEmpty && scores.count == gold.count, "true values for each pool")
        let grid = grid.sorted()
        let values = grid.map { lambda in
            let aggregate = EnsembleAggregate.uncertaintyWeighted(lambda: lambda)
            return Statistics.mean(
                zip(scores, gold).map { BestOfN(aggregate($0)).expected($1, n: n) })
        }
        self.grid = grid
        self.values = values
        lambda = grid[values.firstIndex(of: values.max()!)!]
    }
}
