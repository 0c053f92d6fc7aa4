/// What keeps the probabilities from jumping after one loss.
public enum LossRegularizer: String, Sendable, Hashable, Codable, CaseIterable {
    /// Exponential weights, p ∝ e^(−η·C).
    case entropy
    /// The logarithmic barrier, see `LogBarrier`.
    case logBarrier

    /// The distribution for cumulative losses C.
    func distribution(_ losses: [Double], eta: Double) -> [Double] {
        self == .entropy
            ? ExponentialWeights.distribution(losses, eta: eta) : LogBarrier.distribution(losses, eta: eta)
    }
}
