/// An arm to play for a round, and the arms whose loss is to be looked at in that round.
public struct ObservedPull: Sendable, Hashable, Codable {
    /// The arm to play.
    public var arm: Int
    /// The arms whose loss is wanted; empty in most rounds.
    public var observed: [Int]

    /// Creates one.
    public init(arm: Int, observed: [Int] = []) {
        self.arm = arm
        self.observed = observed
    }
}
