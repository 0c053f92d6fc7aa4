/// Says how honest stated probabilities are: a diagram, an error, a line and a test in one report.
///
/// The parts are `ReliabilityBins`, `CalibrationError`, `Recalibration` and `SpiegelhalterTest`; see each for
/// its source and formula.
///
/// - Complexity: O(replicates · rows), in parallel.
///
/// ```swift
/// let report = try Calibration().assess(forecasts, happened, clusters: judges)
/// print(report.sentence)
/// ```
public struct Calibration: Sendable, Hashable, Codable {
    /// Everything that was found out about the forecasts.
    public struct Report: Sendable, Hashable, Codable {
        /// The points of the reliability diagram.
        public var bins: [ReliabilityBins.Bin]
        /// The calibration error.
        public var error: CalibrationError.Result
        /// The line that would make the forecasts honest.
        public var recalibration: Recalibration.Result
        /// Spiegelhalter's test.
        public var test: SpiegelhalterTest.Result
        /// The number of forecasts.
        public var count: Int

        /// The report in one plain sentence.
        public var sentence: String {
            let points = { (value: Double) in "\((value * 1000).rounded() / 10)" }
            var text = "Stated probabilities are off by \(points(error.ece)) points on average"
            text += " (\(points(error.expectedByChance)) would be chance alone)"
            if let slope = recalibration.slopeInterval, !slope.contains(1) {
                text += slope.upper < 1 ? "; they are too extreme" : "; they are too cautious"
            }
            return text + "."
        }
    }

    /// The most bins of the diagram.
    public var bins: Int
    /// The coverage of the intervals.
    public var level: Double
    /// The draws behind the error's interval.
    public var bootstrap: ClusterBootstrap

    /// Creates the assessment.
    public init(bins: Int = 10, level: Double = 0.95, bootstrap: ClusterBootstrap = .init(replicates: 500)) {
        self.bins = bins
        self.level = level
        self.bootstrap = bootstrap
    }

    /// Assesses forecasts of an event.
    ///
    /// - Parameters:
    ///   - forecasts: The stated probabilities.
    ///   - happened: Whether the event came true.
    ///   - weights: How much each row counts; 1 where `nil`.
    ///   - clusters: The cluster of each row, numbered from 0; each on its own where `nil`.
    /// - Throws: `EvaluationError` for bad numbers, weights, clusters, or lists that do not match.
    public func assess(
        _ forecasts: [Double], _ happened: [Bool], weights: [Double]? = nil, clusters: [Int]? = nil
    ) throws(EvaluationError) -> Report {
        Report(
            bins: try ReliabilityBins(bins, level: level).group(forecasts, happened, weights: weights),
            error: try CalibrationError(bins: bins, level: level, bootstrap: bootstrap)
                .measure(forecasts, happened, weights: weights, clusters: clusters),
            recalibration: try Recalibration(level: level)
                .fit(forecasts, happened, weights: weights, clusters: clusters),
            test: try SpiegelhalterTest().test(forecasts, happened, weights: weights), count: forecasts.count)
    }
}
