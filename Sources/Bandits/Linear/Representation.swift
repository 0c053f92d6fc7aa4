import Foundation

/// Turns features into fewer or other features: φ(x) = g(W x + c).
public struct Representation: Sendable, Hashable, Codable {
    /// What happens to each new feature.
    public enum Activation: String, Sendable, Hashable, Codable {
        /// It stays.
        case identity
        /// It is squeezed into (−1, 1).
        case tanh
    }

    /// The dimension of the features that go in.
    public let inputs: Int
    /// The dimension of those that come out.
    public let outputs: Int
    /// W, row after row.
    public let weights: [Double]
    /// c.
    public let bias: [Double]
    /// g.
    public let activation: Activation

    /// Creates a representation from the rows of W.
    ///
    /// - Precondition: at least one row, all of one length, and as many biases as rows or none.
    public init(rows: [[Double]], bias: [Double] = [], activation: Activation = .identity) {
        precondition(!rows.isEmpty && !rows[0].isEmpty, "a representation needs at least one feature")
        precondition(rows.allSatisfy { $0.count == rows[0].count }, "rows must have one length")
        precondition(bias.isEmpty || bias.count == rows.count, "one bias for each row")
        inputs = rows[0].count
        outputs = rows.count
        weights = rows.flatMap(\.self)
        self.bias = bias.isEmpty ? [Double](repeating: 0, count: rows.count) : bias
        self.activation = activation
    }

    /// The representation that changes nothing.
    public static func identity(_ features: Int) -> Representation {
        Representation(rows: (0..<features).map { i in (0..<features).map { $0 == i ? 1 : 0 } })
    }

    /// φ(x).
    public func callAsFunction(_ x: FeatureVector) -> FeatureVector {
        precondition(x.dimension <= inputs, "\(x.dimension) features where \(inputs) go in")
        return weights.withUnsafeBufferPointer { weights in
            FeatureVector(
                (0..<outputs).map { row in
                    let sum = bias[row] + x.dot(weights, offset: row * inputs)
                    return activation == .tanh ? Foundation.tanh(sum) : sum
                })
        }
    }
}
