/// Why a measure could not be taken of what it was given.
public enum EvaluationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is nothing to measure.
    case empty
    /// Two lists that belong together differ in length.
    case lengths(expected: Int, found: Int)
    /// A probability is not a number between 0 and 1.
    case probability(row: Int, value: Double)
    /// The probabilities of a row do not add up to 1.
    case probabilitySum(row: Int, value: Double)
    /// An outcome is not one of the classes.
    case outcome(row: Int, value: Int, classes: Int)
    /// A weight is negative or not finite, or all weights are 0.
    case weight(row: Int, value: Double)
    /// A value is not finite, or not one that the scale of measurement allows.
    case value(row: Int, value: Double, rule: String)
    /// A cluster's number is outside 0..<clusters.
    case cluster(row: Int, value: Int)
    /// Fewer than two clusters: nothing varies between clusters, so there is no clustered interval.
    case tooFewClusters(Int)
    /// A setting is outside its range.
    case setting(name: String, value: Double, rule: String)

    public var description: String {
        switch self {
        case .empty: "there is nothing to measure"
        case .lengths(let expected, let found):
            "\(expected) values are needed, one for each row, and there are \(found)"
        case .probability(let row, let value): "row \(row): \(value) is not a probability between 0 and 1"
        case .probabilitySum(let row, let value):
            "row \(row): the probabilities add up to \(value) and not to 1"
        case .outcome(let row, let value, let classes):
            "row \(row): outcome \(value) is not among 0..<\(classes)"
        case .weight(let row, let value):
            "row \(row): \(value) is no weight; weights are finite, not negative, not all 0"
        case .value(let row, let value, let rule): "row \(row): \(value): \(rule)"
        case .cluster(let row, let value): "row \(row): there is no cluster \(value)"
        case .tooFewClusters(let count):
            "\(count) cluster(s): an interval clustered by them needs at least two"
        case .setting(let name, let value, let rule): "\(name) is \(value): \(rule)"
        }
    }
}
