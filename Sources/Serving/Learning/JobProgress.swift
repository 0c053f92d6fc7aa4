import Foundation

/// How far a running job is, how much memory its data take, and whether it is to stop: between its thread and the others.
final class JobProgress: Sendable {
    /// Why a job stops before its end.
    enum Stop: Error { case cancelled, closing, lost }

    private struct State {
        var progress = 0.0
        var message = ""
        var stop: Stop?
        var bytes = 0
    }
    private let state = Locked(State())
    private let limit: Int

    /// - Parameter limit: How many bytes the data may take.
    init(limit: Int) { self.limit = limit }

    /// How much is done, and what it does now.
    var now: (progress: Double, message: String) { state.withLock { ($0.progress, $0.message) } }

    /// Stops the job at its next look.
    func stop(_ why: Stop) { state.withLock { $0.stop = $0.stop ?? why } }

    /// Says how much is done.
    ///
    /// - Throws: `Stop` where the job is to end.
    func report(_ progress: Double, _ message: String) throws {
        let stop = state.withLock { state in
            state.progress = max(state.progress, min(progress, 1))
            state.message = message
            return state.stop
        }
        if let stop { throw stop }
    }

    /// Counts memory before it is taken.
    ///
    /// - Throws: `ServiceError.notReady` where that is more than allowed.
    func charge(_ bytes: Int, _ what: String) throws {
        let total = state.withLock { state in
            state.bytes = state.bytes.addingReportingOverflow(max(0, bytes)).partialValue
            return state.bytes
        }
        guard total >= 0, total <= limit else {
            throw ServiceError.notReady(
                "\(what) takes more than \(limit) bytes, which is the limit of a training: raise it, keep less feedback "
                    + "(retentionDays), or use fewer actions and features")
        }
    }
}
