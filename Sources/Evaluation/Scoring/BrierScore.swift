/// Scores forecasts by the squared distance between probabilities and what happened.
///
/// Source: Brier, "Verification of forecasts expressed in terms of probability" (1950). Over several classes
/// the score of a row is Σₖ (pₖ − [y = k])², between 0 and 2; for two classes half of that, (p − y)², as is
/// usual.
///
/// - Complexity: O(rows · classes).
///
/// ```swift
/// let score = try BrierScore().score(Forecasts(event: [0.9, 0.2]), outcomes: [1, 0])
/// print(score.mean)   // 0.025
/// ```
public struct BrierScore: Sendable, Hashable {
    /// Creates the score.
    public init() {}

    /// Scores forecasts against outcomes.
    ///
    /// - Throws: `EvaluationError` for outcomes that are no class, bad weights, or lists that do not match.
    public func score(
        _ forecasts: Forecasts, outcomes: [Int], weights: [Double]? = nil
    ) throws(EvaluationError) -> Score {
        try forecasts.check(outcomes, weights)
        var impossible = 0
        var rows: [Double] = []
        rows.reserveCapacity(outcomes.count)
        for (row, outcome) in outcomes.enumerated() {
            if forecasts[row, outcome] == 0, weights?[row] != 0 { impossible += 1 }
            var sum = 0.0
            for k in 0..<forecasts.classes {
                let gap = forecasts[row, k] - (k == outcome ? 1 : 0)
                sum += gap * gap
            }
            rows.append(forecasts.classes == 2 ? sum / 2 : sum)
        }
        return Score(rows: rows, weights: weights, impossible: impossible)
    }
}
