import Foundation
import Kernels

/// How people are spread over the mixtures of K prototypes: probabilities on a grid over the simplex, learnt from what judges
/// answered, and what a person's own answers make of them.
///
/// The probabilities maximise the likelihood of all answers (Kiefer and Wolfowitz, "Consistency of the maximum likelihood
/// estimator in the presence of infinitely many incidental parameters" (1956), by expectation and maximisation), with one
/// judge's worth of evenness, so that a newcomer may be unlike all who came before.
struct SimplexPrior: Sendable, Hashable {
    /// The mixtures, (points, K); each row adds up to 1.
    let points: Matrix
    /// The probability of each.
    private(set) var probabilities: [Double]

    /// Even over the grid.
    init(prototypes k: Int) {
        points = Self.grid(k)
        probabilities = [Double](repeating: 1 / Double(points.rows), count: points.rows)
    }

    /// All mixtures of K parts in steps of 1/steps, the finer the fewer parts there are.
    private static func grid(_ k: Int) -> Matrix {
        let steps = [1, 20, 12, 8, 6, 4, 4, 3][k - 1]
        var rows: [Double] = []
        func extend(_ head: [Int], _ left: Int) {
            if head.count == k - 1 {
                rows += (head + [left]).map { Double($0) / Double(steps) }
            } else {
                for part in 0...left { extend(head + [part], left - part) }
            }
        }
        extend([], k == 1 ? 1 : steps)
        return Matrix(rows: rows.count / k, columns: k, values: rows)
    }

    /// Σᵢ cᵢ log P(yᵢ) for each mixture.
    ///
    /// - Parameter gaps: the differences of prototypes' scores, (comparisons, K).
    func logLikelihoods(_ gaps: Matrix, of data: ComparisonSet, at places: [Int]) -> [Double] {
        let k = points.columns
        return (0..<points.rows).map { point in
            var sum = 0.0
            for place in places {
                var d = 0.0
                for column in 0..<k {
                    d += points.values[point * k + column] * gaps.values[place * k + column]
                }
                sum -= data.weights[place] * LogisticLoss().value(d, label: data.labels[place])
            }
            return sum
        }
    }

    /// The probabilities before any answer, as `posterior` gives them.
    var before: [Double] { posterior([Double](repeating: 0, count: points.rows)) }

    /// The probabilities after seeing answers with these log likelihoods.
    func posterior(_ logLikelihoods: [Double]) -> [Double] {
        let logs = zip(logLikelihoods, probabilities).map { $0 + log($1) }
        let total = Special.logSumExp(logs)
        return logs.map { exp($0 - total) }
    }

    /// Learns the probabilities of what each judge's answers say.
    mutating func learn(_ judges: [[Double]], rounds: Int = 60) {
        guard points.rows > 1, !judges.isEmpty else { return }
        let even = 1 / Double(points.rows)
        for _ in 0..<rounds {
            var sums = [Double](repeating: even, count: points.rows)
            for judge in judges {
                for (place, share) in posterior(judge).enumerated() { sums[place] += share }
            }
            probabilities = sums.map { $0 / Double(judges.count + 1) }
        }
    }

    /// Where somebody stands.
    func position(_ probabilities: [Double]) -> PersonPosition {
        let k = points.columns
        var mean = [Double](repeating: 0, count: k)
        var covariance = [Double](repeating: 0, count: k * k)
        for (point, share) in probabilities.enumerated() {
            for column in 0..<k { mean[column] += share * points.values[point * k + column] }
        }
        for (point, share) in probabilities.enumerated() {
            for a in 0..<k {
                for b in 0..<k {
                    covariance[a * k + b] +=
                        share * (points.values[point * k + a] - mean[a])
                        * (points.values[point * k + b] - mean[b])
                }
            }
        }
        return PersonPosition(weights: mean, covariance: Matrix(rows: k, columns: k, values: covariance))
    }

    init(_ state: ModelState) throws {
        probabilities = try state.vector("population")
        let k = try state.numbers("positions", rank: 2).shape[1]
        guard (1...8).contains(k) else {
            throw LearningError.data("the model has \(k) prototypes; it is damaged")
        }
        points = Self.grid(k)
        guard probabilities.count == points.rows, probabilities.allSatisfy({ $0 >= 0 }),
            probabilities.contains(where: { $0 > 0 })
        else {
            throw LearningError.data("the model's population does not fit its \(k) prototypes")
        }
    }
}

/// Where a person or a group stands among prototypes.
public struct PersonPosition: Sendable, Hashable {
    /// The expected weight on each prototype; they add up to 1.
    public let weights: [Double]
    /// The covariance of the weights: what is not known about them and, for a group, how its judges differ.
    public let covariance: Matrix

    /// The standard error of each weight.
    public var deviations: [Double] { weights.indices.map { max(0, covariance[$0, $0]).squareRoot() } }

    /// −Σ w log w: 0 for a person of one kind, log K for an even mixture.
    public var entropy: Double { -weights.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) } }

    /// The mean over prototypes' scores or gaps, with its uncertainty.
    func prediction(_ row: ArraySlice<Double>) -> Prediction {
        let (start, k) = (row.startIndex, weights.count)
        var (mean, variance) = (0.0, 0.0)
        for a in 0..<k {
            mean += weights[a] * row[start + a]
            for b in 0..<k { variance += row[start + a] * covariance.values[a * k + b] * row[start + b] }
        }
        return Prediction(mean, deviation: max(0, variance).squareRoot())
    }

    /// The position of one drawn from several.
    static func mean(_ all: [PersonPosition]) -> PersonPosition {
        let (k, n) = (all[0].weights.count, Double(all.count))
        let weights = (0..<k).map { column in all.reduce(0) { $0 + $1.weights[column] } / n }
        return PersonPosition(
            weights: weights,
            covariance: Matrix(rows: k, columns: k) { a, b in
                all.reduce(0) {
                    $0 + ($1.covariance[a, b] + ($1.weights[a] - weights[a]) * ($1.weights[b] - weights[b]))
                        / n
                }
            })
    }
}
