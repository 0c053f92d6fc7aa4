/// A predicted class with the probability of every class.
public struct ClassPrediction: Sendable, Hashable, Codable {
    /// The predicted class, counted from 0.
    public var label: Int
    /// The probability of every class as the model sees it.
    public var probabilities: [Double]

    /// Creates a prediction.
    public init(label: Int, probabilities: [Double]) {
        self.label = label
        self.probabilities = probabilities
    }
}
