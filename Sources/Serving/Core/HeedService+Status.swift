extension HeedService {
    /// Where the data is kept: `sqlite`, `postgres`, `memory`.
    public var storeKind: String { core.store.kind }

    /// How many pieces of feedback may wait to be written.
    public var queueLimit: Int { core.options.queueLimit }
}
