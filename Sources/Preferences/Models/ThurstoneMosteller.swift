import Signals

/// Scores items by how far apart their noisy qualities are: the normal counterpart of Bradley–Terry.
///
/// Thurstone, "A law of comparative judgment" (1927), case V; Mosteller (1951); ties as in Glenn and David (1960).
/// P(i beats j) = Φ((θ_i − θ_j − κ)/s), with κ > 0 only where there are ties. s = 4φ(0) = 1.596 makes θ log-odds for
/// items of equal strength, so that scores read like those of the other models.
///
/// Complexity: O(rows) to read, O(pairs + n³) a step.
///
/// ```swift
/// let fit = try ThurstoneMosteller().fit(log)
/// ```
public struct ThurstoneMosteller: PreferenceModel {
    public static let id = "thurstone"
    public static let summary = "Thurstone–Mosteller: normal instead of logistic noise, ties by a threshold"

    /// The prior, the terms beside the items, and the intervals.
    public var options: BoardOptions

    /// Creates the model.
    public init(_ options: BoardOptions = BoardOptions()) { self.options = options }

    public func fit(_ log: FeedbackLog) throws -> RankingFit {
        try BoardFitter(board: pairBoard.board(log)).fit()
    }

    var pairBoard: PairBoard {
        PairBoard(id: Self.id, summary: Self.summary, link: .probit, options: options)
    }
}
