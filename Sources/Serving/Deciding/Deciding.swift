import HeedAPI
import Signals

/// Answers `decide`: chooses with the live model of a space, and keeps each decision before it is told.
final class Deciding: Sendable {
    private let core: ServiceCore
    private let learning: Learning

    init(_ core: ServiceCore, learning: Learning) {
        self.core = core
        self.learning = learning
    }
}

extension HeedService {
    /// Chooses an action, a slate or an order. The decision is durable when this returns.
    public func decide(_ space: String, _ request: DecideRequest) async throws -> DecideResponse {
        throw ServiceError.notReady("not written yet")
    }

    /// A past decision: what was possible, which version chose, and what that had learnt from.
    public func decision(_ space: String, _ id: String) async throws -> DecisionProvenance {
        throw ServiceError.notReady("not written yet")
    }
}
