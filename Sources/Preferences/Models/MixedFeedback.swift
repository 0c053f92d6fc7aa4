import Signals

/// Scores items from comparisons, rankings, choices and ratings together.
///
/// The log-likelihoods of `Davidson`, `PlackettLuce` and `RatingScale` are added over one set of scores: all three
/// follow from Luce's choice axiom, so that θ means the same in each. What it assumes beyond them: that one level of
/// a rating scale is worth one unit of log-odds, and that the kinds measure the same quality.
///
/// Scores are in natural log-odds with mean zero. Complexity: the sum of the parts.
///
/// ```swift
/// let fit = try MixedFeedback().fit(log)
/// ```
public struct MixedFeedback: PreferenceModel {
    public static let id = "mixed"
    public static let summary = "Mixed: comparisons, rankings, choices and ratings on one scale"

    /// The prior, the terms beside the items, and the intervals.
    public var options: BoardOptions

    /// Creates the model.
    public init(_ options: BoardOptions = BoardOptions()) { self.options = options }

    public func fit(_ log: FeedbackLog) throws -> RankingFit {
        let pairs = PairBoard(id: Self.id, summary: Self.summary, link: .davidson, options: options)
        let counted = PairBoard.usedItems(log)
        var used = counted.items
        LuceBoard.mark(log, used: &used)
        RatingBoard.mark(log, used: &used)
        let index = ItemIndex(log, used: used)
        var components: [BoardComponent] = []
        func nextExtra() -> Int { index.count + components.reduce(0) { $0 + $1.extras.count } }
        if counted.answered > 0 {
            components.append(
                try pairs.component(log, counted: counted, index: index, firstExtra: nextExtra()))
        }
        if log.rankings.count + log.choices.count > 0 {
            components.append(
                try LuceBoard.component(
                    log, index: index, firstExtra: nextExtra(), model: Self.id, options: options))
        }
        if RatingBoard.hasAny(log) {
            components.append(
                try RatingBoard.component(
                    log, index: index, firstExtra: nextExtra(), model: Self.id, options: options))
        }
        if components.isEmpty {
            throw PreferenceError.nothingToLearnFrom(
                model: Self.id, reads: "comparisons, rankings, choices, ratings and thumbs",
                found: Board.found(log))
        }
        return try BoardFitter(
            board: Board(
                model: Self.id, summary: Self.summary, log: log, index: index, components: components,
                options: options)
        ).fit()
    }
}
