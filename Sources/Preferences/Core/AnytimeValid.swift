import Foundation

/// The critical value that keeps an interval valid at every moment at once.
///
/// An asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit
/// theory and asymptotic confidence sequences", 2021): with n independent units the standard error is multiplied by
/// √( (1 + 1/(nρ²)) · log((nρ² + 1)/α²) ) instead of 1.96. ρ is set once, for `plannedUnits`, and must not follow
/// the data; the width there is the narrowest, about 1.55 times that of a plain interval, and below twice it from
/// a tenth to a thousand times as many units.
public struct AnytimeValid: Sendable, Hashable {
    /// The confidence that all intervals of the sequence hold.
    public var confidence: Double
    /// The number of units at which the sequence is tightest.
    public var plannedUnits: Double

    /// Creates a sequence.
    public init(confidence: Double = 0.95, plannedUnits: Double = 1000) {
        self.confidence = confidence
        self.plannedUnits = plannedUnits
    }

    /// What to multiply the standard error by when there are this many independent units.
    public func criticalValue(units: Int) -> Double {
        let alpha = 1 - confidence
        let l = -2 * log(alpha)
        let rho2 = (l + log(l) + 1) / plannedUnits
        let x = max(1, Double(units)) * rho2
        return ((1 + 1 / x) * (log(x + 1) + l)).squareRoot()
    }
}
