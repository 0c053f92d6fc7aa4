/// A range of values, and the share of the times in which the method promises that it holds the truth.
///
/// ```swift
/// let interval = Interval(lower: 0.41, upper: 0.55, level: 0.95)
/// print(interval.contains(0.5))   // true
/// ```
public struct Interval: Sendable, Hashable, Codable {
    /// The lower end, in the unit of the quantity.
    public var lower: Double
    /// The upper end, in the unit of the quantity.
    public var upper: Double
    /// The promised coverage, between 0 and 1.
    public var level: Double

    /// Creates an interval.
    public init(lower: Double, upper: Double, level: Double = 0.95) {
        self.lower = lower
        self.upper = upper
        self.level = level
    }

    /// Whether a value lies between the ends, the ends included.
    public func contains(_ value: Double) -> Bool { value >= lower && value <= upper }
}
