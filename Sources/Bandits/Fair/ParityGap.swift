/// How differently two groups are treated: the largest rate less the smallest, with its uncertainty.
public struct ParityGap: Sendable, Hashable {
    /// The difference of the two rates, in 0...1.
    public var value: Double
    /// The standard error of the difference.
    public var standardError: Double
    /// The group with the largest rate.
    public var highest: Int
    /// The group with the smallest rate.
    public var lowest: Int

    /// The widest gap between the groups that have been counted; `nil` with fewer than two of them.
    ///
    /// - Parameters:
    ///   - hits: For each group, how often it got the answer in question.
    ///   - totals: For each group, how often it was counted.
    public init?(hits: [Double], totals: [Double]) {
        let seen = totals.indices.filter { totals[$0] > 0 }
        func rate(_ group: Int) -> Double { hits[group] / totals[group] }
        guard seen.count > 1, let high = seen.max(by: { rate($0) < rate($1) }),
            let low = seen.min(by: { rate($0) < rate($1) })
        else { return nil }
        highest = high
        lowest = low
        value = rate(high) - rate(low)
        let variances = [high, low].map { rate($0) * (1 - rate($0)) / totals[$0] }
        standardError = (variances[0] + variances[1]).squareRoot()
    }
}
