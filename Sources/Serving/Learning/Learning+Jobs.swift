import Bandits
import Foundation
import HeedAPI
import Preferences

extension Learning {
    /// How long a process holds a job without renewing, in seconds.
    static let lease = 30.0
    /// The most jobs of a space that may wait or run.
    static let mostWaiting = 10
    /// How many ended jobs of a space are kept.
    static let mostEnded = 20

    // MARK: Asking

    /// Puts a training on the list. It waits for the store.
    ///
    /// - Parameter last: Where the trainings stood when it was found to be due: where that changed since, somebody else was first.
    /// - Returns: The job; `nil` where somebody else was first.
    @discardableResult
    func enqueue(_ space: Space, _ request: TrainRequest, after last: Int64? = nil) throws -> JobInfo? {
        let method = request.method ?? (request.kind == .policy ? space.settings.policy : AutomaticModel.id)
        try Self.check(request.kind, method)
        let info = JobInfo(
            id: Identifiers.make(now: core.now()), space: space.name, kind: request.kind, method: method,
            message: "waits", created: core.now())
        let job = JobRecord(info: info, seed: request.seed ?? core.options.seed)
        guard try active(space.name).count < Self.mostWaiting else {
            throw ServiceError.conflict("\(Self.mostWaiting) trainings of \(space.name) wait already")
        }
        for _ in 0..<20 {
            if try start(job, space, after: last) {
                wake()
                return info
            }
            if last != nil { return nil }
        }
        throw ServiceError.conflict("the trainings of \(space.name) are being changed by others; try again")
    }

    /// Writes a new job, and down to where feedback had come.
    private func start(_ job: JobRecord, _ space: Space, after last: Int64?) throws -> Bool {
        let key = LearningKeys.training(space.name, job.info.kind)
        let found = try core.store.value(TrainingRecord.self, LearningKeys.live, key)
        if let last, last != found?.version ?? 0 { return false }
        var state = found?.value ?? TrainingRecord()
        state.started = core.now()
        state.mustRenew = nil
        state.seen = try pieces(space.name, job.info.kind)
        return try core.store.write([
            RecordChange(LearningKeys.live, key, state, expected: found?.version ?? 0),
            RecordChange(LearningKeys.job, LearningKeys.own(space.name, job.info.id), job, expected: 0),
        ])
    }

    /// Refuses a method that cannot be learnt.
    ///
    /// - Throws: `ServiceError.invalid`.
    static func check(_ kind: ModelKind, _ method: String, field: String = "method") throws {
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
                field: field, value: String(method.prefix(80)), expected: "a known method: \(error)")
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

    /// Puts trainings on the list that are due: after enough new feedback, or as the live model learnt from what was erased.
    func startDue() throws {
        for space in core.spaces.all() where space.settings.retrainAfter > 0 {
            let last = try core.store.last(space.name)
            for kind in ModelKind.allCases {
                let key = LearningKeys.training(space.name, kind)
                do {
                    let found = try core.store.value(TrainingRecord.self, LearningKeys.live, key)
                    guard try isDue(space, kind, found?.value ?? TrainingRecord(), last: last) else {
                        continue
                    }
                    try enqueue(space, TrainRequest(kind: kind), after: found?.version ?? 0)
                    nextLook.withLock { $0[key] = nil }
                } catch let error as ServiceError {
                    // Such as a policy that there is not: others are not to wait for that, and new feedback is another occasion.
                    nextLook.withLock { $0[key] = last + Int64(space.settings.retrainAfter) }
                    core.logger.warning(
                        "a training that is due could not be started",
                        metadata: ["space": "\(space.name)", "kind": "\(kind)", "error": "\(error)"])
                }
            }
        }
    }

    private func isDue(_ space: Space, _ kind: ModelKind, _ state: TrainingRecord, last: Int64) throws -> Bool
    {
        let since = core.now() - state.started
        // Below 0 where the clock was set back.
        guard since >= space.settings.retrainPause || since < 0 else { return false }
        let key = LearningKeys.training(space.name, kind)
        if state.mustRenew != true {
            if let next = nextLook.withLock({ $0[key] }), last < next { return false }
            let missing = space.settings.retrainAfter - (try pieces(space.name, kind) - state.seen)
            // Each event is one piece at most.
            nextLook.withLock { $0[key] = last + Int64(max(0, missing)) }
            if missing > 0 { return false }
        }
        return try !active(space.name).contains { $0.info.kind == kind }
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
}
