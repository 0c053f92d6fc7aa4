import Foundation
import HeedAPI
import Kernels

extension Learning {
    /// How long a computation that is not to be stopped at once holds up the end of the process, in nanoseconds.
    private static let patience: UInt64 = 2_000_000_000

    /// Takes the oldest job that waits, and ends those whose process is gone.
    func claim() throws -> JobRecord? {
        let now = core.now()
        // Nothing was written since no job was left: a look at all of them can be spared.
        let revision = try core.store.revision()
        if lastEmpty.withLock({ $0 }) == revision { return nil }
        var isEmpty = true
        for job in try records() where !job.info.state.isFinal {
            isEmpty = false
            let (space, id) = (job.info.space, job.info.id)
            if job.info.state == .running {
                guard job.isAbandoned(at: now), running.withLock({ $0[id] }) == nil else { continue }
                try change(space, id) { job in
                    guard job.info.state == .running, job.isAbandoned(at: now) else { return false }
                    job.end(.failed, "interrupted: the process that ran it ended. Start it again", at: now)
                    return true
                }
                continue
            }
            var isMine = false
            let taken = try change(space, id) { [process] job in
                isMine = job.info.state == .queued
                guard isMine else { return false }
                job.info.state = .running
                job.info.message = "begins"
                job.owner = process
                job.lease = now + Self.lease
                return true
            }
            if isMine, let taken { return taken }
        }
        lastEmpty.withLock { $0 = isEmpty ? revision : -1 }
        return nil
    }

    /// Runs a claimed job to its end.
    func perform(_ job: JobRecord) async {
        let (space, id) = (job.info.space, job.info.id)
        let progress = JobProgress(limit: core.options.trainingMemory)
        running.withLock { $0[id] = progress }
        let keeper = Task { await self.keep(job, progress) }
        let thread = TrainingThread<(model: String, verdict: String)>()
        let outcome: Result<(model: String, verdict: String), any Error> = await withTaskCancellationHandler {
            do {
                return .success(
                    try await thread.run { [self] in
                        try Parallel.withThreads(core.options.trainingThreads) { try train(job, progress) }
                    })
            } catch { return .failure(error) }
        } onCancel: {
            progress.stop(.closing)
            Task.detached {
                try? await Task.sleep(nanoseconds: Self.patience)
                thread.abandon(JobProgress.Stop.closing)
            }
        }
        keeper.cancel()
        await keeper.value
        running.withLock { $0[id] = nil }
        do {
            try await core.lane.run { [self] in
                try change(space, id) { job in
                    guard job.owner == process, job.info.state == .running else { return false }
                    job.finish(outcome, at: core.now())
                    return true
                }
                try forgetEnded(space)
            }
        } catch {
            core.logger.error(
                "a job's end could not be written", metadata: ["job": "\(id)", "error": "\(error)"])
        }
        if case .failure(let error) = outcome, !(error is JobProgress.Stop) {
            core.logger.warning(
                "a training failed", metadata: ["space": "\(space)", "job": "\(id)", "error": "\(error)"])
        }
    }

    /// Renews the lease, shows progress and looks whether somebody cancelled, until it is cancelled itself.
    private func keep(_ job: JobRecord, _ progress: JobProgress) async {
        var shown = -1.0
        while !Task.isCancelled {
            do {
                let now = progress.now
                let last = shown
                try await core.lane.run { [self] in
                    let time = core.now()
                    let left = try change(job.info.space, job.info.id) { record in
                        if record.owner != process { progress.stop(.lost) }
                        if record.isCancelled { progress.stop(.cancelled) }
                        guard record.owner == process, record.info.state == .running else { return false }
                        guard now.progress > last || record.lease < time + Self.lease / 2 else {
                            return false
                        }
                        record.info.progress = now.progress
                        record.info.message = now.message
                        record.lease = time + Self.lease
                        return true
                    }
                    if left == nil { progress.stop(.lost) }
                }
                shown = now.progress
            } catch {
                core.logger.warning("a job's lease could not be renewed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(nanoseconds: 500_000_000)
        }
    }

    private func forgetEnded(_ space: String) throws {
        let ended = try records(space).filter { $0.info.state.isFinal }
        guard ended.count > Self.mostEnded else { return }
        _ = try core.store.write(
            ended.prefix(ended.count - Self.mostEnded).map {
                RecordChange(kind: LearningKeys.job, id: LearningKeys.own(space, $0.info.id), body: nil)
            })
    }
}

extension JobRecord {
    mutating func end(_ state: JobInfo.State, _ message: String, at time: Double) {
        info.state = state
        info.message = message
        info.finished = time
        owner = nil
    }

    fileprivate mutating func finish(
        _ outcome: Result<(model: String, verdict: String), any Error>, at time: Double
    ) {
        switch outcome {
        case .success(let (model, verdict)):
            info.progress = 1
            info.model = model
            end(.done, verdict, at: time)
        case .failure(JobProgress.Stop.cancelled): end(.cancelled, "cancelled", at: time)
        case .failure(JobProgress.Stop.lost): end(.failed, "another process took it over", at: time)
        case .failure(JobProgress.Stop.closing):
            // It starts anew with the next process.
            info.state = .queued
            info.progress = 0
            info.message = "waits: the service was shut down while it ran"
            owner = nil
        case .failure(let error): end(.failed, "\(error)", at: time)
        }
    }
}
