import Foundation
import Kernels

/// A logistic regression on one number, with or without an intercept.
struct LogisticLine: Sendable {
    /// The number that explains.
    var x: [Double]
    /// Whether the event happened.
    var y: [Bool]
    /// How much each row counts.
    var weights: [Double]
    /// Whether there is an intercept.
    var hasIntercept = true

    /// A fitted line.
    struct Fit: Sendable {
        var intercept = 0.0
        var slope = 0.0
        var steps = 0
        var converged = false
    }

    /// The covariance of a fitted line.
    struct Covariance: Sendable {
        var intercept: Double
        var cross: Double
        var slope: Double
        var clusters: Int
    }

    /// Whether the explaining number varies (or, without an intercept, is ever different from 0).
    var hasSpread: Bool {
        guard let first = x.first else { return false }
        return hasIntercept ? x.contains { $0 != first } : x.contains { $0 != 0 }
    }

    /// Whether some cut-off tells all events from all others, so that no finite slope is best.
    var isSeparated: Bool {
        var low = (yes: Double.infinity, no: Double.infinity)
        var high = (yes: -Double.infinity, no: -Double.infinity)
        for (value, event) in zip(x, y) where hasIntercept || value != 0 {
            let value = hasIntercept || event ? value : -value
            if event || !hasIntercept {
                low.yes = min(low.yes, value)
                high.yes = max(high.yes, value)
            } else {
                low.no = min(low.no, value)
                high.no = max(high.no, value)
            }
        }
        if !hasIntercept { return low.yes >= 0 || high.yes <= 0 }
        return low.yes >= high.no || low.no >= high.yes
    }

    /// Newton's method with step halving, on a standardised number.
    func fit() -> Fit {
        var fit = Fit()
        var value = likelihood(fit)
        let total = weights.reduce(0, +)
        while fit.steps < 100 {
            let (gradient, hessian) = derivatives(fit)
            let scale = (weightedSquare() / total).squareRoot()
            if abs(gradient.intercept) <= 1e-10 * total
                && abs(gradient.slope) <= 1e-10 * total * max(scale, 1e-300)
            {
                fit.converged = true
                return fit
            }
            let determinant = hessian.intercept * hessian.slope - hessian.cross * hessian.cross
            guard determinant > 0, determinant.isFinite else { return fit }
            let stepA = (hessian.slope * gradient.intercept - hessian.cross * gradient.slope) / determinant
            let stepB =
                (hessian.intercept * gradient.slope - hessian.cross * gradient.intercept) / determinant
            var length = 1.0
            var next = fit
            repeat {
                next.intercept = fit.intercept + length * stepA
                next.slope = fit.slope + length * stepB
                length /= 2
            } while !(likelihood(next) >= value - 1e-12 * abs(value)) && length > 1e-12
            next.steps += 1
            value = likelihood(next)
            fit = next
        }
        return fit
    }

    /// The sandwich covariance over clusters, or `nil` for fewer than two of them.
    func sandwich(_ fit: Fit, clusters: [Int]) -> Covariance? {
        var sums: [Int: (Double, Double)] = [:]
        for row in x.indices {
            let residual = weights[row] * ((y[row] ? 1 : 0) - probability(fit, row))
            let old = sums[clusters[row]] ?? (0, 0)
            sums[clusters[row]] = (old.0 + (hasIntercept ? residual : 0), old.1 + residual * x[row])
        }
        guard sums.count > 1 else { return nil }
        var meat = (aa: 0.0, ab: 0.0, bb: 0.0)
        for (_, sum) in sums.sorted(by: { $0.key < $1.key }) {
            meat.aa += sum.0 * sum.0
            meat.ab += sum.0 * sum.1
            meat.bb += sum.1 * sum.1
        }
        let (_, h) = derivatives(fit)
        let determinant = h.intercept * h.slope - h.cross * h.cross
        guard determinant > 0 else { return nil }
        let (a, b, c) = (h.slope / determinant, -h.cross / determinant, h.intercept / determinant)
        let factor = Double(sums.count) / Double(sums.count - 1)
        return Covariance(
            intercept: factor * (a * a * meat.aa + 2 * a * b * meat.ab + b * b * meat.bb),
            cross: factor * (a * b * meat.aa + (a * c + b * b) * meat.ab + b * c * meat.bb),
            slope: factor * (b * b * meat.aa + 2 * b * c * meat.ab + c * c * meat.bb), clusters: sums.count)
    }

    private func probability(_ fit: Fit, _ row: Int) -> Double {
        Special.logistic(fit.intercept + fit.slope * x[row])
    }

    private func weightedSquare() -> Double {
        var sum = 0.0
        for (value, weight) in zip(x, weights) { sum += weight * value * value }
        return sum
    }

    private func likelihood(_ fit: Fit) -> Double {
        var sum = 0.0
        for row in x.indices {
            let score = fit.intercept + fit.slope * x[row]
            sum += weights[row] * Special.logLogistic(y[row] ? score : -score)
        }
        return sum
    }

    private func derivatives(
        _ fit: Fit
    ) -> (
        gradient: (intercept: Double, slope: Double),
        hessian: (intercept: Double, cross: Double, slope: Double)
    ) {
        var gradient = (intercept: 0.0, slope: 0.0)
        var hessian = (intercept: 0.0, cross: 0.0, slope: 0.0)
        for row in x.indices {
            let p = probability(fit, row)
            let residual = weights[row] * ((y[row] ? 1 : 0) - p)
            let curve = weights[row] * p * (1 - p)
            gradient.slope += residual * x[row]
            hessian.slope += curve * x[row] * x[row]
            guard hasIntercept else { continue }
            gradient.intercept += residual
            hessian.intercept += curve
            hessian.cross += curve * x[row]
        }
        if !hasIntercept { hessian.intercept = 1 }
        return (gradient, hessian)
    }
}
