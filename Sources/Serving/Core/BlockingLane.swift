import Foundation

/// Runs work that waits (for a disk, for a database, for a computation) on threads of its own, so that those that serve
/// requests never wait.
final class BlockingLane: Sendable {
    private let queue: OperationQueue

    /// - Parameter threads: how many pieces of work run at once; the others wait their turn.
    init(_ name: String, threads: Int, quality: QualityOfService = .userInitiated) {
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
}
