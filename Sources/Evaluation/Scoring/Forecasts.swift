/// Predicted probabilities of classes, one row for each event that came true or not.
///
/// For two classes, class 1 is the event itself and class 0 its absence. For a game, name the classes in
/// their order (loss, tie, win), so that the ranked probability score makes sense.
///
/// ```swift
/// let rain = try Forecasts(event: [0.9, 0.2])
/// let games = try Forecasts(rows: [[0.2, 0.3, 0.5], [0.6, 0.2, 0.2]])
/// ```
public struct Forecasts: Sendable, Hashable {
    /// The number of classes.
    public let classes: Int
    /// The probabilities, row after row.
    public let probabilities: [Double]

    /// The number of rows.
    public var count: Int { probabilities.count / classes }

    /// Creates forecasts of an event that happens or does not.
    ///
    /// - Throws: `EvaluationError.probability` for a number outside 0...1.
    public init(event: [Double]) throws(EvaluationError) {
        for (row, p) in event.enumerated() where !(p >= 0 && p <= 1) {
            throw .probability(row: row, value: p)
        }
        classes = 2
        probabilities = event.flatMap { [1 - $0, $0] }
    }

    /// Creates forecasts over several classes.
    ///
    /// - Throws: `EvaluationError.lengths` where rows differ in length, `.setting` for fewer than two
    ///   classes, `.probability` for a number outside 0...1, `.probabilitySum` where a row misses 1 by more
    ///   than 10⁻⁶.
    public init(rows: [[Double]]) throws(EvaluationError) {
        let classes = rows.first?.count ?? 2
        guard classes > 1 else {
            throw .setting(name: "classes", value: Double(classes), rule: "there are at least two classes")
        }
        for (index, row) in rows.enumerated() {
            guard row.count == classes else { throw .lengths(expected: classes, found: row.count) }
            for p in row where !(p >= 0 && p <= 1) { throw .probability(row: index, value: p) }
            let sum = row.reduce(0, +)
            guard abs(sum - 1) <= 1e-6 else { throw .probabilitySum(row: index, value: sum) }
        }
        self.classes = classes
        probabilities = rows.flatMap { $0 }
    }

    /// The probability of a class in a row.
    public subscript(row: Int, outcome: Int) -> Double { probabilities[row * classes + outcome] }

    /// Checks outcomes and weights against these forecasts.
    func check(_ outcomes: [Int], _ weights: [Double]?) throws(EvaluationError) {
        guard count > 0 else { throw .empty }
        guard outcomes.count == count else { throw .lengths(expected: count, found: outcomes.count) }
        for (row, outcome) in outcomes.enumerated() where !(0..<classes).contains(outcome) {
            throw .outcome(row: row, value: outcome, classes: classes)
        }
        guard let weights else { return }
        guard weights.count == count else { throw .lengths(expected: count, found: weights.count) }
        for (row, weight) in weights.enumerated() where !(weight.isFinite && weight >= 0) {
            throw .weight(row: row, value: weight)
        }
        guard weights.contains(where: { $0 > 0 }) else { throw .weight(row: 0, value: weights[0]) }
    }
}
