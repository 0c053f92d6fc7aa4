/// What a search settles on.
public struct SearchRecommendation: Sendable, Hashable {
    /// The point.
    public let point: SearchPoint
    /// The outcome that the model expects there on average.
    public let mean: Double
    /// The interval of that average.
    public let interval: ClosedRange<Double>
    /// The outcome that came of it.
    public let outcome: Double
}
