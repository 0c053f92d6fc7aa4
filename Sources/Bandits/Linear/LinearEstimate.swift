/// What a linear model says about an arm.
public struct LinearEstimate: Sendable, Hashable, Codable {
    /// The predicted value xᵀθ̂.
    public var mean: Double
    /// How little is known about it: √(xᵀV⁻¹x), times the noise a standard deviation.
    public var width: Double

    /// Creates an estimate.
    public init(mean: Double, width: Double) {
        self.mean = mean
        self.width = width
    }
}
