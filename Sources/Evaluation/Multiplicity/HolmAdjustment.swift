/// Corrects p-values of several tests so that a false alarm anywhere stays rare.
///
/// Source: Holm, "A simple sequentially rejective multiple test procedure" (1979). With p₍₁₎ ≤ … ≤ p₍ₘ₎ the
/// adjusted values are p̃₍ᵢ₎ = maxⱼ≤ᵢ min(1, (m − j + 1) p₍ⱼ₎). Rejecting p̃ ≤ α errs anywhere with
/// probability at most α, whatever the dependence between the tests.
///
/// - Complexity: O(m · log m).
///
/// ```swift
/// print(try HolmAdjustment().adjust([0.01, 0.04, 0.03]))   // [0.03, 0.06, 0.06]
/// ```
public struct HolmAdjustment: Sendable, Hashable {
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
        var largest = 0.0
        for (place, row) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
            largest = max(largest, min(1, Double(pValues.count - place) * pValues[row]))
            result[row] = largest
        }
        return result
    }
}
