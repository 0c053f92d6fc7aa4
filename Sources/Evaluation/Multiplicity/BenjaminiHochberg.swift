/// Corrects p-values of several tests so that few of the alarms are false.
///
/// Source: Benjamini and Hochberg, "Controlling the false discovery rate" (1995). With p₍₁₎ ≤ … ≤ p₍ₘ₎ the
/// adjusted values are p̃₍ᵢ₎ = minⱼ≥ᵢ min(1, m p₍ⱼ₎ / j). Among those with p̃ ≤ q at most the share q is
/// expected to be false, where the tests are independent or positively dependent.
///
/// - Complexity: O(m · log m).
///
/// ```swift
/// print(try BenjaminiHochberg().adjust([0.01, 0.04, 0.03]))   // [0.03, 0.04, 0.04]
/// ```
public struct BenjaminiHochberg: Sendable, Hashable {
    /// Creates the adjustment.
    public init() {}

    /// The adjusted p-values, in the order given.
    ///
    /// - Throws: `EvaluationError.probability` for a number outside 0...1.
    public func adjust(_ pValues: [Double]) throws(EvaluationError) -> [Double] {
        for (row, p) in pValues.enumerated() where !(p >= 0 && p <= 1) {
            throw .probability(row: row, value: p)
        }
        var result = pValues
        var smallest = 1.0
        let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
        for (place, row) in order.enumerated().reversed() {
            smallest = min(smallest, Double(pValues.count) / Double(place + 1) * pValues[row])
            result[row] = smallest
        }
        return result
    }
}
