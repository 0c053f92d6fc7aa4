/// What a set of interventions is thought to do to the target.
public struct InterventionEstimate: Sendable, Hashable {
    /// The estimated mean of the target.
    public var mean: Double
    /// How far off it may be: the width that the bound on the weights' errors gives.
    public var width: Double
}

/// A mechanism that was found to have changed.
public struct MechanismAlarm: Sendable, Hashable, Codable {
    /// The number of outcomes learnt when it was found.
    public var round: Int
    /// The node.
    public var node: Int
    /// Whether it is the node's mechanism under intervention.
    public var intervened: Bool
}
