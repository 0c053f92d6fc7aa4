import Signals

/// Scores items from rankings and choices: each place goes to one of the items that are left, in proportion to its
/// strength.
///
/// Luce, "Individual choice behavior" (1959); Plackett, "The analysis of permutations" (1975); ties as in Turner,
/// van Etten, Firth and Kosmidis, "Modelling rankings in R: the PlackettLuce package" (2020).
/// P(i₁ ≻ i₂ ≻ …) = Π_k e^{θ_{i_k}} / Σ_{l ≥ k} e^{θ_{i_l}}. A choice is a first place; items that are only known to
/// be below the named ones share the denominators and have no place of their own; an item that was not on offer is
/// no part of it. Two items are Bradley–Terry, with ties Davidson.
///
/// The model's own standard errors take the places of one ranking for independent draws, and are half the robust
/// ones on real races: intervals count each ranking (or judge) as one unit.
///
/// Scores are in natural log-odds with mean zero. Complexity: O(Σ places · items) a step.
///
/// ```swift
/// let fit = try PlackettLuce().fit(log)
/// ```
public struct PlackettLuce: PreferenceModel {
    public static let id = "plackett-luce"
    public static let summary = "Plackett–Luce: rankings and choices, ties as by Turner and others"

    /// The prior and the intervals. Place and covariates do not apply.
    public var options: BoardOptions

    /// Creates the model.
    public init(_ options: BoardOptions = BoardOptions()) { self.options = options }

    public func fit(_ log: FeedbackLog) throws -> RankingFit {
        if log.rankings.count + log.choices.count == 0 {
            throw PreferenceError.nothingToLearnFrom(
                model: Self.id, reads: "rankings and choices", found: Board.found(log))
        }
        var used = [Bool](repeating: false, count: log.items.count)
        LuceBoard.mark(log, used: &used)
        let index = ItemIndex(log, used: used)
        let component = try LuceBoard.component(
            log, index: index, firstExtra: index.count, model: Self.id, options: options)
        return try BoardFitter(
            board: Board(
                model: Self.id, summary: Self.summary, log: log, index: index, components: [component],
                options: options)
        ).fit()
    }
}
