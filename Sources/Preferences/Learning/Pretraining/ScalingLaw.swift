import Foundation
import Kernels

/// How a loss falls with the amount of data or with the size of a model, and where it will not go below.
///
/// Source: Kaplan et al., "Scaling Laws for Neural Language Models" (2020), as used by Wang et al., "WorldPM: Scaling Human
/// Preference Modeling" (2025).
///
///     L(D) = L∞ + (D₀/D)^α
///
/// For each limit L∞ the line log(L − L∞) = α (log D₀ − log D) is fitted by least squares; the limit is the one whose curve
/// is nearest to the losses themselves. L∞ is at least 0 and below every loss.
///
/// What the data cannot say: with losses over less than some ten-fold range of D many limits fit alike; `limitRange` holds those
/// whose squared error is at most twice the best. A law says nothing of what lies far beyond its data; see
/// `extrapolationError`.
///
/// ```swift
/// let law = try ScalingLaw(sizes: [1e3, 1e4, 1e5], losses: [0.65, 0.58, 0.55])
/// print(law.limit, law.exponent, law.loss(at: 1e6))
/// ```
public struct ScalingLaw: Sendable, Hashable, Codable {
    /// L∞.
    public let limit: Double
    /// D₀, where the loss is 1 above the limit.
    public let scale: Double
    /// α.
    public let exponent: Double
    /// The share of the losses' variance that the law explains.
    public let determination: Double
    /// The limits that fit nearly as well.
    public let limitRange: ClosedRange<Double>
    /// The root mean square error at the largest fifth of the sizes of a law fitted to the others; nil with fewer than five.
    public let extrapolationError: Double?

    /// Fits a law.
    ///
    /// - Throws: `LearningError.data` where there are fewer than three sizes, or losses that do not fall.
    public init(sizes: [Double], losses: [Double]) throws {
        guard sizes.count == losses.count, Set(sizes).count >= 3 else {
            throw LearningError.data("a scaling law needs losses at three different sizes at least")
        }
        guard sizes.allSatisfy({ $0 > 0 && $0.isFinite }), losses.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw LearningError.data("sizes and losses of a scaling law are above 0")
        }
        let order = sizes.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
        let (x, y) = (order.map { log(sizes[$0]) }, order.map { losses[$0] })
        guard let fit = Self.profile(x, y) else {
            throw LearningError.data("the losses do not fall with size: there is no law to fit")
        }
        limit = fit.limit
        exponent = fit.exponent
        scale = exp(fit.logScale)
        let mean = Statistics.mean(y)
        let total = y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        determination = total > 0 ? 1 - fit.error / total : .nan
        limitRange = fit.range
        let held = max(1, Int((0.2 * Double(x.count)).rounded()))
        let kept = x.count - held
        extrapolationError =
            x.count >= 5
            ? Self.profile(Array(x.prefix(kept)), Array(y.prefix(kept))).map { law in
                let errors = (kept..<x.count).map {
                    law.limit + exp(law.exponent * (law.logScale - x[$0])) - y[$0]
                }
                return (errors.reduce(0) { $0 + $1 * $1 } / Double(held)).squareRoot()
            } : nil
    }

    /// L at a size.
    public func loss(at size: Double) -> Double { limit + pow(scale / size, exponent) }

    private struct Profile {
        var limit: Double
        var exponent: Double
        var logScale: Double
        var error: Double
        var range: ClosedRange<Double>
    }

    /// The best line for a limit, and the squared error of its curve.
    private static func line(_ x: [Double], _ y: [Double], limit: Double) -> Profile? {
        let z = y.map { log($0 - limit) }
        let (mx, mz) = (Statistics.mean(x), Statistics.mean(z))
        let sxx = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
        let sxz = zip(x, z).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - mz) }
        let slope = sxz / sxx
        guard slope < 0, slope.isFinite else { return nil }
        let error = zip(x, y).reduce(0) { sum, point in
            let gap = limit + exp(mz + slope * (point.0 - mx)) - point.1
            return sum + gap * gap
        }
        return Profile(
            limit: limit, exponent: -slope, logScale: mx - mz / slope, error: error, range: limit...limit)
    }

    private static func profile(_ x: [Double], _ y: [Double]) -> Profile? {
        let lowest = y.min()!
        // The grid is fine near the lowest loss, where limits differ most in what they mean.
        let grid = (0..<400).map { lowest * (1 - pow(10, -6 * Double($0) / 399)) }
        let errors = grid.map { line(x, y, limit: $0)?.error ?? .infinity }
        guard let best = errors.indices.min(by: { errors[$0] < errors[$1] }), errors[best].isFinite else {
            return nil
        }
        let (lower, upper) = (grid[max(0, best - 1)], grid[min(grid.count - 1, best + 1)])
        let point = Minimize.brent(lower: lower, upper: upper, tolerance: 1e-12) {
            line(x, y, limit: $0)?.error ?? .infinity
        }
        let limit = point.value <= errors[best] ? point.x : grid[best]
        guard var fit = line(x, y, limit: limit) else { return nil }
        let near = grid.indices.filter { errors[$0] <= 2 * fit.error }.map { grid[$0] } + [limit]
        fit.range = near.min()!...near.max()!
        return fit
    }
}
