extension HeedService {
    /// Removes a space with all that is in it. Keys that are for this space alone are revoked: they would open another space that
    /// is made under its name.
    ///
    /// - Throws: `ServiceError`.
    public func removeSpace(_ name: String) async throws {
        try await spaces.end(name) { [core] in try core.keys.revocations(for: name, now: core.now()) }
        // What was taken before it ended is written first, so that nothing of it comes back.
        await core.queue.settle()
        try await core.lane.run { [core] in
            try core.keys.reload()
            try core.store.drop(name)
        }
        let left = Set(spaces.all().map(\.name))
        core.traffic.forget(except: left)
        watching.forget(except: left)
        comparing.forget(except: left)
    }
}
