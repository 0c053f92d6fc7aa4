/// All comparisons of a log, one row each.
public struct ComparisonTable: Sendable {
    /// The code of the left item.
    public internal(set) var left: [UInt32] = []
    /// The code of the right item.
    public internal(set) var right: [UInt32] = []
    /// What the judge answered.
    public internal(set) var outcome: [Comparison.Outcome] = []
    /// The judge's probability that the left item is better; not a number where the answer is plain.
    public internal(set) var probability = Column<Double>(missing: .nan)
    /// By how much the winner was better; not a number where unknown.
    public internal(set) var margin = Column<Double>(missing: .nan)
    /// The side that had the advantage of place.
    public internal(set) var first = Column<Side?>(missing: nil)
    /// Who, when and with what weight. Item features have two slots a row, left then right.
    public internal(set) var context = ContextColumns()

    /// The number of rows.
    public var count: Int { left.count }
}

/// All rankings of a log, one row each.
public struct RankingTable: Sendable {
    /// Where each row's items end in `items`.
    public internal(set) var ends: [Int] = []
    /// The codes of the items, best first, the unplaced last.
    public internal(set) var items: [UInt32] = []
    /// The tier of each item, 0 for the best; -1 for the unplaced.
    public internal(set) var tier: [Int32] = []
    /// Who, when and with what weight. Item features have one slot for each item.
    public internal(set) var context = ContextColumns()

    /// The number of rows.
    public var count: Int { ends.count }

    /// Where a row's items stand.
    public func range(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }
}

/// All choices of a log, one row each.
public struct ChoiceTable: Sendable {
    /// Where each row's items end in `items`.
    public internal(set) var ends: [Int] = []
    /// The codes of the items on offer.
    public internal(set) var items: [UInt32] = []
    /// The place of the chosen item in `items`.
    public internal(set) var chosen: [Int] = []
    /// Who, when and with what weight. Item features have one slot for each item on offer.
    public internal(set) var context = ContextColumns()

    /// The number of rows.
    public var count: Int { ends.count }

    /// Where a row's items stand.
    public func range(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }
}

/// All ratings of a log, one row for each event and one score for each of its aspects.
public struct RatingTable: Sendable {
    /// The code of the rated item.
    public internal(set) var item: [UInt32] = []
    /// Where each row's scores end in `score`.
    public internal(set) var ends: [Int] = []
    /// The code of each score's aspect in the log's `aspects`.
    public internal(set) var aspect: [UInt32] = []
    /// The scores.
    public internal(set) var score: [Double] = []
    /// The lowest score that could be given; not a number where unknown.
    public internal(set) var low = Column<Double>(missing: .nan)
    /// The highest score that could be given; not a number where unknown.
    public internal(set) var high = Column<Double>(missing: .nan)
    /// Who, when and with what weight. Item features have one slot a row.
    public internal(set) var context = ContextColumns()

    /// The number of rows.
    public var count: Int { item.count }

    /// Where a row's scores stand.
    public func range(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }
}

/// All crowd labels of a log, one row each.
public struct LabelTable: Sendable {
    /// The code of the task in the log's `tasks`.
    public internal(set) var task: [UInt32] = []
    /// The code of the class in the log's `classes`.
    public internal(set) var value: [UInt32] = []
    /// The code of the right class, where known.
    public internal(set) var gold = Column<UInt32>(missing: Names.none)
    /// Who, when and with what weight. Item features have one slot a row.
    public internal(set) var context = ContextColumns()

    /// The number of rows.
    public var count: Int { task.count }
}
