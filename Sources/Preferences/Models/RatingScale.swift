import Signals

/// Scores items from ratings without trusting that judges use the scale alike.
///
/// Andrich, "A rating formulation for ordered response categories" (1978), by pairwise conditional likelihood
/// (Zwinderman, 1995). A judge v gives item i the level x with P ∝ exp(x(θ_i + b_v) − τ_x); given the sum of two
/// levels by the same judge, the severity b_v cancels. On a scale of two levels (thumbs) it is Bradley–Terry on the
/// pairs that a judge told apart. Only ratings by the same judge (on the same prompt, where prompts are named, and
/// of the same aspect) are held against each other.
///
/// Scores are log-odds for one level of the scale, with mean zero. Complexity: O(Σ_units m²) pairs to gather.
///
/// ```swift
/// let fit = try RatingScale().fit(log)
/// ```
public struct RatingScale: PreferenceModel {
    public static let id = "rating-scale"
    public static let summary = "Rating scale: ratings and thumbs, each judge's severity cancelled"

    /// The prior and the intervals. Place and covariates do not apply.
    public var options: BoardOptions

    /// Creates the model.
    public init(_ options: BoardOptions = BoardOptions()) { self.options = options }

    public func fit(_ log: FeedbackLog) throws -> RankingFit {
        if !RatingBoard.hasAny(log) {
            throw PreferenceError.nothingToLearnFrom(
                model: Self.id, reads: "ratings and thumbs", found: Board.found(log))
        }
        var used = [Bool](repeating: false, count: log.items.count)
        RatingBoard.mark(log, used: &used)
        let index = ItemIndex(log, used: used)
        let component = try RatingBoard.component(
            log, index: index, firstExtra: index.count, model: Self.id, options: options)
        return try BoardFitter(
            board: Board(
                model: Self.id, summary: Self.summary, log: log, index: index, components: [component],
                options: options)
        ).fit()
    }
}
