import Kernels

/// Moves the utilities of a model towards those of a population, by what the population voted.
///
/// Source: Mazeika et al., "Utility Engineering" (2025), utility control. With scores μ_w(o) = w·φ(o) and
/// the shares of votes P*,
///
///     w = argmin mean −[P* log σ(Δμ) + (1 − P*) log σ(−Δμ)] + (λ/2) |w − w₀|²
///
/// from the present weights w₀, which λ keeps near: votes move what they speak of, and nothing else. For a
/// network take `NeuralReward` on the same comparisons.
///
/// Not for outcomes whose features do not say what the votes were about: control then changes the pairs
/// voted on and fails elsewhere, which `ControlReport` on held-out outcomes shows.
///
/// ```swift
/// let controlled = try UtilityControl().steer(model, to: votes, features: features)
/// let report = try ControlReport(before: model, after: controlled, on: heldOutVotes, features: features)
/// ```
public struct UtilityControl: Sendable, Hashable {
    /// λ, the pull to the present weights.
    public var ridge: Double

    /// Creates it.
    public init(ridge: Double = 1e-3) {
        precondition(ridge > 0, "the pull to the present weights is positive")
        self.ridge = ridge
    }

    /// Fits the weights to the votes.
    ///
    /// - Parameter features: One row for each outcome of the votes.
    /// - Throws: `LearningError`.
    public func steer(
        _ model: LinearRewardModel, to votes: SoftPreferences, features: FeatureMatrix,
        watch: FitWatch = FitWatch()
    ) throws -> LinearRewardModel {
        let data = try ControlReport.comparisons(votes, features)
        try data.require(features: model.features)
        return try LinearReward(ridge: ridge, prior: model.weights).fit(data, seed: 1, watch: watch)
    }
}

/// What control changed, judged by votes that it has not seen.
public struct ControlReport: Sendable {
    /// How well votes were predicted before.
    public let before: HeldOutReport.Part
    /// How well they are predicted after.
    public let after: HeldOutReport.Part
    /// The correlation of each pair's log-odds before with those of the votes, pulled a little to even.
    public let correlationBefore: Double
    /// The same after.
    public let correlationAfter: Double

    /// Compares.
    public init(
        before: LinearRewardModel, after: LinearRewardModel, on votes: SoftPreferences,
        features: FeatureMatrix
    ) throws {
        let data = try Self.comparisons(votes, features)
        self.before = try HeldOutReport(before, on: data).all
        self.after = try HeldOutReport(after, on: data).all
        let target = votes.answered.map { Special.logit(($0.share * $0.answers + 0.5) / ($0.answers + 1)) }
        correlationBefore = Statistics.pearson(try before.predict(data, for: .everyone).map(\.value), target)
        correlationAfter = Statistics.pearson(try after.predict(data, for: .everyone).map(\.value), target)
    }

    static func comparisons(_ votes: SoftPreferences, _ features: FeatureMatrix) throws -> ComparisonSet {
        guard features.rows == votes.outcomes.count else {
            throw LearningError.data(
                "\(features.rows) rows of features for \(votes.outcomes.count) outcomes; each has one")
        }
        return try votes.comparisons(features: features)
    }
}
