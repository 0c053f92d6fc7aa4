import Foundation
import Kernels

/// Follows three kinds of held-out comparisons one by one as a model grows or sees more data.
///
/// Source: Wang et al., "WorldPM: Scaling Human Preference Modeling" (2025): recognising answers that only look good, and answers
/// that are verifiably right, improves with scale; agreement with people's tastes hardly does. An average over kinds hides both.
///
/// The slope is that of the log loss over log size by least squares, with the standard error of its residuals: well below 0 where
/// scale helps.
///
/// ```swift
/// let families = try PreferenceFamilies(sizes: sizes, models: models, tests: [.objective: right, .subjective: taste])
/// print(families.curves.map { ($0.family, $0.slope) })
/// ```
public struct PreferenceFamilies: Sendable {
    /// A kind of comparison.
    public enum Family: String, Sendable, Hashable, Codable, CaseIterable {
        /// The worse side has what deceives: it is longer, surer of itself, nicer to look at.
        case adversarial
        /// One side is right, the other wrong.
        case objective
        /// People's tastes.
        case subjective
    }

    /// How one kind goes with size.
    public struct Curve: Sendable, Hashable {
        /// Which.
        public let family: Family
        /// The accuracy at each size.
        public let accuracy: [Double]
        /// The log loss at each size.
        public let logLoss: [Double]
        /// The change of the log loss for a size e times as large.
        public let slope: Double
        /// Its standard error; not a number with fewer than three sizes.
        public let slopeError: Double

        /// Whether scale helps beyond doubt: the slope is two standard errors below 0.
        public var improves: Bool { slope + 2 * slopeError < 0 }
    }

    /// The sizes.
    public let sizes: [Double]
    /// One curve for each kind that there are tests of.
    public let curves: [Curve]

    /// Asks each model about each kind.
    public init(
        sizes: [Double], models: [any PreferencePredictor], tests: [Family: ComparisonSet]
    ) throws {
        precondition(sizes.count == models.count && sizes.count > 1, "two sizes at least, a model for each")
        precondition(sizes.allSatisfy { $0 > 0 }, "sizes are above 0")
        self.sizes = sizes
        let x = sizes.map { log($0) }
        let mean = Statistics.mean(x)
        let spread = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        precondition(spread > 0, "two different sizes at least")
        curves = try Family.allCases.compactMap { family in
            guard let test = tests[family] else { return nil }
            let parts = try models.map {
                try HeldOutReport($0, on: test, audience: .everyone, resamples: 0).all
            }
            let losses = parts.map(\.logLoss)
            let center = Statistics.mean(losses)
            let slope = zip(x, losses).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - center) } / spread
            let errors = zip(x, losses).reduce(0) {
                let gap = $1.1 - center - slope * ($1.0 - mean)
                return $0 + gap * gap
            }
            return Curve(
                family: family, accuracy: parts.map(\.accuracy), logLoss: losses, slope: slope,
                slopeError: x.count > 2 ? (errors / Double(x.count - 2) / spread).squareRoot() : .nan)
        }
    }
}
