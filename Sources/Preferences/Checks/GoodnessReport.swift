import Foundation
import Kernels

/// How well a model predicts answers that it has not seen; see `GoodnessOfFit`.
public struct GoodnessReport: Sendable, Hashable, Codable {
    /// Predictions of like size, and what happened.
    public struct Bin: Sendable, Hashable, Codable {
        /// The smallest share predicted for the favourite.
        public var lower: Double
        /// The largest.
        public var upper: Double
        /// The mean share predicted for the favourite.
        public var predicted: Double
        /// The share that the favourites got; a tie is half.
        public var observed: Double
        /// Wilson's interval for the share. With ties it is wider than it need be.
        public var interval: ClosedRange<Double>
        /// The number of answers.
        public var count: Int
        /// The sum of their weights.
        public var weight: Double
        /// The variance of observed less predicted, from chance alone.
        public var variance: Double
    }

    /// A predictor's mean scores; lower is better.
    public struct Loss: Sendable, Hashable, Codable {
        /// −ln P(outcome) in nats.
        public var logLoss: Double
        /// ½Σ_k (P_k − [outcome = k])², between 0 and 1.
        public var brier: Double
    }

    /// The id of the model.
    public var model: String
    /// The number of answers predicted.
    public var count: Int
    /// The number of folds.
    public var folds: Int
    /// The number of folds without which the model could not be fitted.
    public var failedFolds: Int
    /// What was kept together in a fold.
    public var unit: GoodnessOfFit.Unit
    /// What the test and the standard errors take as independent.
    public var clusteredBy: GoodnessOfFit.Unit
    /// Answers left out because the other folds do not know an item.
    public var unseen: Int
    /// Answers left out because nothing in the other folds connects the two items.
    public var unconnected: Int
    /// The calibration diagram, from even to one-sided.
    public var bins: [Bin]
    /// The expected calibration error, as a probability.
    public var calibrationError: Double
    /// The calibration error that honest predictions would show by chance.
    public var expectedByChance: Double
    /// The root mean square calibration error without what chance adds.
    public var debiasedError: Double
    /// The slope of outcomes on predictions in log-odds: below 1 the predictions are too bold; `nil` where
    /// the predictions do not differ.
    public var slope: Double?
    /// Its interval.
    public var slopeInterval: ClosedRange<Double>?
    /// The p-value of honest predictions; `nil` for fewer than eight clusters.
    public var pValue: Double?
    /// The model's scores.
    public var loss: Loss
    /// Those of a coin with the tie rate of the data.
    public var coin: Loss
    /// Those of knowing the place alone: who was at home, or else on the left.
    public var place: Loss
    /// Those of a table of each pair's own record.
    public var pairs: Loss
    /// The log loss that the model saves against the coin, in nats an answer.
    public var gain: Double
    /// Its standard error.
    public var gainError: Double
    /// The coverage of the intervals.
    public var level: Double

    init(
        model: String, folds: [HeldOutFold], failed: Int, units: HeldOutUnits, clusters: PredictionClusters,
        check: GoodnessOfFit
    ) {
        self.model = model
        self.folds = units.folds
        failedFolds = failed
        unit = units.by
        clusteredBy = clusters.by
        level = check.level
        unseen = folds.reduce(0) { $0 + $1.unseen }
        unconnected = folds.reduce(0) { $0 + $1.unconnected }
        let rows = folds.flatMap(\.rows).sorted {
            if $0.predicted != $1.predicted { return $0.predicted < $1.predicted }
            return $0.observed != $1.observed ? $0.observed < $1.observed : $0.weight < $1.weight
        }
        count = rows.count
        let calibration = CalibrationCheck(
            rows: rows, bins: check.bins, level: check.level, independent: clusters.areSingle)
        bins = calibration.grouped()
        let weight = folds.reduce(0) { $0 + $1.weight }
        let logLoss = folds.reduce(SIMD4<Double>.zero) { $0 + $1.logLoss } / weight
        let brier = folds.reduce(SIMD4<Double>.zero) { $0 + $1.brier } / weight
        let losses = (0..<4).map { Loss(logLoss: logLoss[$0], brier: brier[$0]) }
        (loss, coin, place, pairs) = (losses[0], losses[1], losses[2], losses[3])
        var error = 0.0, chance = 0.0, square = 0.0
        for bin in bins {
            let gap = bin.observed - bin.predicted, share = bin.weight / weight
            error += share * abs(gap)
            chance += share * (2 / Double.pi * bin.variance).squareRoot()
            square += share * (gap * gap - bin.variance)
        }
        calibrationError = error
        expectedByChance = chance
        debiasedError = max(0, square).squareRoot()
        (gain, gainError) = calibration.gain()
        pValue = calibration.test()
        if let fitted = calibration.slope() {
            let half = Special.normalQuantile(0.5 + check.level / 2) * fitted.error
            slope = fitted.estimate
            slopeInterval = (fitted.estimate - half)...(fitted.estimate + half)
        }
    }

    /// The report in plain English.
    public var verdict: String {
        func percent(_ value: Double) -> String { String(format: "%.0f%%", 100 * value) }
        let predicted = bins.reduce(0) { $0 + $1.weight * $1.predicted }
        let observed = bins.reduce(0) { $0 + $1.weight * $1.observed }
        let weight = bins.reduce(0) { $0 + $1.weight }
        var text =
            "On \(count) held-out answers the favourites were given \(percent(predicted / weight)) and got "
            + "\(percent(observed / weight)): "
        if let pValue, pValue < 1 - level {
            if let slopeInterval, slopeInterval.upperBound < 1 {
                text += "the predictions are too bold"
            } else if let slopeInterval, slopeInterval.lowerBound > 1 {
                text += "the predictions are too cautious"
            } else {
                text += "the predictions do not match what happened"
            }
            text += String(format: " (p = %.2g)", pValue)
        } else if let pValue {
            text += String(format: "nothing speaks against the predicted chances (p = %.2g)", pValue)
        } else {
            text += "too few independent answers to test the predicted chances"
        }
        let saved = coin.logLoss > 0 ? gain / coin.logLoss : 0
        let z = Special.normalQuantile(0.5 + level / 2)
        if gain > z * gainError {
            text += ". Its log loss is \(percent(saved)) below that of a coin"
        } else if gain < -z * gainError {
            text += ". Its log loss is worse than that of a coin"
        } else {
            text += ". Its log loss cannot be told from that of a coin"
        }
        if pairs.logLoss < loss.logLoss - 2 * gainError {
            text += ", and each pair's own record predicts better: the scores miss something"
        }
        let skipped = unseen + unconnected
        if skipped > 0 { text += "; \(skipped) answers could not be predicted from the other folds" }
        return text + "."
    }
}
