/// Scores forecasts over ordered classes by how far the probability lay from what happened.
///
/// Sources: Epstein, "A scoring system for probability forecasts of ranked categories" (1969), divided by K −
/// 1 as is usual for games (Constantinou and Fenton, 2012). The score of a row is 1/(K − 1) · Σᵢ₌₁ᴷ⁻¹ (Σⱼ≤ᵢ
/// pⱼ − [y ≤ i])², between 0 and 1. Calling a tie a win costs less than calling a loss one; with two classes
/// it is the Brier score.
///
/// - Complexity: O(rows · classes).
///
/// ```swift
/// let games = try Forecasts(rows: [[0.1, 0.3, 0.6]])   // loss, tie, win
/// print(try RankedProbabilityScore().score(games, outcomes: [2]).mean)   // 0.085
/// ```
public struct RankedProbabilityScore: Sendable, Hashable {
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
            var below = 0.0
            var sum = 0.0
            for k in 0..<(forecasts.classes - 1) {
                below += forecasts[row, k]
                let gap = below - (outcome <= k ? 1 : 0)
                sum += gap * gap
            }
            rows.append(sum / Double(forecasts.classes - 1))
        }
        return Score(rows: rows, weights: weights, impossible: impossible)
    }
}
