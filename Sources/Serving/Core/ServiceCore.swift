import Foundation
import Logging
import Signals

/// What the parts of a service share.
final class ServiceCore: Sendable {
    let store: any ServiceStore
    let options: ServiceOptions
    let logger: Logger
    /// The time, in seconds since 1970-01-01 UTC.
    let now: @Sendable () -> Double
    /// Reads and small writes.
    let lane: BlockingLane
    /// Computations that may take long.
    let heavy: BlockingLane
    let queue: CommitQueue
    let spaces: SpaceRegistry
    let keys: KeyRing
    let signer: Signer
    /// What came in lately, for the dashboard.
    let traffic: Traffic

    init(
        store: any ServiceStore, options: ServiceOptions, logger: Logger,
        now: @escaping @Sendable () -> Double
    ) throws {
        self.store = store
        self.options = options
        self.logger = logger
        self.now = now
        lane = BlockingLane("heed.store", threads: 4)
        heavy = BlockingLane("heed.compute", threads: 1, limit: 8, quality: .background)
        traffic = Traffic()
        queue = CommitQueue(
            limit: options.queueLimit, group: options.groupLimit, append: { try store.append($0) },
            committed: { [traffic] in traffic.note($0, $1, at: now()) })
        spaces = try SpaceRegistry(store, lane: lane)
        keys = try KeyRing(store, lane: lane)
        signer = Signer(secret: try Self.secret(store))
    }

    /// The secret that tokens are signed with: made at the first start, the same for all processes on a store.
    private static func secret(_ store: any ServiceStore) throws -> Data {
        let fresh = RecordChange(kind: "secret", id: "signing", body: Data(KeyRing.random(32)), expected: 0)
        _ = try store.write([fresh])
        guard let record = try store.record("secret", "signing") else {
            throw ServiceError.conflict("the store lost its signing secret")
        }
        return record.body
    }
}

/// How much feedback came in, by space and minute.
final class Traffic: Sendable {
    private struct Minutes {
        var newest = 0
        var counts = [Int](repeating: 0, count: 60)
        mutating func move(to minute: Int) {
            // A clock that was set back: what was counted since belongs to no minute that is shown.
            if minute < newest { self = Minutes() }
            guard minute > newest else { return }
            for late in max(newest + 1, minute - 59)...minute { counts[late % 60] = 0 }
            newest = minute
        }
    }
    private let minutes = Locked<[String: Minutes]>([:])

    func note(_ submissions: [Submission], _ results: [AppendResult], at time: Double) {
        let minute = Self.minute(time)
        minutes.withLock { all in
            for (submission, result) in zip(submissions, results) {
                all[submission.space, default: Minutes()].move(to: minute)
                all[submission.space]?.counts[minute % 60] += result.counts.received
            }
        }
    }

    /// The last 60 minutes, the current one last.
    func perMinute(_ space: String, at time: Double) -> [Int] {
        let minute = Self.minute(time)
        return minutes.withLock { all in
            guard var own = all[space] else { return [Int](repeating: 0, count: 60) }
            own.move(to: minute)
            all[space] = own
            let counts = own.counts
            return (1...60).map { counts[(minute + $0) % 60] }
        }
    }

    /// Forgets all spaces but these.
    func forget(except spaces: Set<String>) {
        minutes.withLock { $0 = $0.filter { spaces.contains($0.key) } }
    }

    /// The minute that a time is in.
    private static func minute(_ time: Double) -> Int { Int(min(max(0, time), 1e15) / 60) }
}
