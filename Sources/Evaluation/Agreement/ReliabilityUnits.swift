/// The values that judges gave to units, any number for each unit, missing ones left out.
///
/// ```swift
/// let units = try ReliabilityUnits(raters: [[1, 2, nil], [1, 3, 3]])   // two judges, three units
/// ```
public struct ReliabilityUnits: Sendable, Hashable {
    /// Where each unit's values end in `values`.
    public private(set) var ends: [Int] = []
    /// The values, unit after unit.
    public private(set) var values: [Double] = []

    /// Creates a table of no units.
    public init() {}

    /// Creates a table of the values given to each unit.
    ///
    /// - Throws: `EvaluationError.value` for a value that is not finite.
    public init(_ units: [[Double]]) throws(EvaluationError) {
        for unit in units { try append(unit) }
    }

    /// Creates a table from one row for each rater and one column for each unit, `nil` where a rater gave
    /// none.
    ///
    /// - Throws: `EvaluationError.lengths` where rows differ in length, `.value` for a value that is not
    ///   finite.
    public init(raters: [[Double?]]) throws(EvaluationError) {
        let count = raters.first?.count ?? 0
        for row in raters where row.count != count { throw .lengths(expected: count, found: row.count) }
        for unit in 0..<count { try append(raters.compactMap { $0[unit] }) }
    }

    /// The number of units.
    public var count: Int { ends.count }

    /// Adds a unit.
    ///
    /// - Throws: `EvaluationError.value` for a value that is not finite.
    public mutating func append(_ unit: some Sequence<Double>) throws(EvaluationError) {
        let before = values.count
        for value in unit {
            guard value.isFinite else {
                values.removeSubrange(before...)
                throw .value(row: ends.count, value: value, rule: "a judge's value is finite")
            }
            values.append(value)
        }
        ends.append(values.count)
    }

    /// Where a unit's values stand.
    public func range(_ unit: Int) -> Range<Int> { (unit == 0 ? 0 : ends[unit - 1])..<ends[unit] }
}
