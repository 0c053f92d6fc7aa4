/// A row of numbers as a line of small bars: `▁▂▅█`.
public enum Sparkline {
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The bars, the lowest number the shortest; what is not a number leaves a gap.
    public static func text(_ values: [Double]) -> String {
        let finite = values.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else {
            return String(repeating: " ", count: values.count)
        }
        return String(
            values.map { value -> Character in
                guard value.isFinite else { return " " }
                return high > low ? bars[min(7, Int((value - low) / (high - low) * 8))] : bars[3]
            })
    }
}

/// Intervals as bars on a common scale, so that rows of a table can be compared by eye: `  ──●───  `.
public struct IntervalBar: Sendable, Hashable {
    /// What the bar's width spans.
    public var domain: ClosedRange<Double>
    /// The width in columns.
    public var width: Int
    /// Whether lines may be drawn with characters beyond ASCII.
    public var unicode: Bool

    /// Creates a scale.
    public init(domain: ClosedRange<Double>, width: Int, unicode: Bool = true) {
        self.domain = domain
        self.width = width
        self.unicode = unicode
    }

    /// The bar of one interval; `nil` ends have no end, and show as arrows, as do ends beyond the scale.
    public func text(_ value: Double, from low: Double?, to high: Double?) -> String {
        guard width > 0, value.isFinite else { return String(repeating: " ", count: max(0, width)) }
        let (line, point, left, right): (Character, Character, Character, Character) =
            unicode ? ("─", "●", "◂", "▸") : ("-", "o", "<", ">")
        let start = column(low ?? -.infinity), end = column(high ?? .infinity)
        var cells = [Character](repeating: " ", count: width)
        for index in min(start, end)...max(start, end) { cells[index] = line }
        if low ?? -.infinity < domain.lowerBound { cells[0] = left }
        if high ?? .infinity > domain.upperBound { cells[width - 1] = right }
        cells[column(value)] = point
        return String(cells)
    }

    /// The column of a value. Where there is room the first and the last are kept for the arrows.
    private func column(_ value: Double) -> Int {
        let span = domain.upperBound - domain.lowerBound, edge = width > 4 ? 1 : 0
        guard span > 0, !value.isNaN else { return width / 2 }
        if value < domain.lowerBound { return value.isInfinite ? 0 : edge }
        if value > domain.upperBound { return value.isInfinite ? width - 1 : width - 1 - edge }
        let share = (value - domain.lowerBound) / span
        return edge + Int((share * Double(width - 1 - 2 * edge)).rounded())
    }
}
