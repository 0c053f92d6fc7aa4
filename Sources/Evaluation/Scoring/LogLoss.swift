import Foundation

/// Scores forecasts by how surprised they were by what happened.
///
/// Source: Good, "Rational decisions" (1952). The score of a row is −ln p_y for the outcome y, in nats: 0 for
/// a certain forecast that came true and infinite for an outcome that was called impossible. Nothing is
/// clipped.
///
/// - Complexity: O(rows).
///
/// ```swift
/// let score = try LogLoss().score(Forecasts(event: [0.9, 0.2]), outcomes: [1, 0])
/// print(score.mean)   // 0.164…
/// ```
public struct LogLoss: Sendable, Hashable {
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
            let p = forecasts[row, outcome]
            if p == 0, weights?[row] != 0 { impossible += 1 }
            rows.append(p == 0 ? .infinity : -log(p))
        }
        return Score(rows: rows, weights: weights, impossible: impossible)
    }
}
