import Foundation
import Kernels

/// Sets predicted shares beside what happened, and tests whether the predictions could be honest.
///
/// Bins of about equal weight as in Nguyen and O'Connor, "Posterior calibration and exploratory analysis"
/// (2015). ECE = Σ_b w_b |p̄_b − ȳ_b|; chance alone makes it √(2/π) Σ_b w_b s_b/√n_b, and the debiased root
/// mean square error is √max(0, Σ_b w_b [(p̄_b − ȳ_b)² − s_b²/n_b]) (Kumar, Liang and Ma, "Verified
/// uncertainty calibration", 2019). The slope β in logit y = β logit p is 1 for honest predictions and below
/// 1 for overconfident ones (Cox, "Two further applications of a model for binary regression", 1958). The
/// test has the scores U_c = Σ_{rows of cluster c} w (y − p)(1, logit p) of independent clusters: with R =
/// (ΣU)ᵀ(ΣUUᵀ)⁻¹(ΣU) over G of them, R/G is Beta(k/2, (G − k)/2), which is Hotelling's T².
///
/// It tests the predictions, not the form of the model: from few data even the right model predicts too
/// boldly.
///
/// - Complexity: O(rows log rows).
struct CalibrationCheck {
    let rows: [HeldOutFold.Row]
    let bins: Int
    let level: Double
    /// Whether a row's cluster is the row itself, so that its weight is how often it was seen.
    let independent: Bool

    /// Fewer clusters than this give no test.
    static let fewestClusters = 8

    /// - Parameter rows: sorted by what was predicted.
    func grouped() -> [GoodnessReport.Bin] {
        let total = rows.reduce(0) { $0 + $1.weight }
        var result: [GoodnessReport.Bin] = []
        var start = 0, done = 0.0, inside = 0.0
        for index in rows.indices {
            inside += rows[index].weight
            let isLast = index == rows.count - 1
            if !isLast && rows[index + 1].predicted == rows[index].predicted { continue }
            let before = (done / total * Double(bins) + 1e-9).rounded(.down)
            if isLast || ((done + inside) / total * Double(bins) + 1e-9).rounded(.down) > before {
                result.append(bin(rows[start...index], weight: inside))
                done += inside
                inside = 0
                start = index + 1
            }
        }
        return result
    }

    private func bin(_ rows: ArraySlice<HeldOutFold.Row>, weight: Double) -> GoodnessReport.Bin {
        var predicted = 0.0, observed = 0.0, squares = 0.0, gaps = 0.0
        for row in rows {
            predicted += row.weight * row.predicted
            observed += row.weight * row.observed
            squares += independent ? row.weight : row.weight * row.weight
            gaps += row.weight * (row.observed - row.predicted) * (row.observed - row.predicted)
        }
        predicted /= weight
        observed /= weight
        let effective = weight * weight / squares
        let z = Special.normalQuantile(0.5 + level / 2)
        let z2 = z * z / effective
        let centre = (observed + z2 / 2) / (1 + z2)
        let half = (max(0, observed * (1 - observed)) * z2 + z2 * z2 / 4).squareRoot() / (1 + z2)
        let gap = observed - predicted
        let variance = max(0, gaps / weight - gap * gap) / max(1, effective - 1)
        return GoodnessReport.Bin(
            lower: rows.first!.predicted, upper: rows.last!.predicted, predicted: predicted,
            observed: observed,
            interval: max(0, min(centre - half, observed))...min(1, max(centre + half, observed)),
            count: rows.count, weight: weight, variance: effective > 1 ? variance : gap * gap)
    }

    /// The p-value of honesty; `nil` for too few clusters.
    func test() -> Double? {
        let sums = clusterSums { row in
            let x = Special.logit(min(row.predicted, 1 - 1e-12))
            let residual = row.observed - row.predicted
            return (residual, residual * x)
        }
        guard sums.count >= Double(Self.fewestClusters) else { return nil }
        let s = sums.square
        var degrees = 2.0
        let determinant = s.aa * s.bb - s.ab * s.ab
        let r: Double
        if determinant > 1e-9 * s.aa * s.bb {
            r = (s.bb * s.a * s.a - 2 * s.ab * s.a * s.b + s.aa * s.b * s.b) / determinant
        } else if s.aa > 0 {
            degrees = 1
            r = s.a * s.a / s.aa
        } else {
            return nil
        }
        let tail = max(0, min(1, 1 - r / sums.count))
        return Special.regularizedBeta(tail, (sums.count - degrees) / 2, degrees / 2)
    }

    /// The slope β with its standard error; `nil` where the predictions do not differ from ½ or β runs away.
    func slope() -> (estimate: Double, error: Double)? {
        var beta = 1.0, information = 0.0
        for _ in 0..<50 {
            var score = 0.0
            information = 0
            for row in rows {
                let x = Special.logit(min(row.predicted, 1 - 1e-12))
                let p = Special.logistic(beta * x)
                score += row.weight * (row.observed - p) * x
                information += row.weight * p * (1 - p) * x * x
            }
            guard information > 1e-9 else { return nil }
            let step = max(-1, min(1, score / information))
            beta += step
            if abs(step) < 1e-10 { break }
            if abs(beta) > 20 { return nil }
        }
        let slope = beta
        let sums = clusterSums { row in
            let x = Special.logit(min(row.predicted, 1 - 1e-12))
            return ((row.observed - Special.logistic(slope * x)) * x, 0)
        }
        guard sums.count > 1 else { return nil }
        return (beta, (sums.square.aa * sums.count / (sums.count - 1)).squareRoot() / information)
    }

    /// The mean gain over the coin with its standard error.
    func gain() -> (estimate: Double, error: Double) {
        let total = rows.reduce(0) { $0 + $1.weight }
        let mean = rows.reduce(0) { $0 + $1.weight * $1.gain } / total
        let sums = clusterSums { ($0.gain - mean, 0) }
        let factor = sums.count > 1 ? sums.count / (sums.count - 1) : 1
        return (mean, (sums.square.aa * factor).squareRoot() / total)
    }

    private struct Square {
        var a = 0.0, b = 0.0, aa = 0.0, ab = 0.0, bb = 0.0

        mutating func add(_ x: Double, _ y: Double, times: Double) {
            a += times * x
            b += times * y
            aa += times * x * x
            ab += times * x * y
            bb += times * y * y
        }
    }

    /// Sums over clusters of a row's weighted terms, and of their squares.
    private func clusterSums(_ terms: (HeldOutFold.Row) -> (Double, Double)) -> (
        count: Double, square: Square
    ) {
        var square = Square()
        if independent {
            var count = 0.0
            for row in rows {
                let (x, y) = terms(row)
                square.add(x, y, times: row.weight)
                count += row.weight
            }
            return (count, square)
        }
        var sums: [Int: SIMD2<Double>] = [:]
        for row in rows {
            let (x, y) = terms(row)
            sums[row.cluster, default: .zero] += row.weight * SIMD2(x, y)
        }
        // The order of the sums decides their last digits.
        for sum in sums.values.sorted(by: { $0.x != $1.x ? $0.x < $1.x : $0.y < $1.y }) {
            square.add(sum.x, sum.y, times: 1)
        }
        return (Double(sums.count), square)
    }
}
