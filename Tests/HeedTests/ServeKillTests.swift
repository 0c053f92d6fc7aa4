import Foundation
import TestPostgres
import Testing

/// What a server acknowledged outlives its end, however sudden: the program that `make bench` runs for longer.
@Suite("heed serve, killed", .serialized)
struct ServeKillTests {
    @Test("After 200 kills everything acknowledged is there once, and the ledger adds up each time")
    func killedOnSQLite() throws {
        let folder = try Scratch()
        try check(["kill", "--store", folder.path("heed.db"), "--kills", "200"])
    }

    @Test("The same on PostgreSQL", .enabled(if: PostgresServer.isWanted))
    func killedOnPostgreSQL() throws {
        try check(["kill", "--store", try PostgresServer.shared().database(), "--kills", "20"])
    }

    private func check(_ arguments: [String]) throws {
        let heed = try HeedProcess.path.get()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: heed).deletingLastPathComponent()
            .appendingPathComponent("serving-bench")
        process.arguments = arguments + ["--heed", heed]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        #expect(text.contains("\"problems\""))
    }
}
