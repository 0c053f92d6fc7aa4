import ArgumentParser
import Foundation
import Heed
import Serving

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a store into one file, while it is in use.",
        discussion: """
            The file appears when it is whole and was read back; heed restore brings it back.

            Examples:
              heed backup heed.db monday.db
              heed backup postgres://heed@localhost/heed monday.db
            """)

    @Argument(
        help: ArgumentHelp("The store: a file or postgres://….", valueName: "store"), completion: .file())
    var from: String

    @Argument(
        help: ArgumentHelp("The file to make; there must be none yet.", valueName: "file"),
        completion: .file())
    var to: String

    @Flag(name: .long, help: "Print JSON (see docs/cli.md).")
    var json = false

    func run() throws {
        try checkFolder(of: to)
        let location = StoreLocation(from)
        let store = try location.open(create: false)
        defer { try? store.close() }
        let progress = CopyProgress("copying \(location)", shown: !json)
        let report = try Backup.write(from: store, to: to) { progress.reach($0) }
        progress.finish()
        try CopyJSON(from: "\(location)", to: to, report).say(json: json)
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a store from a backup.",
        discussion: """
            The backup is proven first, and the store when it is in place. Nobody else may have the store open.

            Examples:
              heed restore monday.db heed.db
              heed restore monday.db heed.db --replace      what heed.db has is lost
            """)

    @Argument(help: ArgumentHelp("The backup.", valueName: "file"), completion: .file())
    var from: String

    @Argument(
        help: ArgumentHelp("The store: a file or postgres://….", valueName: "store"), completion: .file())
    var to: String

    @Flag(name: .long, help: "Lose what the store has.")
    var replace = false

    @Flag(name: .long, help: "Print JSON (see docs/cli.md).")
    var json = false

    func run() throws {
        let location = StoreLocation(to)
        if let path = location.path { try checkFolder(of: path) }
        let progress = CopyProgress("restoring \(location)", shown: !json)
        let report = try Backup.restore(from, into: location, replace: replace) { progress.reach($0) }
        progress.finish()
        try CopyJSON(from: from, to: "\(location)", report).say(json: json)
    }
}

/// Shows how much of a copy is done.
private final class CopyProgress {
    private let line: ProgressLine
    private var reached = 0.0

    init(_ label: String, shown: Bool) {
        line = ProgressLine(label, total: 100, unit: .things("%"), shown: shown)
    }

    func reach(_ part: Double) {
        let now = (part * 100).rounded(.down)
        if now > reached { line.advance(by: now - reached) }
        reached = max(reached, now)
    }

    func finish() { line.finish() }
}

/// What was copied.
private struct CopyJSON: Encodable {
    var from: String
    var to: String
    var spaces: Int
    var events: Int
    var records: Int

    init(from: String, to: String, _ report: Backup.Report) {
        self.from = from
        self.to = to
        spaces = report.spaces
        events = report.events
        records = report.records
    }

    func say(json: Bool) throws {
        if json { return try printJSON(self) }
        try Console.out("\(from) → \(to): \(events) events in \(spaces) spaces, \(records) records, proven")
    }
}
