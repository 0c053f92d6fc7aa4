import Evaluation

/// Propensities that were estimated from contexts, and how far to trust them.
public struct PropensityEstimate: Sendable, Hashable, Codable {
    /// The estimated probability of every action, n × K; each row by a model that has not seen the row's unit.
    public var probabilities: [Double]
    /// The estimated probability of the action taken in each row.
    public var taken: [Double]
    /// How well they fit, without the rows.
    public var fit: Fit

    /// How well estimated propensities fit.
    public struct Fit: Sendable, Hashable, Codable {
        /// The mean of −ln p̂(a|x) over rows that the model had not seen, in nats.
        public var logLoss: Double
        /// The same for the frequencies of actions, without contexts.
        public var marginalLogLoss: Double
        /// The standard error of the difference `marginalLogLoss - logLoss`, clustered by unit.
        public var gainError: Double
        /// How far stated probabilities are from frequencies, over all actions.
        public var calibration: CalibrationError.Result
        /// The penalty λ that cross-validation chose.
        public var lambda: Double
        /// How much of the model was kept by calibration: 1 all of it, 0 the frequencies alone; one for each fold.
        public var trust: [Double]
        /// The bound from below, before a row is made to add up to one again.
        public var minimum: Double
        /// The share of rows whose taken action had less than the bound.
        public var clippedShare: Double
        /// The number of folds.
        public var folds: Int
        /// Whether every fit arrived.
        public var converged: Bool

        /// The fit in one plain sentence.
        public var sentence: String {
            let gain = marginalLogLoss - logLoss
            let points = PlainNumber.percent(calibration.ece)
            guard gain > 2 * gainError else {
                return
                    "The contexts do not tell which action is taken; propensities are close to plain frequencies, off by "
                    + "\(points) on average."
            }
            return
                "The contexts tell which action is taken: log loss \(PlainNumber.short(logLoss)) against "
                + "\(PlainNumber.short(marginalLogLoss)) for plain frequencies; propensities are off by \(points) on average "
                + "(\(PlainNumber.percent(calibration.expectedByChance)) would be chance alone)."
        }
    }
}
