import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Runs a computation on a thread of its own, which gives way to those that serve.
enum TrainingThread {
    static func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                #if canImport(Glibc)
                    // On Linux this lowers the calling thread alone. Where it fails the thread runs as it is.
                    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
                #endif
                continuation.resume(with: Result(catching: body))
            }
            thread.name = "heed.train"
            thread.qualityOfService = .background
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}
