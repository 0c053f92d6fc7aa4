import Foundation

/// A mean score over forecasts; lower is better.
public struct Score: Sendable, Hashable {
    /// The weighted mean; infinite where a log loss met an outcome that was given probability 0.
    public var mean: Double
    /// The score of each row, in order.
    public var rows: [Double]
    /// The standard error of the mean where rows are independent, or `nil` for one row or an infinite mean.
    public var standardError: Double?
    /// How many outcomes came true that had been given probability 0.
    public var impossible: Int

    /// The mean as a plain sentence.
    public var sentence: String {
        guard mean.isFinite else {
            return "The score is infinite: \(impossible) outcome(s) came true that were given probability 0."
        }
        let error = standardError.map { String(format: " (standard error %.4f)", $0) } ?? ""
        return String(format: "The mean score of %d forecasts is %.4f", rows.count, mean) + error + "."
    }

    /// Sums up rows that have been scored.
    init(rows: [Double], weights: [Double]?, impossible: Int) {
        self.rows = rows
        self.impossible = impossible
        let weights = weights ?? [Double](repeating: 1, count: rows.count)
        let total = weights.reduce(0, +)
        var sum = 0.0
        for (row, weight) in zip(rows, weights) where weight > 0 { sum += weight * row }
        mean = sum / total
        guard mean.isFinite else { return }
        var squares = 0.0
        var used = 0
        for (row, weight) in zip(rows, weights) where weight > 0 {
            squares += weight * weight * (row - mean) * (row - mean)
            used += 1
        }
        guard used > 1 else { return }
        standardError = (squares * Double(used) / Double(used - 1)).squareRoot() / total
    }
}
