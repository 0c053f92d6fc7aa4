import Evaluation

/// Gives an interval for the mean of contributions: one small struct for each method.
public protocol ValueInterval: Sendable {
    /// The method's id, as in `heed ope --interval ID`.
    static var id: String { get }

    /// The interval that holds the true mean in a share `level` of all logs.
    ///
    /// - Throws: `BanditError` where the level is outside (0, 1), or the contributions lack what the method needs.
    func interval(_ contributions: Contributions, level: Double) throws(BanditError) -> Interval
}

/// What the intervals have in common.
enum IntervalCheck {
    static func level(_ level: Double) throws(BanditError) {
        guard level > 0, level < 1 else {
            throw .setting(name: "level", value: "\(level)", expected: "between 0 and 1")
        }
    }

    static func units(_ contributions: Contributions) throws(BanditError) {
        guard contributions.units > 1 else {
            throw .data("an interval needs at least two units that decisions belong to")
        }
    }

    /// The interval cut to the range that the mean lies in.
    static func within(
        _ range: ClosedRange<Double>?, lower: Double, upper: Double, level: Double
    ) -> Interval {
        guard let range else { return Interval(lower: lower, upper: upper, level: level) }
        return Interval(
            lower: max(lower, range.lowerBound), upper: min(upper, range.upperBound), level: level)
    }
}
