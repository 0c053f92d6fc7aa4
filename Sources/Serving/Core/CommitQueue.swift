import Foundation
import Signals

/// Collects what many requests want to store and writes it in few transactions: group commit.
///
/// While one transaction is on its way to the disk, the next one fills up. A request is answered when the transaction that
/// holds its events is durable. What waits is bounded; beyond it requests are turned away at once.
public final class CommitQueue: Sendable {
    private struct Waiting: Sendable {
        var submission: Submission
        var continuation: CheckedContinuation<AppendResult, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var events = 0
        var isClosing = false
        var hasStopped = false
    }

    private let store: any ServiceStore
    private let limit: Int
    private let group: Int
    private let state = Locked(State())
    private let arrivals = DispatchSemaphore(value: 0)
    private let committed: @Sendable ([Submission], [AppendResult]) -> Void

    /// - Parameters:
    ///   - limit: How many events may wait.
    ///   - group: How many events make a transaction at most.
    ///   - committed: Called on the writing thread with everything that became durable.
    init(
        _ store: any ServiceStore, limit: Int, group: Int,
        committed: @escaping @Sendable ([Submission], [AppendResult]) -> Void = { _, _ in }
    ) {
        self.store = store
        self.limit = limit
        self.group = group
        self.committed = committed
        let thread = Thread { [self] in run() }
        thread.name = "heed.commit"
        thread.start()
    }

    /// How many events wait.
    public var count: Int { state.withLock { $0.events } }

    /// Stores events; they are durable when this returns.
    ///
    /// - Throws: `ServiceError.overloaded` where too many wait, `.closing`, `.store`; then none of the events was stored.
    public func submit(_ submission: Submission) async throws -> AppendResult {
        if submission.entries.isEmpty { return AppendResult() }
        return try await withCheckedThrowingContinuation { continuation in
            let refusal: ServiceError? = state.withLock { state in
                if state.isClosing { return .closing }
                if state.events > 0 && state.events + submission.entries.count > limit {
                    return .overloaded(retryAfter: 1)
                }
                state.events += submission.entries.count
                state.waiting.append(Waiting(submission: submission, continuation: continuation))
                return nil
            }
            if let refusal { continuation.resume(throwing: refusal) } else { arrivals.signal() }
        }
    }

    /// Takes no more, and returns when everything that waited is durable.
    public func close() async {
        state.withLock { $0.isClosing = true }
        arrivals.signal()
        while !state.withLock({ $0.hasStopped }) { try? await Task.sleep(nanoseconds: 2_000_000) }
    }

    private func run() {
        while true {
            arrivals.wait()
            let (batch, isOver): ([Waiting], Bool) = state.withLock { state in
                var count = 0
                var events = 0
                for waiting in state.waiting {
                    if count > 0 && events + waiting.submission.entries.count > group { break }
                    events += waiting.submission.entries.count
                    count += 1
                }
                let batch = Array(state.waiting.prefix(count))
                state.waiting.removeFirst(count)
                return (batch, state.isClosing && state.waiting.isEmpty)
            }
            if !batch.isEmpty { write(batch) }
            if isOver {
                state.withLock { $0.hasStopped = true }
                return
            }
            if state.withLock({ !$0.waiting.isEmpty }) { arrivals.signal() }
        }
    }

    /// Stores what waited.
    ///
    /// Where the store fails without saying that it is busy or full, something in the batch may be at fault. Its halves are
    /// then tried by themselves, so that only what cannot be stored is turned away.
    private func write(_ batch: [Waiting]) {
        let submissions = batch.map(\.submission)
        let outcome = Result { try store.append(submissions) }
        if case .failure(let error) = outcome, batch.count > 1, (error as? StoreError)?.problem == .failed {
            write(Array(batch[..<(batch.count / 2)]))
            write(Array(batch[(batch.count / 2)...]))
            return
        }
        state.withLock { $0.events -= submissions.reduce(0) { $0 + $1.entries.count } }
        switch outcome {
        case .success(let results):
            committed(submissions, results)
            for (waiting, result) in zip(batch, results) { waiting.continuation.resume(returning: result) }
        case .failure(let error):
            let failure: any Error = (error as? StoreError).map { ServiceError.store($0) } ?? error
            for waiting in batch { waiting.continuation.resume(throwing: failure) }
        }
    }
}
