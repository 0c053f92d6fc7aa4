import Foundation
import Kernels

/// Tests whether stated probabilities could be the true ones.
///
/// Source: Spiegelhalter, "Probabilistic prediction in patient management and clinical trials" (1986). z = Σ
/// wᵢ (yᵢ − pᵢ)(1 − 2pᵢ) / √Σ wᵢ² (1 − 2pᵢ)² pᵢ(1 − pᵢ) is about standard normal when they are and rows are
/// independent; z is dimensionless, and positive for forecasts that are too extreme.
///
/// - Complexity: O(rows).
///
/// ```swift
/// let test = try SpiegelhalterTest().test([0.9, 0.2, 0.7], [true, false, true])
/// print(test.z as Any, test.pValue as Any)
/// ```
public struct SpiegelhalterTest: Sendable, Hashable {
    /// The outcome of the test.
    public struct Result: Sendable, Hashable, Codable {
        /// The statistic, or `nil` where every forecast is 0, 1/2 or 1 and the test has nothing to go by.
        public var z: Double?
        /// The two-sided p-value.
        public var pValue: Double?
    }

    /// Creates the test.
    public init() {}

    /// Tests forecasts of an event.
    ///
    /// - Throws: `EvaluationError` for bad numbers, weights, or lists that do not match.
    public func test(
        _ forecasts: [Double], _ happened: [Bool], weights: [Double]? = nil
    ) throws(EvaluationError) -> Result {
        try Forecasts(event: forecasts).check(happened.map { $0 ? 1 : 0 }, weights)
        var sum = 0.0
        var variance = 0.0
        for (row, p) in forecasts.enumerated() {
            let weight = (weights?[row] ?? 1) * (1 - 2 * p)
            sum += weight * ((happened[row] ? 1 : 0) - p)
            variance += weight * weight * p * (1 - p)
        }
        guard variance > 0 else { return Result() }
        let z = sum / variance.squareRoot()
        return Result(z: z, pValue: 2 * Special.normalCDF(-abs(z)))
    }
}
