import HeedAPI

extension HeedService {
    /// The models of a space, newest first.
    public func models(_ space: String) async throws -> [ModelInfo] {
        _ = try spaces.space(space)
        return try await core.lane.run { [learning] in try learning.models(space) }
    }

    /// A model of a space.
    ///
    /// - Throws: `ServiceError.notFound`.
    public func model(_ space: String, _ id: String) async throws -> ModelInfo {
        _ = try spaces.space(space)
        guard let info = try await learning.info(space, id) else {
            throw ServiceError.notFound(kind: "model", name: String(id.prefix(80)))
        }
        return info
    }

    /// Starts a training: a job that `run` takes up.
    ///
    /// - Throws: `ServiceError.invalid` for a method that is not known, `.conflict` where many trainings wait.
    public func train(_ space: String, _ request: TrainRequest) async throws -> JobInfo {
        let space = try spaces.space(space)
        return try await core.lane.run { [learning] in
            guard let job = try learning.enqueue(space, request) else {
                throw ServiceError.conflict(
                    "the trainings of the space are being changed by others; try again")
            }
            return job
        }
    }

    /// The jobs of a space, newest first.
    public func jobs(_ space: String) async throws -> [JobInfo] {
        _ = try spaces.space(space)
        return try await core.lane.run { [learning] in try learning.records(space).reversed().map(\.info) }
    }

    /// A job.
    ///
    /// - Throws: `ServiceError.notFound`.
    public func job(_ space: String, _ id: String) async throws -> JobInfo {
        _ = try spaces.space(space)
        let found = try await core.lane.run { [core] in
            try core.store.value(JobRecord.self, LearningKeys.job, LearningKeys.own(space, id))
        }
        guard let found else { throw ServiceError.notFound(kind: "job", name: String(id.prefix(80))) }
        return found.value.info
    }

    /// Cancels a job that has not ended; one that runs ends at its next look, within a moment.
    ///
    /// - Throws: `ServiceError.notFound`, `.conflict` for one that has ended.
    public func cancel(_ space: String, job: String) async throws -> JobInfo {
        _ = try spaces.space(space)
        return try await core.lane.run { [learning] in try learning.cancel(space, job) }
    }

    /// Makes a model the live one, by hand.
    ///
    /// - Throws: `ServiceError.notFound`, `.conflict` for one whose bytes are no longer kept.
    public func promote(_ space: String, model: String) async throws -> ModelInfo {
        _ = try spaces.space(space)
        return try await core.lane.run { [learning] in try learning.promote(space, model) }
    }

    /// Makes the model live again that was live before the present one.
    ///
    /// - Returns: That model; `nil` where chance decides again.
    /// - Throws: `ServiceError.notReady` where none was live before.
    public func rollBack(_ space: String, _ kind: ModelKind) async throws -> ModelInfo? {
        _ = try spaces.space(space)
        return try await core.lane.run { [learning] in try learning.rollBack(space, kind) }
    }

    /// Compares two models on the feedback that neither learnt from. `uniform` stands for choosing by chance, `live` for the
    /// model that decides.
    ///
    /// - Throws: `ServiceError.notReady` where there is too little of it, `.notFound`, `.invalid` for two of different kinds.
    public func compare(_ space: String, _ a: String, _ b: String) async throws -> ModelComparison {
        let space = try spaces.space(space)
        return try await core.heavy.runUnlessCancelled { [learning] in try learning.compare(space, a, b) }
    }
}
