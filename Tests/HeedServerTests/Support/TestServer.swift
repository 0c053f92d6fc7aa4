import Foundation
import HeedAPI
import Logging
import Serving

@testable import HeedServer

/// A server in this process, on a port of its own.
struct TestServer: Sendable {
    let service: HeedService
    let port: Int
    let admin: String
    let running: RunningServer
    let log: LogCapture

    var url: String { "http://127.0.0.1:\(port)" }

    /// Runs a server for as long as the body takes; returns when it has stopped.
    ///
    /// - Parameter now: the time at which its clock stands still.
    static func with<R: Sendable>(
        store: any ServiceStore = MemoryStore(), now: Double? = nil,
        configure: (inout ServerOptions) -> Void = { _ in },
        _ body: @escaping @Sendable (TestServer) async throws -> R
    ) async throws -> R {
        let log = LogCapture()
        let service = try HeedService(store: store, logger: log.logger) {
            now ?? Date().timeIntervalSince1970
        }
        let first = try await service.firstKey()
        var options = ServerOptions()
        options.port = 0
        options.limits.anonymousPerSecond = 100_000
        configure(&options)
        let server = HeedServer(service: service, options: options, logger: log.logger)
        return try await withThrowingTaskGroup(of: R?.self) { group in
            let (ready, announce) = AsyncStream.makeStream(of: RunningServer.self)
            group.addTask {
                defer { announce.finish() }
                try await server.run(signals: []) { announce.yield($0) }
                return nil
            }
            var listening: RunningServer?
            for await running in ready {
                listening = running
                break
            }
            guard let listening else {
                try await group.waitForAll()
                throw TestFailure("the server did not start")
            }
            let test = TestServer(
                service: service, port: listening.port, admin: first?.secret ?? "", running: listening,
                log: log)
            let outcome: Result<R, any Error>
            do { outcome = .success(try await body(test)) } catch { outcome = .failure(error) }
            await listening.stop()
            try await group.waitForAll()
            return try outcome.get()
        }
    }

    /// Makes a key.
    func key(_ roles: [Role], space: String? = nil) async throws -> NewKey {
        try await service.keys.create(KeyRequest(name: "test", roles: roles, space: space), now: service.now)
    }

    /// Makes a space.
    func space(_ name: String) async throws {
        _ = try await service.spaces.create(name, SpaceSettings(), now: service.now)
    }

    /// Asks over a connection of its own.
    func ask(
        _ method: String, _ path: String, key: String? = nil, headers: [String: String] = [:],
        body: String? = nil,
        type: String = "application/json"
    ) async throws -> RawAnswer {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        if let key { head += "Authorization: Bearer \(key)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n" }
        let bytes = Array((head + "\r\n" + (body ?? "")).utf8)
        let port = port
        return try await offPool {
            let socket = try RawSocket(port: port)
            try socket.send(bytes)
            return try socket.answer(hasBody: method != "HEAD")
        }
    }
}

struct TestFailure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Runs what blocks outside the threads that serve.
func offPool<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread { continuation.resume(with: Result(catching: body)) }
        thread.start()
    }
}

/// Waits until something holds.
func eventually(_ seconds: Double = 60, _ holds: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
        if try await holds() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    throw TestFailure("it did not come about within \(seconds) s")
}

/// Numbers that look random, the same for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
