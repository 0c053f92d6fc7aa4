/// The Bradley–Terry loss where a share of all labels is wrong: y is replaced by (1 − ε) y + ε (1 − y).
///
/// With one free difference and y = 1 its minimum is where σ(d) = 1 − ε.
public struct SmoothedLoss: PairLoss, Hashable, Codable {
    /// ε, the share of labels that are the wrong way round.
    public var epsilon: Double

    /// Creates the loss.
    public init(_ epsilon: Double = 0.1) {
        precondition((0..<0.5).contains(epsilon), "ε is \(epsilon), but must be from 0 to below 0.5")
        self.epsilon = epsilon
    }

    public func value(_ d: Double, label y: Double) -> Double { LogisticLoss().value(d, label: smooth(y)) }

    public func slope(_ d: Double, label y: Double) -> Double { LogisticLoss().slope(d, label: smooth(y)) }

    private func smooth(_ y: Double) -> Double { (1 - epsilon) * y + epsilon * (1 - y) }
}
