import Signals

/// The mean number of items that a ranking puts below an item, as a share of those it could have been above.
///
/// Borda (1784): (items below + ½ items tied) / (items − 1), averaged over the rankings that offered the item. Items
/// that a ranking leaves unplaced share the places below the named ones equally; items that were not on offer are
/// not in it.
///
/// Complexity: O(Σ ranking lengths).
///
/// ```swift
/// let points = Borda().count(log)
/// ```
public struct Borda: Sendable {
    /// Creates the count.
    public init() {}

    /// Each item's mean share of points, best first.
    public func count(_ log: FeedbackLog) -> [CountedItem] {
        var points = [Double](repeating: 0, count: log.items.count), offered = points
        let table = log.rankings
        for row in 0..<table.count {
            let range = table.range(row)
            let n = range.count
            if n < 2 { continue }
            let weight = table.context.weight[row]
            var start = range.lowerBound
            while start < range.upperBound {
                var end = start + 1
                while end < range.upperBound, table.tier[end] == table.tier[start] { end += 1 }
                let below = Double(range.upperBound - end) + 0.5 * Double(end - start - 1)
                for slot in start..<end {
                    points[Int(table.items[slot])] += weight * below / Double(n - 1)
                    offered[Int(table.items[slot])] += weight
                }
                start = end
            }
        }
        return CountedItem.sorted(
            (0..<log.items.count).filter { offered[$0] > 0 }
                .map { CountedItem(item: log.items[UInt32($0)], value: points[$0] / offered[$0]) })
    }
}
