import Foundation
import Signals

/// Collects what many requests want to store and writes it in few transactions: group commit.
///
/// While one transaction is on its way to the disk, the next one fills up. A request is answered when the transaction that
/// holds its events is durable. What waits is bounded; beyond it requests are turned away at once.
///
/// Where a transaction fails for what it holds, it is written again in halves, so that one request that cannot be stored takes no
/// other with it.
public final class CommitQueue: Sendable {
    private struct Waiting: Sendable {
        var submission: Submission
        var continuation: CheckedContinuation<AppendResult, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var events = 0
        /// How many submissions were ever taken, and how many of them are done with.
        var taken = 0
        var done = 0
        var isClosing = false
        var hasStopped = false
    }

    private let append: @Sendable ([Submission]) throws -> [AppendResult]
    private let limit: Int
    private let group: Int
    private let state = Locked(State())
    private let arrivals = DispatchSemaphore(value: 0)
    /// How many failures of one group are looked into; a store that refuses everything is not asked for ever.
    private static let mostFailures = 64
    private let committed: @Sendable ([Submission], [AppendResult]) -> Void

    /// - Parameters:
    ///   - append: Writes one transaction; it throws where nothing of it was stored.
    ///   - limit: How many events may wait.
    ///   - group: How many events make a transaction at most.
    ///   - committed: Called on the writing thread with everything that became durable.
    init(
        limit: Int, group: Int, append: @escaping @Sendable ([Submission]) throws -> [AppendResult],
        committed: @escaping @Sendable ([Submission], [AppendResult]) -> Void = { _, _ in }
    ) {
        self.append = append
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
                state.taken += 1
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
        while !state.withLock({ $0.hasStopped }) { await Self.pause() }
    }

    /// Returns when everything that waits now is durable, or was refused.
    func settle() async {
        let taken = state.withLock { $0.taken }
        while state.withLock({ $0.done < taken && !$0.hasStopped }) { await Self.pause() }
    }

    /// Waits a moment, also in a task that was cancelled.
    private static func pause() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(2)) { continuation.resume() }
        }
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
        // What is still to be written, the first part last.
        var parts = [batch[...]]
        var failures = 0
        while let part = parts.popLast() {
            let submissions = part.map(\.submission)
            switch Result(catching: { try append(submissions) }) {
            case .success(let results):
                committed(submissions, results)
                end(part)
                for (waiting, result) in zip(part, results) { waiting.continuation.resume(returning: result) }
            case .failure(let error):
                failures += 1
                if part.count > 1, failures < Self.mostFailures, Self.isAboutContent(error) {
                    let middle = part.startIndex + part.count / 2
                    parts += [part[middle...], part[..<middle]]
                    continue
                }
                end(part)
                let failure: any Error = (error as? StoreError).map { ServiceError.store($0) } ?? error
                for waiting in part { waiting.continuation.resume(throwing: failure) }
            }
        }
    }

    private func end(_ part: ArraySlice<Waiting>) {
        state.withLock { state in
            state.events -= part.reduce(0) { $0 + $1.submission.entries.count }
            state.done += part.count
        }
    }

    /// Whether a failure may lie in what was to be written, and not in the store as a whole.
    private static func isAboutContent(_ error: any Error) -> Bool {
        (error as? StoreError).map { $0.problem == .failed } ?? true
    }
}
