/// The hinge loss: ℓ(d, y) = y max(0, 1 − d) + (1 − y) max(0, 1 + d).
public struct HingeLoss: PairLoss, Hashable, Codable {
    /// Creates the loss.
    public init() {}

    public func value(_ d: Double, label y: Double) -> Double {
        y * max(0, 1 - d) + (1 - y) * max(0, 1 + d)
    }

    public func slope(_ d: Double, label y: Double) -> Double { (d < 1 ? -y : 0) + (d > -1 ? 1 - y : 0) }
}
