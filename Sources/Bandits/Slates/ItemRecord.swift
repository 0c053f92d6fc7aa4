/// How often each item was seen, and its average outcome.
struct ItemRecord: Sendable, Hashable, Codable {
    /// The number of outcomes of each item.
    private(set) var counts: [Double]
    /// The average outcome of each item; 0 before the first.
    private(set) var means: [Double]
    /// The number of lists learnt from.
    private(set) var rounds = 0

    init(items: Int) {
        counts = [Double](repeating: 0, count: items)
        means = counts
    }

    /// Learns from the items of a list that were seen: those whose outcome is not NaN.
    mutating func learn(_ list: [Int], _ outcome: [Double]) {
        precondition(outcome.count == list.count, "an outcome has one number for each item of the list")
        rounds += 1
        for (item, value) in zip(list, outcome) where !value.isNaN {
            precondition(value >= 0 && value <= 1, "the outcome of an item lies in 0...1")
            counts[item] += 1
            means[item] += (value - means[item]) / counts[item]
        }
    }
}
