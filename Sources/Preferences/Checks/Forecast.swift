import Foundation
import Signals

/// Holds models against what happened next: fits on what came before a moment and scores what came after.
///
/// The log loss −(1/n) Σ log p(outcome) over the later comparisons, with Brier's score beside it. Items that the past
/// does not know have the average score (0); `unseen` counts the comparisons with one.
///
/// Errors: needs comparisons with times on both sides of the moment.
///
/// ```swift
/// let score = try Forecast(from: newYear).score(TimeDecay(), log)
/// print(score.logLoss)
/// ```
public struct Forecast: Sendable, Hashable {
    /// What happened at this time or later is forecast, in seconds since 1970.
    public var from: Double
    /// What happened at this time or later is left out.
    public var until: Double

    /// Creates a forecast.
    public init(from: Double, until: Double = .infinity) {
        self.from = from
        self.until = until
    }

    /// How good the forecasts were.
    public struct Score: Sendable, Hashable {
        /// The model.
        public var model: String
        /// The mean of −log p(outcome).
        public var logLoss: Double
        /// Its standard error over the comparisons.
        public var standardError: Double
        /// The mean of Σ (p − 1{outcome})² over the three outcomes.
        public var brier: Double
        /// How many comparisons were forecast.
        public var count: Int
        /// How many of them have an item that the past does not know.
        public var unseen: Int
        /// The log loss of each comparison, for differences between models.
        public var losses: [Double]
    }

    /// Fits a model on the past and scores it on what came after.
    public func score(_ model: any PreferenceModel, _ log: FeedbackLog) throws -> Score {
        let time = log.comparisons.context.time
        var past = FeedbackLog()
        for row in 0..<log.comparisons.count where time[row] < from { try past.append(log.comparison(row)) }
        let fit = try model.fit(past)
        var score = [Double](repeating: 0, count: log.items.count)
        var known = [Bool](repeating: false, count: log.items.count)
        for item in fit.items {
            guard let code = log.items.code(of: item.item) else { continue }
            score[Int(code)] = item.score
            known[Int(code)] = true
        }
        let table = log.comparisons
        var losses: [Double] = [], brier = 0.0, unseen = 0
        for row in 0..<table.count where time[row] >= from && time[row] < until && table.outcome[row] != .skip
        {
            let left = Int(table.left[row]), right = Int(table.right[row])
            if !known[left] || !known[right] { unseen += 1 }
            let p = fit.predictor.probability(difference: score[left] - score[right], first: table.first[row])
            let happened: Double
            let outcome: (Double, Double, Double)
            switch table.outcome[row] {
            case .left: (happened, outcome) = (p.win, (1, 0, 0))
            case .right: (happened, outcome) = (p.loss, (0, 0, 1))
            default: (happened, outcome) = (p.tie, (0, 1, 0))
            }
            losses.append(-logarithm(happened))
            brier +=
                (p.win - outcome.0) * (p.win - outcome.0) + (p.tie - outcome.1) * (p.tie - outcome.1)
                + (p.loss - outcome.2) * (p.loss - outcome.2)
        }
        if losses.isEmpty {
            throw PreferenceError.nothingToLearnFrom(
                model: "a forecast", reads: "comparisons with times on both sides of the moment",
                found: "none after it")
        }
        let n = Double(losses.count)
        let mean = losses.reduce(0, +) / n
        let variance = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, n - 1)
        return Score(
            model: fit.model, logLoss: mean, standardError: (variance / n).squareRoot(), brier: brier / n,
            count: losses.count, unseen: unseen, losses: losses)
    }

    private func logarithm(_ p: Double) -> Double { Foundation.log(max(p, 1e-300)) }
}
