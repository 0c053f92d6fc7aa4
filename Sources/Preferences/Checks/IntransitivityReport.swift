import Foundation

/// Whether preferences go in circles; see `IntransitivityTest`.
public struct IntransitivityReport: Sendable, Hashable, Codable {
    /// Three items of which each won more than half against the next, and the last against the first.
    public struct Cycle: Sendable, Hashable, Codable {
        /// The items: the first beats the second, the second the third, the third the first.
        public var items: [String] = []
        /// The share that each item got against the next; a tie is half.
        public var shares: [Double] = []
        /// The shares that the model expects.
        public var expected: [Double] = []
        /// The weight of the answers behind each share.
        public var counts: [Double] = []
        /// The curl over its standard error: about normal for one triple that was chosen beforehand.
        public var strength = 0.0
        /// The p-value of a cycle as strong among all triples that were searched.
        public var pValue = 1.0
    }

    /// The number of items that were compared.
    public var items: Int
    /// The number of pairs that were compared.
    public var pairs: Int
    /// The number of triples with answers for all three pairs.
    public var triples: Int
    /// X²: the sum over pairs of squared standardised residuals.
    public var statistic: Double
    /// The pairs less the parameters fitted to them.
    public var degrees: Int
    /// The bootstrap p-value of X²; `nil` where the scores fit any data (no degrees of freedom).
    public var pValue: Double?
    /// The p-value of X² by the χ² distribution; `nil` unless every pair's variance is at least 5.
    public var chiSquaredPValue: Double?
    /// The worst cycle; `nil` without one.
    public var worst: Cycle?
    /// How many triples go in a circle by majority.
    public var cyclicTriples: Int
    /// How many do so by chance, under the model.
    public var expectedCyclicTriples: Double
    /// The number of data sets drawn.
    public var replicates: Int
    /// A test speaks where its p-value is below 1 − level.
    public var level: Double

    /// The report in plain English.
    public var verdict: String {
        func p(_ value: Double) -> String {
            value <= 1 / Double(replicates + 1)
                ? String(format: "p ≤ %.2g", value) : String(format: "p = %.2g", value)
        }
        var text: String
        if triples == 0 {
            text = "No three items were all compared with each other, so that there is no cycle to look for."
        } else if let worst {
            let steps = (0..<3).map {
                "\(worst.items[$0]) beats \(worst.items[($0 + 1) % 3]) "
                    + String(format: "(%.0f%% of %.0f)", 100 * worst.shares[$0], worst.counts[$0])
            }.joined(separator: ", ")
            text =
                worst.pValue < 1 - level
                ? "Preferences go in a circle: " : "No cycle beyond chance; the strongest is "
            text += steps + ", \(p(worst.pValue)) over all \(triples) triples."
        } else {
            text = "None of \(triples) triples goes in a circle."
        }
        if let pValue {
            text +=
                pValue < 1 - level
                ? " One score for each item does not explain the results (\(p(pValue)))."
                : " One score for each item explains the results (\(p(pValue)))."
        }
        return text
    }
}
