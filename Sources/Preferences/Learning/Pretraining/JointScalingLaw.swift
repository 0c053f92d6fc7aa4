import Foundation
import Kernels

/// How a loss falls with the size of a model and the amount of data together.
///
/// Source: Hoffmann et al., "Training Compute-Optimal Large Language Models" (2022).
///
///     L(N, D) = L∞ + (N₀/N)^a + (D₀/D)^b
///
/// For each pair of exponents the three factors are found by least squares with none below 0; the exponents are searched on a
/// grid that is made finer five times.
///
/// What the data cannot say: with one N or one D the two terms cannot be told from the limit.
///
/// ```swift
/// let law = try JointScalingLaw(models: n, data: d, losses: losses)
/// print(law.limit, law.modelExponent, law.dataExponent)
/// ```
public struct JointScalingLaw: Sendable, Hashable, Codable {
    /// L∞.
    public let limit: Double
    /// N₀; 0 where the size of the model makes no difference.
    public let modelScale: Double
    /// a.
    public let modelExponent: Double
    /// D₀; 0 where the amount of data makes no difference.
    public let dataScale: Double
    /// b.
    public let dataExponent: Double
    /// The share of the losses' variance that the law explains.
    public let determination: Double

    /// Fits a law.
    ///
    /// - Throws: `LearningError.data` where there are fewer than six points, three sizes or three amounts.
    public init(models: [Double], data: [Double], losses: [Double]) throws {
        guard models.count == losses.count, data.count == losses.count, losses.count >= 6,
            Set(models).count >= 3,
            Set(data).count >= 3
        else {
            throw LearningError.data(
                "a joint scaling law needs losses at six points at least, of three sizes and three amounts")
        }
        guard (models + data + losses).allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw LearningError.data("sizes, amounts and losses of a scaling law are above 0")
        }
        // Relative to the geometric mean, so that powers stay near 1.
        let (n, d) = (models.map { log($0) }, data.map { log($0) })
        let (cn, cd) = (Statistics.mean(n), Statistics.mean(d))
        func fit(_ a: Double, _ b: Double) -> (factors: [Double], error: Double) {
            Self.nonnegative(
                [
                    losses.map { _ in 1 }, n.map { exp(a * (cn - $0)) }, d.map { exp(b * (cd - $0)) },
                ], losses)
        }
        var best = (a: 0.5, b: 0.5, error: Double.infinity)
        // From 0.01 to 3 on a logarithmic scale first, then around the best.
        let whole: Double = log(300.0) / 2
        var (la, lb, reach) = (log(0.01) + whole, log(0.01) + whole, whole)
        for round in 0..<6 {
            let steps = 20
            for i in 0...steps {
                for j in 0...steps {
                    let (u, v) = (Double(i) / Double(steps), Double(j) / Double(steps))
                    let (a, b) = (exp(la + reach * (2 * u - 1)), exp(lb + reach * (2 * v - 1)))
                    let error = fit(a, b).error
                    if error < best.error { best = (a, b, error) }
                }
            }
            (la, lb) = (log(best.a), log(best.b))
            reach = 2 * whole / Double(steps) * pow(0.2, Double(round))
        }
        let factors = fit(best.a, best.b).factors
        limit = factors[0]
        modelExponent = best.a
        dataExponent = best.b
        modelScale = factors[1] > 0 ? exp(cn + log(factors[1]) / best.a) : 0
        dataScale = factors[2] > 0 ? exp(cd + log(factors[2]) / best.b) : 0
        let mean = Statistics.mean(losses)
        let total = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        determination = total > 0 ? 1 - best.error / total : .nan
    }

    /// L at a size and an amount.
    public func loss(model: Double, data: Double) -> Double {
        limit + pow(modelScale / model, modelExponent) + pow(dataScale / data, dataExponent)
    }

    /// Least squares with factors that are not negative, over all sets of three columns.
    private static func nonnegative(_ columns: [[Double]], _ y: [Double]) -> (
        factors: [Double], error: Double
    ) {
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let square = dot(y, y)
        var best = ([0.0, 0, 0], square)
        for set in 1..<8 {
            let members = (0..<3).filter { set >> $0 & 1 == 1 }
            let matrix = Matrix(rows: members.count, columns: members.count) {
                dot(columns[members[$0]], columns[members[$1]])
            }
            guard let factor = Cholesky(matrix) else { continue }
            let part = factor.solve(members.map { dot(columns[$0], y) })
            guard part.allSatisfy({ $0 >= 0 }) else { continue }
            let errors = y.indices.map { place in
                zip(members, part).reduce(-y[place]) { $0 + $1.1 * columns[$1.0][place] }
            }
            let error = dot(errors, errors)
            guard error < best.1 else { continue }
            var factors = [0.0, 0, 0]
            for (member, share) in zip(members, part) { factors[member] = share }
            best = (factors, error)
        }
        return (best.0, best.1)
    }
}
