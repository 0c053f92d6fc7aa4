import Foundation
import HeedAPI
import Serving
import Testing

@testable import HeedServer

@Suite struct ShutdownTests {
    /// A request that has begun is finished, what it sent is kept, and nobody else is let in meanwhile.
    @Test func aRequestUnderwayIsFinished() async throws {
        let store = MemoryStore()
        let status = try await TestServer.with(store: store) {
            $0.drainSeconds = 60
        } _: { server in
            try await server.space("a")
            let body = #"{"events":[{"kind":"thumb","item":"x","up":true}]}"#
            let (port, key) = (server.port, server.admin)
            let half = body.utf8.count / 2
            let (halfway, announce) = AsyncStream.makeStream(of: Void.self)
            let gate = DispatchSemaphore(value: 0)
            async let answer = offPool {
                let socket = try RawSocket(port: port)
                try socket.send(
                    "POST /v1/spaces/a/events HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(key)\r\n"
                        + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                        + body.prefix(half))
                announce.finish()
                gate.wait()
                try socket.send(String(body.dropFirst(half)))
                return try socket.answer()
            }
            for await _ in halfway {}
            try await eventually { try await server.underway() > 0 }
            await server.running.stop()
            // New connections are refused from now on.
            try await eventually {
                do { _ = try RawSocket(port: port, timeout: 5) } catch { return true }
                return false
            }
            gate.signal()
            return try await answer.status
        }
        #expect(status == 200)
        #expect(try store.ledger("a").kept == 1)
    }

    /// A request that never finishes does not keep the server from stopping.
    @Test func aRequestThatHangsIsGivenUp() async throws {
        try await TestServer.with {
            $0.drainSeconds = 0.3
        } _: { server in
            try await server.space("a")
            let (port, key) = (server.port, server.admin)
            Thread {
                guard let socket = try? RawSocket(port: port, timeout: 600) else { return }
                try? socket.send(
                    "POST /v1/spaces/a/events HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(key)\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
                _ = socket.isEnded()
            }
            .start()
            try await eventually { try await server.underway() > 0 }
        }
    }

    @Test func anAddressThatIsTakenIsAnError() async throws {
        try await TestServer.with { server in
            let service = try HeedService(store: MemoryStore())
            var options = ServerOptions()
            options.port = server.port
            let second = HeedServer(service: service, options: options, logger: LogCapture().logger)
            await #expect(throws: (any Error).self) { try await second.run(signals: []) }
        }
    }
}

extension TestServer {
    /// How many requests besides this one are worked on.
    func underway() async throws -> Int {
        let text = try await ask("GET", "/metrics", key: admin).body
        let line = text.split(separator: "\n").first { $0.hasPrefix("heed_http_requests_in_flight ") }
        return (line?.split(separator: " ").last.flatMap { Int($0) } ?? 1) - 1
    }
}
