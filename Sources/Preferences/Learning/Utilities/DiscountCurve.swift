import Foundation
import Kernels

/// How an agent values what comes later: at a constant rate, or with less and less impatience.
///
/// Source: Mazeika et al., "Utility Engineering" (2025). Utilities have no zero, so that later amounts are
/// measured in amounts at once: with μ(x, now) = a log x + b, an amount x after a delay t is worth x* =
/// exp((μ(x, t) − b) / a) now, and
///
///     D(t) = x* / x,   exponential D = g^t,   hyperbolic D = 1 / (1 + k t)
///
/// each fitted by least squares of D.
///
/// Not for outcomes of which more is not clearly valued more.
///
/// - Complexity: O(utilities) for each of some hundred rates.
///
/// ```swift
/// let curve = try DiscountCurve([
///     (amount: 10, delay: 0, utility: 0.1), (amount: 100, delay: 0, utility: 1.2), (amount: 100, delay: 12, utility: 0.4),
/// ])
/// print(curve.isHyperbolic, curve.hyperbolicRate)
/// ```
public struct DiscountCurve: Sendable, Hashable {
    /// D(t), one for each utility with a delay, in their order.
    public let factors: [Double]
    /// g.
    public let exponentialRate: Double
    /// The mean squared error of g^t.
    public let exponentialError: Double
    /// k.
    public let hyperbolicRate: Double
    /// The mean squared error of 1 / (1 + k t).
    public let hyperbolicError: Double

    /// Which fits better.
    public var isHyperbolic: Bool { hyperbolicError < exponentialError }

    /// Fits both.
    ///
    /// - Parameter points: An amount, after how long it comes, and the utility of both together.
    /// - Throws: `LearningError.data` without two different amounts at once or without a delay, and where
    ///   more is not valued more.
    public init(_ points: [(amount: Double, delay: Double, utility: Double)]) throws {
        guard points.allSatisfy({ $0.amount > 0 && $0.delay >= 0 && $0.utility.isFinite }) else {
            throw LearningError.data("amounts are positive, delays not negative, utilities finite")
        }
        let (now, later) = (points.filter { $0.delay == 0 }, points.filter { $0.delay > 0 })
        guard Set(now.map(\.amount)).count >= 2, !later.isEmpty else {
            throw LearningError.data("discounting needs two different amounts at once and one later")
        }
        let x = now.map { log($0.amount) }
        let (mx, my) = (Statistics.mean(x), Statistics.mean(now.map(\.utility)))
        let products = zip(x, now).reduce(0) { $0 + ($1.0 - mx) * ($1.1.utility - my) }
        let a = products / x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
        guard a > 0 else { throw LearningError.data("more at once is not valued more (slope \(a))") }
        let d = later.map { exp(mx + ($0.utility - my) / a) / $0.amount }
        let times = later.map(\.delay)
        func error(_ curve: (Double) -> Double) -> Double {
            zip(times, d).reduce(0) { $0 + ($1.1 - curve($1.0)) * ($1.1 - curve($1.0)) } / Double(d.count)
        }
        // Both rates over many magnitudes: a grid of their logarithms, then Brent's method around its best
        // point.
        let longest = times.max() ?? 1
        func best(_ curve: @escaping (_ rate: Double, _ time: Double) -> Double) -> (
            rate: Double, error: Double
        ) {
            let ends = (log(1e-6 / longest), log(1e4 / (times.min() ?? 1)))
            let step = (ends.1 - ends.0) / 200
            func value(_ logRate: Double) -> Double { error { curve(exp(logRate), $0) } }
            let start = (0...200).map { ends.0 + Double($0) * step }.min { value($0) < value($1) } ?? ends.0
            let found = Minimize.brent(lower: start - step, upper: start + step, tolerance: 1e-10, value)
            return (exp(found.x), found.value)
        }
        let exponential = best { exp(-$0 * $1) }
        let hyperbolic = best { 1 / (1 + $0 * $1) }
        factors = d
        exponentialRate = exp(-exponential.rate)
        exponentialError = exponential.error
        hyperbolicRate = hyperbolic.rate
        hyperbolicError = hyperbolic.error
    }
}
