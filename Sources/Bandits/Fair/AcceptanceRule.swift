/// A rule that accepts or rejects a person.
public protocol AcceptanceRule: Sendable, Codable {
    /// Whether it accepts.
    func accepts(_ person: [Double]) -> Bool
}

/// Accepts where a weighted sum of the features is above a threshold.
public struct LinearRule: AcceptanceRule, Hashable {
    /// One weight for each feature.
    public var weights: [Double]
    /// What the sum must exceed.
    public var threshold: Double

    /// Creates a rule.
    public init(weights: [Double], threshold: Double) {
        self.weights = weights
        self.threshold = threshold
    }

    public func accepts(_ person: [Double]) -> Bool {
        var sum = 0.0
        for i in weights.indices { sum += weights[i] * person[i] }
        return sum > threshold
    }
}
