import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Runs a computation on a thread of its own, which gives way to those that serve.
final class TrainingThread<R: Sendable>: Sendable {
    private let waiting = Locked<CheckedContinuation<R, any Error>?>(nil)

    /// Runs it to its end, or until `abandon`.
    func run(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            waiting.withLock { $0 = continuation }
            let thread = Thread { [self] in
                #if canImport(Glibc)
                    // On Linux this lowers the calling thread alone. Where it fails the thread runs as it is.
                    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
                #endif
                end(Result(catching: body))
            }
            thread.name = "heed.train"
            thread.qualityOfService = .background
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// Waits no longer: for a computation that is in the middle of something while the process is to end.
    func abandon(_ error: any Error) { end(.failure(error)) }

    private func end(_ result: Result<R, any Error>) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(with: result)
    }
}
