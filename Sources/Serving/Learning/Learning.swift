import Foundation
import HeedAPI
import Signals

/// Trains models in the background, values them on held-out feedback, and says which one is live.
///
/// Everything about models is in the store's records, so that several processes on one store share it: a job is claimed by
/// compare-and-set and run by one of them, and a promotion is one write that all see.
final class Learning: Sendable {
    let core: ServiceCore
    let watching: Watching
    let live: LiveModels
    /// The name of this process in leases.
    let process: String
    /// The jobs that this process runs.
    let running = Locked<[String: JobProgress]>([:])
    /// How far a space's feedback must have come before it is looked at again for a training.
    let nextLook = Locked<[String: Int64]>([:])
    /// The revision of the store at which no job was left.
    let lastEmpty = Locked<Int64>(-1)
    private let isWoken = Locked(false)

    init(_ core: ServiceCore, watching: Watching) {
        self.core = core
        self.watching = watching
        live = LiveModels(core.store)
        process = Identifiers.make(now: core.now())
    }

    /// The live model of a kind.
    func chooser(_ space: Space, _ kind: ModelKind) async throws -> any Chooser {
        if let known = live.known(space, kind) { return known }
        try await core.lane.run { [live] in try live.load(space) }
        return live.known(space, kind) ?? UniformChooser()
    }

    /// What is known of a version; `nil` where the space never had it.
    func info(_ space: String, _ version: String) async throws -> ModelInfo? {
        try await core.lane.run { [core] in
            try core.store.value(ModelInfo.self, LearningKeys.model, LearningKeys.own(space, version))?.value
        }
    }

    /// Reads again which models are live, as another process may have changed it.
    func reload() async throws {
        try await core.lane.run { [core, live] in try live.reload(core.spaces.all()) }
    }

    /// Runs jobs, and starts those that are due, until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                try await step()
            } catch {
                core.logger.error("looking for trainings failed", metadata: ["error": "\(error)"])
            }
            let wake = DispatchTime.now() + core.options.pollInterval
            while !Task.isCancelled, DispatchTime.now() < wake, !takeWake() {
                try? await Task.sleep(nanoseconds: 20_000_000)
            }
        }
    }

    /// Starts what is due, and runs all jobs that wait and that no other process runs.
    func step() async throws {
        try await core.lane.run { try self.startDue() }
        while !Task.isCancelled, let job = try await core.lane.run({ try self.claim() }) {
            await perform(job)
        }
    }

    /// Lets `run` look for jobs at once.
    func wake() { isWoken.withLock { $0 = true } }

    private func takeWake() -> Bool {
        isWoken.withLock { woken in
            defer { woken = false }
            return woken
        }
    }
}
