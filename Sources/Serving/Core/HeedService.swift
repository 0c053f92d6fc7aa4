import Foundation
import HeedAPI
import Logging
import Signals

/// The engine behind `heed serve`: collects feedback, decides, learns and shows, over a store, without HTTP.
///
/// ```swift
/// let service = try HeedService(store: SQLiteServiceStore(path: "heed.db"))
/// let running = Task { try await service.run() }
/// _ = try await service.createSpace("offers", SpaceSettings())
/// ```
///
/// Everything is safe to call from many tasks at once. `run` does what happens in the background (training, snapshots, looking
/// for other processes' changes) until it is cancelled.
public final class HeedService: Sendable {
    let core: ServiceCore
    let deciding: Deciding
    let learning: Learning
    let watching: Watching
    let comparing: Comparing

    /// Opens a service on a store.
    ///
    /// - Parameter now: the time, in seconds since 1970-01-01 UTC.
    public init(
        store: any ServiceStore, options: ServiceOptions = ServiceOptions(),
        logger: Logger = Logger(label: "heed"),
        now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }
    ) throws {
        core = try ServiceCore(store: store, options: options, logger: logger, now: now)
        watching = Watching(core)
        learning = Learning(core, watching: watching)
        deciding = Deciding(core, learning: learning)
        comparing = Comparing(core, watching: watching)
    }

    /// The keys.
    public var keys: KeyRing { core.keys }
    /// Signs sessions and the like.
    public var signer: Signer { core.signer }
    /// The spaces.
    public var spaces: SpaceRegistry { core.spaces }
    /// The time, in seconds since 1970-01-01 UTC.
    public var now: Double { core.now() }
    /// How many pieces of feedback wait to be written.
    public var queued: Int { core.queue.count }

    /// Does what happens in the background until it is cancelled.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.follow() }
            group.addTask { await self.learning.run() }
            group.addTask { await self.watching.run() }
            group.addTask { await self.upkeep() }
            try await group.waitForAll()
        }
    }

    /// Writes what waits, then lets go of the store. Call it after `run` has ended.
    public func close() async throws {
        await core.queue.close()
        try await core.lane.run { [core] in try core.store.close() }
    }

    /// The admin key of a store that has no keys yet; `nil` where it has some.
    public func firstKey() async throws -> NewKey? {
        guard keys.all().isEmpty else { return nil }
        return try await keys.create(KeyRequest(name: "first admin", roles: [.admin]), now: now)
    }

    /// Looks for changes that other processes made.
    private func follow() async {
        var seen: Int64 = -1
        while !Task.isCancelled {
            do {
                let revision = try await core.lane.run { [core] in try core.store.revision() }
                if revision != seen {
                    try await core.lane.run { [core] in
                        try core.spaces.reload()
                        try core.keys.reload()
                    }
                    try await learning.reload()
                    try await watching.reload()
                    seen = revision
                }
            } catch {
                core.logger.warning("looking for changes failed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(nanoseconds: UInt64(core.options.pollInterval * 1e9))
        }
    }

    /// Removes what is older than spaces keep it, once an hour.
    private func upkeep() async {
        while !Task.isCancelled {
            for space in spaces.all() {
                guard let days = space.settings.retentionDays else { continue }
                do {
                    _ = try await prune(space.name, before: now - days * 86_400)
                } catch {
                    core.logger.error(
                        "removing old feedback failed",
                        metadata: ["space": "\(space.name)", "error": "\(error)"])
                }
            }
            try? await Task.sleep(nanoseconds: 3_600_000_000_000)
        }
    }
}
