/// How the losses of what was not played are estimated from the one that was seen.
public enum LossEstimator: String, Sendable, Hashable, Codable, CaseIterable {
    /// Re-centred, never below −1/√γ for losses in [0, 1].
    case reduced
    /// Importance-weighted, as low as −1/γ.
    case naive
}
