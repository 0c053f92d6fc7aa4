import Kernels

/// What each row adds to an estimate that is a mean: what every interval here is made of.
///
/// Rows of one unit (a person, a page view) are not independent. With the unit's sum Sᵤ, its number of rows mᵤ and G
/// units, the mean is μ̂ = Σ Sᵤ / Σ mᵤ and deviates from the truth like the mean of the G independent numbers
///
///     eᵤ = (Sᵤ − mᵤ μ̂) · G / n.
///
/// ```swift
/// let gain = try Contributions.difference(SelfNormalizedInversePropensity().estimate(sample), sample)
/// print(gain.mean, gain.standardError)
/// ```
public struct Contributions: Sendable, Hashable {
    /// One number for each row; the estimate is their mean.
    public let values: [Double]
    /// The unit of each row; empty where every row stands alone.
    public let unit: [Int32]
    /// The range that every value is known to lie in beforehand, which the exact intervals need.
    public let range: ClosedRange<Double>?
    /// The sum of the values of each unit, in the order in which units first appear.
    public let unitSums: [Double]
    /// The number of rows of each unit.
    public let unitSizes: [Int]

    /// Creates contributions.
    ///
    /// - Throws: `BanditError.data` where there are none, a value is not finite or outside the range, or the units are
    ///   not as many as the values.
    public init(
        _ values: [Double], unit: [Int32] = [], range: ClosedRange<Double>? = nil
    ) throws(BanditError) {
        guard !values.isEmpty else { throw .data("there is no decision to estimate from") }
        guard unit.isEmpty || unit.count == values.count else {
            throw .data("\(unit.count) units for \(values.count) decisions")
        }
        for (row, value) in values.enumerated() {
            guard value.isFinite else { throw .data("row \(row + 1): the contribution is \(value)") }
            if let range, !range.contains(value) {
                throw .data("row \(row + 1): the contribution \(value) is outside \(range)")
            }
        }
        self.values = values
        self.unit = unit
        self.range = range
        guard !unit.isEmpty else {
            unitSums = values
            unitSizes = [Int](repeating: 1, count: values.count)
            return
        }
        var place: [Int32: Int] = [:]
        var sums: [Double] = []
        var sizes: [Int] = []
        for (code, value) in zip(unit, values) {
            if let at = place[code] {
                sums[at] += value
                sizes[at] += 1
            } else {
                place[code] = sums.count
                sums.append(value)
                sizes.append(1)
            }
        }
        unitSums = sums
        unitSizes = sizes
    }

    /// The contributions to an estimated value.
    ///
    /// - Throws: `BanditError.data` as `init(_:unit:range:)`.
    public init(_ estimate: ValueEstimate, _ sample: OffPolicySample) throws(BanditError) {
        try self.init(estimate.contributions, unit: sample.unit)
    }

    /// The contributions to the difference between the estimated value and what the logging policy earned, row by row.
    ///
    /// - Throws: `BanditError.data` where the estimate is not of this sample.
    public static func difference(
        _ estimate: ValueEstimate, _ sample: OffPolicySample
    ) throws(BanditError) -> Contributions {
        guard estimate.contributions.count == sample.count else {
            throw .data("\(estimate.contributions.count) contributions for \(sample.count) decisions")
        }
        return try Contributions(
            zip(estimate.contributions, sample.reward).map { $0 - $1 }, unit: sample.unit)
    }

    /// The number of rows n.
    public var count: Int { values.count }

    /// The number of independent units G.
    public var units: Int { unitSums.count }

    /// The estimate μ̂.
    public var mean: Double { Statistics.mean(values) }

    /// The independent deviations eᵤ, which add up to zero.
    public var deviations: [Double] {
        let mean = mean
        let scale = Double(units) / Double(count)
        return zip(unitSums, unitSizes).map { ($0 - Double($1) * mean) * scale }
    }

    /// √(Σ eᵤ² / (G (G − 1))); infinite for a single unit.
    public var standardError: Double {
        guard units > 1 else { return .infinity }
        let squares = deviations.reduce(0) { $0 + $1 * $1 }
        return (squares / Double(units) / Double(units - 1)).squareRoot()
    }

    /// The range, for methods that cannot do without.
    func needRange(_ method: String) throws(BanditError) -> ClosedRange<Double> {
        guard let range else {
            throw .data(
                "the interval \(method) needs the range that contributions lie in, such as 0...largest weight"
            )
        }
        return range
    }

    /// Refuses several rows of one unit, for methods whose promise needs every row to stand alone.
    func needSingleRows(_ method: String) throws(BanditError) {
        guard units == count else {
            throw .data(
                "the interval \(method) holds for rows that stand alone, but \(count) rows belong to "
                    + "\(units) units; use student, skew, bootstrap or hoeffding")
        }
    }
}
