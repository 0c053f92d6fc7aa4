/// What must be alike between groups.
public enum FairnessNotion: String, Sendable, Hashable, Codable, CaseIterable {
    /// How often each class is predicted.
    case demographicParity
    /// How often each class is predicted among the examples whose label is 1.
    case equalOpportunity
}
