import Foundation
import Logging
import Serving

/// What the routes and the middleware of one server share.
public final class ServerState: Sendable {
    /// The service.
    public let service: HeedService
    /// How the server runs.
    public let options: ServerOptions
    /// Its logger.
    public let logger: Logger
    let metrics: ServerMetrics
    let limiter: RateLimiter
    let bodies: BodyBudget
    let started: Double
    private let draining = Locked(false)

    init(service: HeedService, options: ServerOptions, logger: Logger, registry: PrometheusRegistry) {
        self.service = service
        self.options = options
        self.logger = logger
        metrics = ServerMetrics(registry)
        limiter = RateLimiter()
        bodies = BodyBudget(limit: options.limits.bodies)
        started = service.now
    }

    /// Whether the server was told to stop and only finishes what has begun.
    public var isDraining: Bool { draining.withLock { $0 } }

    func drain() { draining.withLock { $0 = true } }
}
