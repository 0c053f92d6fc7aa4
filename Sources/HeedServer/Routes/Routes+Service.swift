import HTTPTypes
import HeedAPI
import Hummingbird
import Serving

extension APIRoutes {
    static let service = [
        APIRoute(
            name: "health", method: .get, path: "/healthz", access: .open,
            about: "Says that the process lives.", output: .other("text/plain")
        ) { _ in .bytes(Array("alive\n".utf8), type: "text/plain") },
        APIRoute(
            name: "ready", method: .get, path: "/readyz", access: .open,
            about: "Says whether requests can be served: the store answers, and the server is not stopping.",
            output: .other("text/plain")
        ) { call in
            guard !call.state.isDraining else { throw APIError(.serviceUnavailable, "closing", "stopping") }
            guard await call.service.isReady() else {
                throw APIError(.serviceUnavailable, "store", "the store does not answer", retryAfter: 1)
            }
            return .bytes(Array("ready\n".utf8), type: "text/plain")
        },
        APIRoute(
            name: "openapi", method: .get, path: "/openapi.json", access: .open,
            about: "Describes the API: this document.", output: .other("application/json")
        ) { call in
            .bytes(OpenAPIDocument.bytes(version: call.state.options.version), type: "application/json")
        },
        APIRoute(
            name: "status", method: .get, path: "/status", access: .any(.read),
            about: "Says how the service is: ledgers, what waits, memory.",
            output: .json(.of(StatusReport.self))
        ) { call in .json(try await call.state.report(for: call.principal)) },
        APIRoute(
            name: "metrics", method: .get, path: "/metrics", access: .whole(.read),
            about: "Figures for Prometheus.", output: .other("text/plain")
        ) { call in
            .bytes(Array(call.state.exposition().utf8), type: "text/plain; version=0.0.4; charset=utf-8")
        },
    ]
}

extension ServerState {
    func report(for principal: Principal) async throws -> StatusReport {
        var ledgers: [String: LedgerReport] = [:]
        for space in service.spaces.all() where principal.space == nil || principal.space == space.name {
            ledgers[space.name] = try await service.ledger(space.name)
        }
        return StatusReport(
            version: options.version, uptime: service.now - started, store: service.storeKind,
            ledgers: ledgers,
            queued: service.queued, queueLimit: service.queueLimit, memory: ProcessMemory.resident())
    }

    /// The metrics as Prometheus reads them.
    func exposition() -> String {
        metrics.note(queued: service.queued, uptime: service.now - started, memory: ProcessMemory.resident())
        return metrics.registry.text()
    }
}
