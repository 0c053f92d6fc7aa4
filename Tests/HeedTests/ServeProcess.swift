import Foundation
import HeedClient
import Testing

/// A `heed serve` that a test started, on a port of its own.
final class ServeProcess {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Where it listens.
    let url: String
    /// The admin key, where this was the first start on its store.
    let firstKey: String?
    private let process = Process()

    /// Starts the command and waits until it says where it listens.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        process.executableURL = URL(fileURLWithPath: try HeedProcess.path.get())
        process.arguments = ["serve", "--port", "0", "--log-level", "error"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        // Not that of the tests: should they crash, a server that goes on would keep it open, and who reads it waiting.
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while true {
            let piece = output.fileHandleForReading.availableData
            text += String(decoding: piece, as: UTF8.self)
            if let found = text.firstMatch(of: /https?:\/\/127\.0\.0\.1:[0-9]+/), text.hasSuffix("\n") {
                url = String(found.0)
                firstKey = text.firstMatch(of: /hk_[0-9a-z]+\.[0-9A-Za-z_-]+/).map { String($0.0) }
                return
            }
            if piece.isEmpty { throw Failure(description: "heed serve ended at once: \(text)") }
        }
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// Asks it to end; how it ended.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationReason == .exit
            ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Kills it in the middle of whatever it does.
    func crash() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

/// Runs something with a client, and lets go of the client.
func withClient<R>(_ url: String, _ key: String, _ body: (HeedClient) async throws -> R) async throws -> R {
    let client = try HeedClient(url: url, key: key)
    do {
        let result = try await body(client)
        try await client.close()
        return result
    } catch {
        try? await client.close()
        throw error
    }
}

/// Asks again and again until there is an answer.
func eventually<R>(
    _ what: String, seconds: Double = 60, _ body: () async throws -> R?
) async throws -> R {
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline {
        if let result = try await body() { return result }
        try await Task.sleep(nanoseconds: 20_000_000)
    }
    throw ServeProcess.Failure(description: "\(what) did not happen within \(seconds) s")
}
