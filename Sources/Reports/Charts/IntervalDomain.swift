/// A scale that shows many intervals at once, though some may be endless.
enum IntervalDomain {
    /// A value with its interval; `nil` for a side without an end.
    typealias Row = (value: Double, low: Double?, high: Double?)

    /// A range with all values and ends but for those that lie so far outside that the rest would shrink to
    /// dots.
    static func of(_ rows: [Row]) -> ClosedRange<Double> {
        let closed = rows.filter { $0.low != nil && $0.high != nil }
        // Values without an end on some side are often mere guesses; a few sound ones are enough to go by.
        let sound = closed.count >= max(3, rows.count / 4) ? closed : rows
        let core = ClosedRange.hull(sound.map(\.value))
        let widths = sound.compactMap { row in row.low.flatMap { low in row.high.map { $0 - low } } }
        let typical = widths.filter(\.isFinite).sorted()
        let room =
            max(core.upperBound - core.lowerBound, typical.isEmpty ? 0 : typical[typical.count / 2]) * 1.2
        let limit = (core.lowerBound - room)...(core.upperBound + room)
        let ends = rows.flatMap { [$0.value, $0.low ?? .nan, $0.high ?? .nan] }.filter { !$0.isNaN }
        return ClosedRange.hull(
            [core.lowerBound, core.upperBound] + ends.map { min(max($0, limit.lowerBound), limit.upperBound) }
        )
    }
}
