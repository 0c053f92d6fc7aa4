import Foundation

/// Keeps the wealth of a sequence of multiplicative pay-offs, and how rough the way was.
public struct WealthMeter: Sendable, Hashable, Codable {
    /// The number of pay-offs.
    public private(set) var periods = 0
    /// The logarithm of the wealth, from a capital of 1.
    public private(set) var logWealth = 0.0
    private var peak = 0.0
    private var deepest = 0.0
    private var squares = 0.0

    /// Creates a meter with a capital of 1.
    public init() {}

    /// Counts a pay-off, the factor by which wealth is multiplied.
    public mutating func add(_ payoff: Double) {
        let gain = log(payoff)
        let before = growth
        periods += 1
        logWealth += gain
        squares += (gain - before) * (gain - growth)
        peak = max(peak, logWealth)
        deepest = max(deepest, peak - logWealth)
    }

    /// The logarithm of the wealth for each period.
    public var growth: Double { periods > 0 ? logWealth / Double(periods) : 0 }

    /// The mean of the logarithmic pay-offs in units of their standard deviation; zero where they do not
    /// vary.
    public var sharpeRatio: Double {
        squares > 0 ? growth / (squares / Double(periods - 1)).squareRoot() : 0
    }

    /// The largest share of the wealth that was lost between a peak and a later low.
    public var maxDrawdown: Double { -expm1(-deepest) }
}
