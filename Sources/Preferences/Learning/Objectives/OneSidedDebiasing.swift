import Kernels

/// Takes out of a score what it owes to another one, such as length: only where the two rise together.
///
/// Source: Wang, Xiong, Xie, Zhao and Zhang, "Interpretable Preferences via Multi-Objective Reward Modeling and
/// Mixture-of-Experts" (2024).
///
///     r̃ = r̂ − λ b,   λ the least of 0, 0.01, 0.025, 0.05, 0.1, 0.15, …, 0.95 with Spearman(r̃, b) ≤ 0.03, or 1
///
/// Scores and b have to be on one scale, such as standard deviations of ratings. A score that falls as b rises is left as it
/// is. Whether people want what is taken out, such as longer answers, these numbers do not say: if they do, it costs accuracy.
///
/// ```swift
/// let strength = OneSidedDebiasing().strength(of: helpfulness, against: length)
/// ```
public struct OneSidedDebiasing: Sendable, Hashable {
    /// The largest rank correlation that may remain.
    public var limit: Double

    /// Creates the rule.
    public init(limit: Double = 0.03) {
        precondition((0..<1).contains(limit), "the correlation that may remain is from 0 to below 1")
        self.limit = limit
    }

    /// The strengths that are tried before 1.
    static let strengths: [Double] = [0, 0.01, 0.025] + (1...19).map { Double($0) / 20 }

    /// λ.
    ///
    /// - Complexity: O(n log n) for each strength that is tried.
    public func strength(of scores: [Double], against bias: [Double]) -> Double {
        precondition(
            scores.count == bias.count, "\(scores.count) scores and \(bias.count) of what biases them")
        return Self.strengths.first { strength in
            let rest = zip(scores, bias).map { $0 - strength * $1 }
            // Without spread there is no correlation.
            let correlation = Statistics.spearman(rest, bias)
            return correlation.isNaN || correlation <= limit
        } ?? 1
    }
}
