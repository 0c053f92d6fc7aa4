import Signals

/// Bradley–Terry with ties as differences too small to notice.
///
/// Rao and Kupper, "Ties in paired-comparison experiments: a generalization of the Bradley–Terry model" (1967).
/// P(i beats j) = α_i / (α_i + e^κ α_j): the difference of strength must exceed a threshold κ > 0, or it is a tie.
/// Without ties in the data it is Bradley–Terry.
///
/// Scores are in natural log-odds with mean zero. Complexity: O(rows) to read, O(pairs + n³) a step.
///
/// ```swift
/// let fit = try RaoKupper().fit(log)
/// ```
public struct RaoKupper: PreferenceModel {
    public static let id = "rao-kupper"
    public static let summary = "Rao–Kupper: Bradley–Terry with a threshold below which judges tie"

    /// The prior, the terms beside the items, and the intervals.
    public var options: BoardOptions

    /// Creates the model.
    public init(_ options: BoardOptions = BoardOptions()) { self.options = options }

    public func fit(_ log: FeedbackLog) throws -> RankingFit {
        try BoardFitter(board: pairBoard.board(log)).fit()
    }

    var pairBoard: PairBoard {
        PairBoard(id: Self.id, summary: Self.summary, link: .raoKupper, options: options)
    }
}
