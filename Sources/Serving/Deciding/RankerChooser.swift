import Foundation
import Kernels
import Preferences

/// Scores of items as they are kept, with what turns their differences into probabilities.
struct RankerModel: Sendable, Codable, Hashable {
    /// The id of the preference model.
    var method: String
    /// The score of each item in natural log-odds.
    var scores: [String: Double]
    /// Predicts comparisons.
    var predictor: OutcomePredictor

    /// The score of an item; one that is not known has the prior's.
    func score(_ item: String) -> Double { scores[item] ?? 0 }
}

/// Chooses by a ranker: a draw of Plackett and Luce, P(a) = e^{θ_a} / Σ e^{θ}.
///
/// The best item is the most likely and not certain, so that decisions can be valued for other models later; a slate is a ranking
/// drawn place by place.
struct RankerChooser: Chooser {
    let version: String
    let model: RankerModel

    func propensities(of actions: [String], features: [String: Double], random: CounterRandom) throws
        -> [Double]
    {
        let scores = actions.map(model.score)
        let top = scores.max() ?? 0
        let strengths = scores.map { exp($0 - top) }
        let sum = strengths.reduce(0, +)
        guard sum.isFinite, sum >= 1 else {
            throw ServiceError.conflict(
                "version \(version) gives no probabilities here: train again, or roll back")
        }
        return strengths.map { $0 / sum }
    }
}
