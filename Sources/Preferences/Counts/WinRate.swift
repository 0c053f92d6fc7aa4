import Signals

/// The share of comparisons that an item won: what most people print.
///
/// (wins + ½ ties) / comparisons. It takes no account of whom the item met: easy opponents look like strength. Kept
/// as the baseline that every model is held against.
///
/// Complexity: O(comparisons).
///
/// ```swift
/// let shares = WinRate().count(log)
/// ```
public struct WinRate: Sendable {
    /// Creates the count.
    public init() {}

    /// Each item's share, best first.
    public func count(_ log: FeedbackLog) -> [CountedItem] {
        var won = [Double](repeating: 0, count: log.items.count), met = won
        let table = log.comparisons
        for row in 0..<table.count {
            let share: Double
            let p = table.probability[row]
            switch table.outcome[row] {
            case .skip: continue
            case .left: share = p.isNaN ? 1 : p
            case .right: share = p.isNaN ? 0 : p
            case .tie, .bothBad: share = p.isNaN ? 0.5 : p
            }
            let weight = table.context.weight[row]
            won[Int(table.left[row])] += weight * share
            won[Int(table.right[row])] += weight * (1 - share)
            met[Int(table.left[row])] += weight
            met[Int(table.right[row])] += weight
        }
        return CountedItem.sorted(
            (0..<log.items.count).filter { met[$0] > 0 }
                .map { CountedItem(item: log.items[UInt32($0)], value: won[$0] / met[$0]) })
    }
}

/// An item with the number that a counting rule gives it.
public struct CountedItem: Sendable, Hashable {
    /// The name.
    public var item: String
    /// The number: a share, points or votes.
    public var value: Double

    static func sorted(_ items: [CountedItem]) -> [CountedItem] {
        items.sorted {
            $0.value != $1.value ? $0.value > $1.value : $0.item.utf8.lexicographicallyPrecedes($1.item.utf8)
        }
    }
}
