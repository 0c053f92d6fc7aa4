import HeedAPI
import Signals

/// Trains models in the background, values them on held-out feedback, and says which one is live.
final class Learning: Sendable {
    private let core: ServiceCore
    private let watching: Watching

    init(_ core: ServiceCore, watching: Watching) {
        self.core = core
        self.watching = watching
    }

    /// Runs jobs, and starts those that are due, until it is cancelled.
    func run() async {}

    /// Reads again which models are live, as another process may have changed it.
    func reload() async throws {}

    /// Marks the models that learnt from what was removed.
    func mark(_ removals: [Removal], why: String) throws {}
}

extension HeedService {
    /// The models of a space, newest first.
    public func models(_ space: String) async throws -> [ModelInfo] { [] }

    /// A model of a space.
    public func model(_ space: String, _ id: String) async throws -> ModelInfo {
        throw ServiceError.notFound(kind: "model", name: id)
    }

    /// Starts a training.
    public func train(_ space: String, _ request: TrainRequest) async throws -> JobInfo {
        throw ServiceError.notReady("not written yet")
    }

    /// The jobs of a space, newest first.
    public func jobs(_ space: String) async throws -> [JobInfo] { [] }

    /// A job.
    public func job(_ space: String, _ id: String) async throws -> JobInfo {
        throw ServiceError.notFound(kind: "job", name: id)
    }

    /// Cancels a job that has not ended.
    public func cancel(_ space: String, job: String) async throws -> JobInfo {
        throw ServiceError.notFound(kind: "job", name: job)
    }

    /// Makes a model the live one, by hand.
    public func promote(_ space: String, model: String) async throws -> ModelInfo {
        throw ServiceError.notFound(kind: "model", name: model)
    }

    /// Makes the model live again that was live before the present one.
    public func rollBack(_ space: String, _ kind: ModelKind) async throws -> ModelInfo? {
        throw ServiceError.notReady("not written yet")
    }

    /// Compares two models on the feedback that neither learnt from. `uniform` stands for choosing by chance.
    public func compare(_ space: String, _ a: String, _ b: String) async throws -> ModelComparison {
        throw ServiceError.notReady("not written yet")
    }
}
