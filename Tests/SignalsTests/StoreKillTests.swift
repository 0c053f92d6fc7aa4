import Foundation
import Testing

@testable import Signals

/// Kills a process that writes to a store again and again, at moments that it does not expect.
@Suite struct StoreKillTests {
    @Test(.timeLimit(.minutes(5))) func anImportKilledAtAnyMomentLosesNothing() throws {
        let folder = try StoreFolder()
        let path = folder.file()
        let text = StoreSamples.mixed(9000, seed: 99)
        try text.write(toFile: folder.file("stream"), atomically: false, encoding: .utf8)
        var random = StoreRandom(7)
        var kills = 0
        var acknowledged = 0
        while kills < 24 {
            let run = try CrashRun(["import", path, folder.file("stream"), "20"])
            // Some runs die before their first batch, the others some microseconds after one of the next.
            let lines = kills % 4 == 0 ? 0 : Int.random(in: 1...6, using: &random)
            let said = run.kill(afterLines: lines, microseconds: UInt32.random(in: 0...6000, using: &random))
            try #require(!said.contains("done"), "the stream is too short for this machine")
            acknowledged = max(acknowledged, said.compactMap(Int.init).max() ?? 0)
            kills += 1
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let store = try FeedbackStore(path: path, create: false)
            let records = try store.sources().dropFirst().first?.records ?? 0
            #expect(records >= acknowledged)
            #expect(records % 20 == 0)
            #expect(try store.verify() == [])
            try store.close()
        }
        #expect(acknowledged > 0)
        let rest = try CrashRun(["import", path, folder.file("stream"), "20"]).finish()
        #expect(rest.last == "done")

        let store = try FeedbackStore(path: path, create: false)
        let straight = try FeedbackStore(path: folder.file("straight.db"))
        try straight.importLines(text, name: "stream", batch: 1000)
        #expect(try store.dump() == straight.dump())
        #expect(try store.ledger().received == 9000)
        #expect(try store.verify() == [])
    }

    @Test(.timeLimit(.minutes(5))) func eventsAcknowledgedToASenderAreThereOnce() throws {
        let folder = try StoreFolder()
        let path = folder.file()
        var text = ""
        for index in 0..<4000 {
            text += FeedbackEvent(.thumb(Thumb("x", up: true)), id: "t\(index)").jsonLine() + "\n"
        }
        try text.write(toFile: folder.file("stream"), atomically: false, encoding: .utf8)
        var random = StoreRandom(8)
        for kill in 0..<8 {
            let run = try CrashRun(["append", path, folder.file("stream"), "10"])
            let said = run.kill(
                afterLines: kill == 0 ? 0 : 10 * Int.random(in: 1...30, using: &random),
                microseconds: UInt32.random(in: 0...6000, using: &random))
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let store = try FeedbackStore(path: path, create: false)
            let ids = try store.all().compactMap(\.id)
            #expect(Set(ids).count == ids.count && ids.count % 10 == 0)
            #expect(Set(said).subtracting(["done"]).isSubset(of: Set(ids)))
            #expect(try store.verify() == [])
            try store.close()
        }
        #expect(try CrashRun(["append", path, folder.file("stream"), "500"]).finish().last == "done")
        let store = try FeedbackStore(path: path, create: false)
        #expect(try store.all().count == 4000)
        #expect(try store.verify() == [])
    }
}

/// A child process that writes to a store.
private final class CrashRun {
    private let process = Process()
    private let output = Pipe()
    private var text = Data()

    init(_ arguments: [String]) throws {
        process.executableURL = try Self.helper()
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
    }

    /// Kills the child once it has said so many lines and some more time has passed; returns all whole lines
    /// that it said, those included that it said after that.
    func kill(afterLines count: Int, microseconds: UInt32) -> [String] {
        while text.count(where: { $0 == UInt8(ascii: "\n") }) < count {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            text += piece
        }
        usleep(microseconds)
        _ = Foundation.kill(process.processIdentifier, SIGKILL)
        return finish()
    }

    /// Waits for the child's end and returns all whole lines that it said.
    func finish() -> [String] {
        text += output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast().map(String.init)
    }

    /// The helper's program, which the package manager builds into the folder of the tests.
    private static func helper() throws -> URL {
        let bundles = Bundle.allBundles.filter { $0.bundlePath.hasSuffix(".xctest") }
        let folders =
            bundles.map { $0.bundleURL.deletingLastPathComponent() } + [
                Bundle.main.bundleURL,
                URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent(),
            ]
        let files = folders.map { $0.appendingPathComponent("StoreCrashHelper") }
        return try #require(
            files.first { FileManager.default.isExecutableFile(atPath: $0.path) },
            "StoreCrashHelper is not in \(folders.map(\.path))")
    }
}
