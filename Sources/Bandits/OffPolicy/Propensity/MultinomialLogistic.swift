import Foundation
import Kernels

/// Logistic regression over several classes with an L2 penalty on everything but the intercepts.
///
/// Minimises −(1/n) Σ ln p(aᵢ|xᵢ) + (λ/2) ‖W‖² with p(a|x) ∝ exp(b_a + w_a · x) by L-BFGS, over columns that are
/// numbered densely and scaled to a root mean square of one.
///
/// - Complexity: O(iterations · nonzeros · K).
struct MultinomialLogistic {
    /// Sparse rows with columns numbered densely and scaled.
    struct Features: Sendable {
        var rows: SparseRows
        var columns: Int

        init(_ features: SparseRows) {
            let used = Set(features.columns).sorted()
            var place: [Int32: Int32] = [:]
            for (index, column) in used.enumerated() { place[column] = Int32(index) }
            var squares = [Double](repeating: 0, count: used.count)
            for (column, value) in zip(features.columns, features.values) {
                squares[Int(place[column]!)] += value * value
            }
            let scale = squares.map { $0 > 0 ? (Double(features.count) / $0).squareRoot() : 0 }
            rows = SparseRows()
            rows.reserve(rows: features.count, values: features.values.count)
            for row in 0..<features.count {
                for k in features.range(row) {
                    let column = place[features.columns[k]]!
                    rows.append(column: column, value: features.values[k] * scale[Int(column)])
                }
                rows.endRow()
            }
            columns = used.count
        }
    }

    /// The number of classes K.
    var classes: Int
    /// The penalty λ.
    var lambda: Double

    /// The weights, class by class with the intercept first; K × (columns + 1).
    func fit(
        _ features: Features, _ labels: [Int32], rows: [Int], from start: [Double]?
    ) -> (weights: [Double], converged: Bool) {
        let width = features.columns + 1
        var initial = start ?? [Double](repeating: 0, count: classes * width)
        if start == nil {
            var counts = [Double](repeating: 0.5, count: classes)
            for row in rows { counts[Int(labels[row])] += 1 }
            for k in 0..<classes {
                initial[k * width] = log(counts[k] / (Double(rows.count) + 0.5 * Double(classes)))
            }
        }
        let n = Double(rows.count)
        var scores = [Double](repeating: 0, count: classes)
        let search = LBFGS(maxIterations: 300, gradientTolerance: 1e-5, valueTolerance: 1e-9)
        let result = search.minimize(from: initial) { weights, gradient in
            for i in gradient.indices { gradient[i] = 0 }
            var loss = 0.0
            for row in rows {
                score(weights, features, row, &scores)
                let total = Special.logSumExp(scores)
                let label = Int(labels[row])
                loss += total - scores[label]
                let range = features.rows.range(row)
                for k in 0..<classes {
                    let pull = exp(scores[k] - total) - (k == label ? 1 : 0)
                    let base = k * width
                    gradient[base] += pull
                    for j in range {
                        gradient[base + 1 + Int(features.rows.columns[j])] += pull * features.rows.values[j]
                    }
                }
            }
            var penalty = 0.0
            for k in 0..<classes {
                gradient[k * width] /= n
                for i in k * width + 1..<(k + 1) * width {
                    gradient[i] = gradient[i] / n + lambda * weights[i]
                    penalty += weights[i] * weights[i]
                }
            }
            return loss / n + lambda / 2 * penalty
        }
        return (result.x, result.converged)
    }

    /// Writes ln p(a|x) of a row into `out`.
    func logProbabilities(_ weights: [Double], _ features: Features, _ row: Int, _ out: inout [Double]) {
        score(weights, features, row, &out)
        let total = Special.logSumExp(out)
        for k in 0..<classes { out[k] -= total }
    }

    @inline(__always)
    private func score(_ weights: [Double], _ features: Features, _ row: Int, _ out: inout [Double]) {
        let width = features.columns + 1
        let range = features.rows.range(row)
        for k in 0..<classes {
            let base = k * width
            var sum = weights[base]
            for j in range {
                sum += weights[base + 1 + Int(features.rows.columns[j])] * features.rows.values[j]
            }
            out[k] = sum
        }
    }
}
