import Foundation

/// Runs work that waits (for a disk, for a database, for a computation) on threads of its own, so that those that serve
/// requests never wait.
final class BlockingLane: Sendable {
    private let queue: OperationQueue
    private let limit: Int

    /// - Parameters:
    ///   - threads: how many pieces of work run at once; the others wait their turn.
    ///   - limit: how many pieces of `runUnlessCancelled` may wait or run.
    init(
        _ name: String, threads: Int, limit: Int = 1_000, quality: QualityOfService = .userInitiated
    ) {
        self.limit = limit
        queue = OperationQueue()
        queue.name = name
        queue.maxConcurrentOperationCount = threads
        queue.qualityOfService = quality
    }

    /// Runs something, in its turn.
    func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            queue.addOperation { continuation.resume(with: Result(catching: body)) }
        }
    }

    /// Runs something that may take long and that nobody needs but who asks: once they are cancelled they wait no longer, and it
    /// does not begin any more.
    ///
    /// - Throws: `CancellationError`, and `ServiceError.overloaded` where too much waits already.
    func runUnlessCancelled<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        guard queue.operationCount < limit else { throw ServiceError.overloaded(retryAfter: 5) }
        let waiting = Locked<CheckedContinuation<R, any Error>?>(nil)
        let take: @Sendable () -> CheckedContinuation<R, any Error>? = {
            waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiting.withLock { $0 = continuation }
                if Task.isCancelled {
                    take()?.resume(throwing: CancellationError())
                    return
                }
                queue.addOperation {
                    guard waiting.withLock({ $0 != nil }) else { return }
                    let result = Result(catching: body)
                    take()?.resume(with: result)
                }
            }
        } onCancel: {
            take()?.resume(throwing: CancellationError())
        }
    }
}
