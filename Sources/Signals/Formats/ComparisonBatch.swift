/// Many plain comparisons at once, by the codes of their names: how a reader hands on a large table.
///
/// The tables of names belong to the batch and hold names in the order of their first appearance.
public struct ComparisonBatch: Sendable {
    /// The items' names.
    public internal(set) var items = Names()
    /// The judges' names; empty where the source names none.
    public internal(set) var judges = Names()
    /// The code of each row's left item.
    public internal(set) var left: [UInt32] = []
    /// The code of each row's right item.
    public internal(set) var right: [UInt32] = []
    /// What the judge of each row answered.
    public internal(set) var outcome: [Comparison.Outcome] = []
    /// The code of each row's judge; empty where the source names none.
    public internal(set) var judge: [UInt32] = []
    /// The side that had the advantage of place in every row.
    public internal(set) var first: Side?
    /// The line of the first row; each row is one line.
    public internal(set) var line = 1

    /// The number of rows.
    public var count: Int { left.count }

    /// The event of a row.
    public func event(_ row: Int) -> FeedbackEvent {
        FeedbackEvent(
            .comparison(
                Comparison(
                    left: items[left[row]], right: items[right[row]], outcome: outcome[row], first: first)),
            judge: judge.isEmpty ? nil : judges[judge[row]])
    }

    mutating func removeAll(line: Int) {
        items.removeAll()
        judges.removeAll()
        left.removeAll(keepingCapacity: true)
        right.removeAll(keepingCapacity: true)
        outcome.removeAll(keepingCapacity: true)
        judge.removeAll(keepingCapacity: true)
        self.line = line
    }
}

extension FeedbackSink {
    /// Takes many comparisons at once: one event after the other, unless the sink knows better.
    public mutating func receive(_ batch: ComparisonBatch) throws {
        for row in 0..<batch.count { try receive(batch.event(row), line: batch.line + row) }
    }
}
