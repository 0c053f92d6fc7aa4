import Signals

/// Scores items so that the difference of two scores is the log-odds that one beats the other.
///
/// Bradley and Terry, "Rank analysis of incomplete block designs: I. The method of paired comparisons" (1952).
/// P(i beats j) = 1 / (1 + e^{−(θ_i − θ_j)}), fitted by Newton's method under a wide Gaussian prior. A tie counts as
/// half a win for each side; where ties are frequent use `Davidson`.
///
/// Scores are in natural log-odds with mean zero. Complexity: O(rows) to read, O(pairs + n³) a step.
///
/// ```swift
/// let fit = try BradleyTerry().fit(log)
/// let p = try fit.probability("opus", over: "haiku").win
/// ```
public struct BradleyTerry: PreferenceModel {
    public static let id = "bradley-terry"
    public static let summary = "Bradley–Terry: log-odds of winning"

    /// The prior, the terms beside the items, and the intervals.
    public var options: BoardOptions

    /// Creates the model.
    public init(_ options: BoardOptions = BoardOptions()) { self.options = options }

    public func fit(_ log: FeedbackLog) throws -> RankingFit {
        try BoardFitter(board: pairBoard.board(log)).fit()
    }

    var pairBoard: PairBoard {
        PairBoard(id: Self.id, summary: Self.summary, link: .logistic, options: options)
    }
}
