/// The formats of feedback files that Heed reads without being told. `docs/formats.md` shows a line of each.
public enum FeedbackFormat: String, Sendable, Hashable, CaseIterable {
    /// Heed's own event lines.
    case events
    /// A table of comparisons: left, right, outcome or winner.
    case comparisons
    /// Arena battles: model_a, model_b, winner.
    case arena
    /// AlpacaEval annotations: generator_1, generator_2, preference.
    case alpacaEval = "alpaca-eval"
    /// A chosen and a rejected answer.
    case chosenRejected = "chosen-rejected"
    /// Results with a winner and a loser.
    case results
    /// Results with two scores and a home side.
    case scores
    /// Pairs of systems with their ranks in a larger ranking.
    case rankedPairs = "ranked-pairs"
    /// Rankings of several named systems by a judge: system1, rank1, system2, rank2, system3, …
    case judgedRankings = "judged-rankings"
    /// One column of ranks for each item: rank_X.
    case rankColumns = "rank-columns"
    /// Finishing positions, one row for each starter.
    case positions
    /// Ballots: choice1, choice2, … with a count.
    case ballots
    /// Orders written out, `7>4=5>1`, with a count.
    case orders
    /// PrefLib files: .soc, .soi, .toc, .toi.
    case prefLib = "preflib"
    /// Choices, one row for each alternative.
    case choiceRows = "choice-rows"
    /// Choices, one row each, with the options in one field.
    case choices
    /// Ratings: user, item, rating.
    case ratings
    /// Rated completions as in UltraFeedback.
    case ratedCompletions = "rated-completions"
    /// Thumbs up or down.
    case thumbs
    /// Crowd labels: worker, task, label.
    case labels
    /// Decisions with rewards: action, reward (or cost), propensity.
    case decisions
    /// Open Bandit logs: item_id, position, click, propensity_score.
    case openBandit = "open-bandit"
    /// Vowpal Wabbit's contextual-bandit text, `action:cost:probability | features`.
    case vowpalWabbit = "vowpal-wabbit"
}
