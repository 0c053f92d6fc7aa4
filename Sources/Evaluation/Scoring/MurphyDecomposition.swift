/// Splits a Brier score into how honest the probabilities are, how much they tell apart, and the rest.
///
/// Source: Murphy, "A new vector partition of the probability score" (1973), with the within-bin remainder of
/// Stephenson, Coelho and Jolliffe (2008). With bins b of weight wᵦ, mean forecast p̄ᵦ and frequency ȳᵦ:
///
///     Brier = Σ wᵦ (p̄ᵦ − ȳᵦ)² − Σ wᵦ (ȳᵦ − ȳ)² + ȳ(1 − ȳ) + within.
///
/// Forecasts with at most `bins` different values are grouped by value, and `within` is then 0; others go
/// into bins of equal weight. Over several classes each class is split by itself and the parts are added.
///
/// - Complexity: O(classes · rows · log rows).
///
/// ```swift
/// let parts = try MurphyDecomposition().split(Forecasts(event: [0.8, 0.8, 0.3]), outcomes: [1, 0, 0])
/// print(parts.reliability - parts.resolution + parts.uncertainty + parts.within == parts.brier)
/// ```
public struct MurphyDecomposition: Sendable, Hashable, Codable {
    /// The parts of a Brier score.
    public struct Parts: Sendable, Hashable, Codable {
        /// The score itself.
        public var brier: Double
        /// How far stated probabilities are from the frequencies that followed; 0 is best.
        public var reliability: Double
        /// How much the frequencies differ between forecasts; more is better.
        public var resolution: Double
        /// The score of always stating the overall frequency.
        public var uncertainty: Double
        /// What is left because a bin holds different forecasts.
        public var within: Double
    }

    /// The number of bins.
    public var bins: Int

    /// Creates the decomposition.
    public init(bins: Int = 20) { self.bins = bins }

    /// Splits the Brier score of forecasts.
    ///
    /// - Throws: `EvaluationError` as `BrierScore`, or `.setting` for fewer than one bin.
    public func split(
        _ forecasts: Forecasts, outcomes: [Int], weights: [Double]? = nil
    ) throws(EvaluationError) -> Parts {
        let score = try BrierScore().score(forecasts, outcomes: outcomes, weights: weights)
        var parts = Parts(brier: score.mean, reliability: 0, resolution: 0, uncertainty: 0, within: 0)
        let binary = forecasts.classes == 2
        for k in binary ? 1..<2 : 0..<forecasts.classes {
            let p = (0..<forecasts.count).map { forecasts[$0, k] }
            let y = outcomes.map { $0 == k }
            let table = try ReliabilityBins(bins).group(p, y, weights: weights)
            let total = table.reduce(0) { $0 + $1.weight }
            let base = table.reduce(0) { $0 + $1.weight * $1.frequency } / total
            for bin in table {
                let share = bin.weight / total
                let gap = bin.forecast - bin.frequency
                let move = bin.frequency - base
                parts.reliability += share * gap * gap
                parts.resolution += share * move * move
            }
            parts.uncertainty += base * (1 - base)
        }
        parts.within = parts.brier - (parts.reliability - parts.resolution + parts.uncertainty)
        return parts
    }
}
