import Foundation
import HeedAPI
import Logging
import Serving

@testable import HeedServer

/// A server with pages over a store in memory, for as long as something runs.
struct PageServer: Sendable {
    let service: HeedService
    let port: Int
    let key: String

    var origin: String { "http://127.0.0.1:\(port)" }

    static func with<R: Sendable>(_ body: @escaping @Sendable (PageServer) async throws -> R) async throws
        -> R
    {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let service = try HeedService(store: MemoryStore(), logger: logger)
        guard let first = try await service.firstKey() else {
            throw BrowserError(description: "no first key")
        }
        var options = ServerOptions()
        options.port = 0
        let server = HeedServer(service: service, options: options, logger: logger)
        let (stream, ready) = AsyncStream.makeStream(of: RunningServer.self)
        let running = Task { try await server.run(signals: []) { ready.yield($0) } }
        guard let up = await stream.first(where: { _ in true }) else {
            throw BrowserError(description: "not started")
        }
        let result: Result<R, any Error>
        do {
            result = .success(try await body(PageServer(service: service, port: up.port, key: first.secret)))
        } catch {
            result = .failure(error)
        }
        await up.stop()
        try await running.value
        return try result.get()
    }
}
