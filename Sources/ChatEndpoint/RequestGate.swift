import Kernels

/// Lets so many in at a time; the others wait in line and may give up.
actor RequestGate {
    private var free: Int
    private var line: [(number: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
    private var next: UInt64 = 0
    private var random: CounterRandom

    init(places: Int, seed: UInt64) {
        free = places
        random = CounterRandom(seed: seed)
    }

    /// Waits for a place.
    ///
    /// - Throws: `CancellationError` where the task was cancelled while it waited.
    func enter() async throws {
        try Task.checkCancellation()
        if free > 0 {
            free -= 1
            return
        }
        let number = next
        next += 1
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    line.append((number, continuation))
                }
            }
        } onCancel: {
            Task { await self.giveUp(number) }
        }
    }

    /// Gives the place to who is next.
    func leave() {
        if line.isEmpty { free += 1 } else { line.removeFirst().continuation.resume() }
    }

    private func giveUp(_ number: UInt64) {
        guard let place = line.firstIndex(where: { $0.number == number }) else { return }
        line.remove(at: place).continuation.resume(throwing: CancellationError())
    }

    /// A number from a half to one: the random part of a pause.
    func share() -> Double { 0.5 + random.uniform() / 2 }
}
