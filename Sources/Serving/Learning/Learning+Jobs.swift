import Bandits
import Foundation
import HeedAPI
import Kernels
import Preferences

extension Learning {
    /// How long a process holds a job without renewing, in seconds.
    static let lease = 30.0
    /// The most jobs of a space that may wait or run.
    static let mostWaiting = 10
    /// How many ended jobs of a space are kept.
    static let mostEnded = 50

    // MARK: Asking

    /// Puts a training on the list. It waits for the store.
    func enqueue(_ space: Space, _ request: TrainRequest) throws -> JobInfo {
        let method = request.method ?? (request.kind == .policy ? space.settings.policy : AutomaticModel.id)
        try Self.check(request.kind, method)
        let info = JobInfo(
            id: Identifiers.make(now: core.now()), space: space.name, kind: request.kind, method: method,
            message: "waits", created: core.now())
        let job = JobRecord(info: info, seed: request.seed ?? core.options.seed)
        guard try active(space.name).count < Self.mostWaiting else {
            throw ServiceError.conflict("\(Self.mostWaiting) trainings of \(space.name) wait already")
        }
        for _ in 0..<20 where try start(job, space) {
            wake()
            return info
        }
        throw ServiceError.conflict("the trainings of \(space.name) are being changed by others; try again")
    }

    /// Writes a new job, and down to where feedback had come.
    private func start(_ job: JobRecord, _ space: Space) throws -> Bool {
        let key = LearningKeys.training(space.name, job.info.kind)
        let found = try core.store.value(TrainingRecord.self, LearningKeys.live, key)
        var state = found?.value ?? TrainingRecord()
        state.started = core.now()
        state.seen = try pieces(space.name, job.info.kind)
        return try core.store.write([
            RecordChange(LearningKeys.live, key, state, expected: found?.version ?? 0),
            RecordChange(LearningKeys.job, LearningKeys.own(space.name, job.info.id), job, expected: 0),
        ])
    }

    private static func check(_ kind: ModelKind, _ method: String) throws {
        do {
            switch kind {
            case .policy:
                let name = String(method.prefix { $0 != ":" })
                _ = try ArmPolicyKind.parse(
                    ArmPolicyKind.resolved(name, rewards: 0...1) + method.dropFirst(name.count))
            case .ranker: _ = try PreferenceModels.model(method, BoardOptions())
            }
        } catch {
            throw ServiceError.invalid(
                field: "method", value: String(method.prefix(80)), expected: "\(error)")
        }
    }

    /// How many pieces of feedback there are that a kind learns from.
    func pieces(_ space: String, _ kind: ModelKind) throws -> Int {
        let counts = try core.store.counts(space)
        return switch kind {
        case .policy: counts[.reward] ?? 0
        case .ranker: VoteData.kinds.reduce(0) { $0 + (counts[$1] ?? 0) }
        }
    }

    /// Puts trainings on the list that are due: after enough new feedback, or as the live model learnt from what was removed.
    func startDue() throws {
        let now = core.now()
        for space in core.spaces.all() where space.settings.retrainAfter > 0 {
            let last = try core.store.last(space.name)
            for kind in ModelKind.allCases {
                let key = LearningKeys.training(space.name, kind)
                let state =
                    try core.store.value(TrainingRecord.self, LearningKeys.live, key)?.value
                    ?? TrainingRecord()
                guard now - state.started >= space.settings.retrainPause else { continue }
                let isStale = state.staleSince.map { state.started <= $0 } ?? false
                if !isStale {
                    if let next = nextLook.withLock({ $0[key] }), last < next { continue }
                    let missing = space.settings.retrainAfter - (try pieces(space.name, kind) - state.seen)
                    // Each event is one piece at most.
                    nextLook.withLock { $0[key] = last + Int64(max(0, missing)) }
                    if missing > 0 { continue }
                }
                guard try !active(space.name).contains(where: { $0.info.kind == kind }) else { continue }
                _ = try enqueue(space, TrainRequest(kind: kind))
                nextLook.withLock { $0[key] = nil }
            }
        }
    }

    // MARK: Records

    /// The jobs of a space (of all for `nil`), the oldest first.
    func records(_ space: String? = nil) throws -> [JobRecord] {
        try core.store.values(JobRecord.self, LearningKeys.job)
            .filter { space == nil || $0.info.space == space }
            .sorted {
                $0.info.created != $1.info.created
                    ? $0.info.created < $1.info.created : $0.info.id < $1.info.id
            }
    }

    private func active(_ space: String) throws -> [JobRecord] {
        try records(space).filter { !$0.info.state.isFinal }
    }

    /// Changes a job's record by compare-and-set.
    ///
    /// - Parameter body: Changes the record; returns whether there is something to change.
    /// - Returns: The record as it is now; `nil` where it is gone.
    @discardableResult
    func change(_ space: String, _ id: String, _ body: (inout JobRecord) throws -> Bool) throws -> JobRecord?
    {
        let key = LearningKeys.own(space, id)
        for _ in 0..<20 {
            guard let found = try core.store.value(JobRecord.self, LearningKeys.job, key) else { return nil }
            var job = found.value
            guard try body(&job) else { return job }
            if try core.store.write([RecordChange(LearningKeys.job, key, job, expected: found.version)]) {
                return job
            }
        }
        throw ServiceError.conflict("the job \(id) is being changed by others; try again")
    }

    /// Cancels a job; one that runs ends at its next look.
    func cancel(_ space: String, _ id: String) throws -> JobInfo {
        let now = core.now()
        let job = try change(space, id) { job in
            if job.info.state.isFinal {
                throw ServiceError.conflict("the job \(id) has ended: \(job.info.state)")
            }
            job.isCancelled = true
            if job.info.state == .queued { job.end(.cancelled, "cancelled before it began", at: now) }
            return true
        }
        guard let job else { throw ServiceError.notFound(kind: "job", name: String(id.prefix(80))) }
        running.withLock { $0[id] }?.stop(.cancelled)
        return job.info
    }

    // MARK: Running

    /// Takes the oldest job that waits, and ends those whose process is gone.
    func claim() throws -> JobRecord? {
        let now = core.now()
        for job in try records() where !job.info.state.isFinal {
            let (space, id) = (job.info.space, job.info.id)
            if job.info.state == .running {
                guard job.lease < now, running.withLock({ $0[id] }) == nil else { continue }
                try change(space, id) { job in
                    guard job.info.state == .running, job.lease < now else { return false }
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
        return nil
    }

    /// Runs a claimed job to its end.
    func perform(_ job: JobRecord) async {
        let (space, id) = (job.info.space, job.info.id)
        let progress = JobProgress(limit: core.options.trainingMemory)
        running.withLock { $0[id] = progress }
        let keeper = Task { await self.keep(job, progress) }
        let outcome: Result<(model: String, verdict: String), any Error> = await withTaskCancellationHandler {
            do {
                return .success(
                    try await TrainingThread.run { [self] in
                        try Parallel.withThreads(core.options.trainingThreads) { try train(job, progress) }
                    })
            } catch { return .failure(error) }
        } onCancel: {
            progress.stop(.closing)
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
