import Foundation
import TestPostgres
import Testing

/// What a server acknowledged outlives its end, however sudden: the program that `make bench` runs for longer.
@Suite("heed serve, killed", .serialized)
struct ServeKillTests {
    @Test("After 200 kills everything acknowledged is there once, and the ledger adds up each time")
    func killedOnSQLite() async throws {
        let folder = try Scratch()
        try await check(["kill", "--store", folder.path("heed.db"), "--kills", "200"])
    }

    @Test("The same on PostgreSQL", .enabled(if: PostgresServer.isWanted))
    func killedOnPostgreSQL() async throws {
        try await check(["kill", "--store", try PostgresServer.shared().database(), "--kills", "20"])
    }

    /// On a thread of its own: it waits for a minute, and the few threads that tests share are for those that compute.
    private func check(_ arguments: [String]) async throws {
        let heed = try HeedProcess.path.get()
        let (text, status) = try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try Self.run(heed, arguments) }) }.start()
        }
        #expect(status == 0, "\(text)")
        #expect(text.contains("\"problems\""))
    }

    private static func run(_ heed: String, _ arguments: [String]) throws -> (text: String, status: Int32) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: heed).deletingLastPathComponent()
            .appendingPathComponent("serving-bench")
        process.arguments = arguments + ["--heed", heed]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (text, process.terminationStatus)
    }
}
