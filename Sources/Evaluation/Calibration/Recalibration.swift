import Foundation
import Kernels

/// Fits the line that would make forecasts honest: log-odds of the event = intercept + slope · log-odds
/// stated.
///
/// Source: Cox, "Two further applications of a model for binary regression" (1958). Honest forecasts have
/// intercept 0 and slope 1; a slope below 1 means that they are too extreme. Fitted by Newton's method with
/// step halving. The covariance is the sandwich over clusters with the factor G/(G − 1), and Student's t on G
/// − 1 degrees of freedom.
///
/// Forecasts of exactly 0 or 1 have no finite log-odds; they are left out and counted.
///
/// - Complexity: O(rows · steps), about six steps.
///
/// ```swift
/// let line = try Recalibration().fit([0.9, 0.2, 0.7, 0.4], [true, false, false, true])
/// print(line.slope as Any, line.certificate)
/// ```
public struct Recalibration: Sendable, Hashable, Codable {
    /// The fitted line.
    public struct Result: Sendable, Hashable, Codable {
        /// The slope; 1 is honest. `nil` where the fit failed.
        public var slope: Double?
        /// The slope's interval, `nil` for fewer than two clusters.
        public var slopeInterval: Interval?
        /// The intercept, in log-odds; 0 is honest.
        public var intercept: Double?
        /// The intercept's interval.
        public var interceptInterval: Interval?
        /// The p-value of "slope 1 and intercept 0" (Wald), where there are intervals.
        public var pValue: Double?
        /// Forecasts of exactly 0 or 1 that were left out.
        public var excluded: Int
        /// The number of Newton steps.
        public var steps: Int
        /// Whether the fit can be trusted.
        public var certificate: Certificate
    }

    /// Whether a line could be fitted.
    public enum Certificate: String, Sendable, Hashable, Codable {
        /// The gradient vanished at a finite maximum.
        case converged
        /// All forecasts are the same, so that there is no slope.
        case noSpread
        /// All events happened or none did, or a cut-off separates those that did: the best slope is
        /// infinite.
        case separated
        /// Newton's method did not reach the maximum.
        case notConverged
    }

    /// The coverage of the intervals.
    public var level: Double

    /// Creates the fit.
    public init(level: Double = 0.95) { self.level = level }

    /// Fits the line.
    ///
    /// - Parameters:
    ///   - forecasts: The stated probabilities.
    ///   - happened: Whether the event came true.
    ///   - weights: How much each row counts; 1 where `nil`.
    ///   - clusters: The cluster of each row, numbered from 0; each on its own where `nil`.
    /// - Throws: `EvaluationError` for bad numbers, weights, clusters, or lists that do not match.
    public func fit(
        _ forecasts: [Double], _ happened: [Bool], weights: [Double]? = nil, clusters: [Int]? = nil
    ) throws(EvaluationError) -> Result {
        try Forecasts(event: forecasts).check(happened.map { $0 ? 1 : 0 }, weights)
        let groups = try Clusters(clusters, rows: forecasts.count)
        let rows = forecasts.indices.filter { forecasts[$0] > 0 && forecasts[$0] < 1 && weights?[$0] != 0 }
        let line = LogisticLine(
            x: rows.map { Special.logit(forecasts[$0]) }, y: rows.map { happened[$0] },
            weights: rows.map { weights?[$0] ?? 1 })
        var result = Result(
            excluded: forecasts.count { $0 == 0 || $0 == 1 }, steps: 0, certificate: .noSpread)
        guard line.hasSpread else { return result }
        result.certificate = .separated
        guard !line.isSeparated else { return result }
        let fit = line.fit()
        result.steps = fit.steps
        result.certificate = fit.converged ? .converged : .notConverged
        guard fit.converged else { return result }
        result.slope = fit.slope
        result.intercept = fit.intercept
        let codes = rows.map { groups[$0] }
        guard let covariance = line.sandwich(fit, clusters: codes) else { return result }
        let t = Special.studentQuantile((1 + level) / 2, df: Double(covariance.clusters - 1))
        let slopeHalf = t * covariance.slope.squareRoot()
        let interceptHalf = t * covariance.intercept.squareRoot()
        result.slopeInterval = Interval(
            lower: fit.slope - slopeHalf, upper: fit.slope + slopeHalf, level: level)
        result.interceptInterval = Interval(
            lower: fit.intercept - interceptHalf, upper: fit.intercept + interceptHalf, level: level)
        let determinant = covariance.slope * covariance.intercept - covariance.cross * covariance.cross
        if determinant > 0 {
            let (a, b) = (fit.intercept, fit.slope - 1)
            let wald =
                (a * a * covariance.slope - 2 * a * b * covariance.cross + b * b * covariance.intercept)
                / determinant
            result.pValue = Special.chiSquaredUpperTail(wald, df: 2)
        }
        return result
    }
}
