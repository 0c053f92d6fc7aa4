/// What one channel brought in one period.
public struct ChannelResult: Sendable, Hashable, Codable {
    /// The value, such as the number of conversions.
    public var value: Double
    /// The money spent, at most the channel's budget.
    public var spend: Double

    /// Creates a result.
    public init(value: Double, spend: Double) {
        self.value = value
        self.spend = spend
    }
}
