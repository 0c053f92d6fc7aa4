/// How the service runs. Everything has a value that does for a beginning.
public struct ServiceOptions: Sendable {
    /// How many pieces of feedback may wait to be written before requests are turned away.
    public var queueLimit = 50_000
    /// How many are written in one transaction at most.
    public var groupLimit = 4_000
    /// How many bytes a training may take for its data; one that would need more fails and says so.
    public var trainingMemory = 512 << 20
    /// How many threads a training uses.
    public var trainingThreads = 1
    /// How often other processes' changes are looked for, in seconds.
    public var pollInterval = 1.0
    /// How often snapshots (ranking, judges, findings) are made anew while feedback arrives, in seconds.
    public var snapshotInterval = 2.0
    /// The seed of everything random that is not a secret.
    public var seed: UInt64 = 1

    /// Creates the options that do for a beginning.
    public init() {}
}
