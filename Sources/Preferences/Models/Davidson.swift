import Signals

/// Bradley–Terry with ties: equals tie most often, and unequal items the less the further they are apart.
///
/// Davidson, "On extending the Bradley–Terry model to accommodate ties in paired comparison experiments" (1970).
/// P(i) : P(tie) : P(j) = α_i : ν √(α_i α_j) : α_j with α = e^θ. Two equals tie with probability ν / (2 + ν).
/// Without ties in the data it is Bradley–Terry. An advantage of place h adds to θ_i − θ_j and leaves ν alone;
/// Davidson and Beaver (1977) let a tie's weight change with the place too, which differs where games on neutral
/// ground are mixed in.
///
/// Scores are in natural log-odds with mean zero. Complexity: O(rows) to read, O(pairs + n³) a step.
///
/// ```swift
/// let fit = try Davidson().fit(log)
/// print(fit.coefficients.first { $0.name == "tie" }!.estimate)
/// ```
public struct Davidson: PreferenceModel {
    public static let id = "davidson"
    public static let summary = "Davidson: Bradley–Terry with a tie rate"

    /// The prior, the terms beside the items, and the intervals.
    public var options: BoardOptions

    /// Creates the model.
    public init(_ options: BoardOptions = BoardOptions()) { self.options = options }

    public func fit(_ log: FeedbackLog) throws -> RankingFit {
        try BoardFitter(board: pairBoard.board(log)).fit()
    }

    var pairBoard: PairBoard {
        PairBoard(id: Self.id, summary: Self.summary, link: .davidson, options: options)
    }
}
