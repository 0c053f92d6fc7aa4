import ArgumentParser
import Foundation

/// Loads and kills a server that `heed serve` runs: the figures of `docs/benchmarks-serving.md`.
@main
struct ServingBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serving-bench", abstract: "Load and kill a Heed server.",
        subcommands: [Measure.self, Kill.self, Full.self])
}

/// Where the server comes from.
struct ServerOptions: ParsableArguments {
    @Option(help: "The heed command.")
    var heed = ".build/release/heed"

    @Option(help: "Where the server keeps its data: a file that does not exist yet, or postgres://….")
    var store: String

    @Option(help: "Further arguments of heed serve, separated by spaces.")
    var arguments = ""

    var all: [String] {
        [store.hasPrefix("postgres") ? "--store" : "--db", store]
            + arguments.split(separator: " ").map(String.init)
    }
}

/// Prints a value as JSON.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// Kills a server while feedback comes in.
struct Kill: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Kill a server again and again while feedback comes in.")

    @OptionGroup var server: ServerOptions
    @Option(help: "How often.")
    var kills = 200
    @Option(
        help: "A command that is run instead of killing the server, such as one that restarts the database.")
    var instead: String?
    @Option(help: "The seed of when.")
    var seed: UInt64 = 1

    func run() throws {
        let run = KillRun(heed: server.heed, arguments: server.all)
        var between: (() throws -> Void)?
        if let instead {
            between = {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/bin/sh")
                process.arguments = ["-c", instead]
                process.standardOutput = FileHandle.nullDevice
                try process.run()
                process.waitUntilExit()
            }
        }
        let result = try run.run(kills: kills, seed: seed, between: between)
        try printJSON(result)
        if !result.problems.isEmpty { throw ExitCode(1) }
    }
}

/// Fills a disk while feedback comes in.
struct Full: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fill the store's disk while feedback comes in, make room, and go on.",
        discussion:
            "The store has to lie on a small file system of its own, on which --filler takes the room.")

    @OptionGroup var server: ServerOptions
    @Option(help: "A file on the same file system, written to take the room and removed to give it back.")
    var filler: String

    func run() throws {
        let result = try FullRun(heed: server.heed, arguments: server.all, filler: filler).run()
        try printJSON(result)
        if !result.problems.isEmpty { throw ExitCode(1) }
    }
}

/// Measures the loads of the issue, one after the other, on one server.
struct Measure: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure ingestion, decisions, pages and overload.")

    @OptionGroup var server: ServerOptions
    @Option(help: "Seconds of each load.")
    var seconds = 15.0
    @Option(help: "How many votes lie in the space whose page is asked for.")
    var million = 1_000_000

    func run() throws {
        let running = try ServerProcess(heed: server.heed, arguments: server.all)
        defer { _ = running.stop() }
        guard let key = running.key else { throw ConnectionError(description: "the store is not new") }
        try printJSON(try MeasureRun(server: running, key: key, seconds: seconds, million: million).run())
    }
}
