import ArgumentParser
import Foundation
import Heed

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Put files of feedback into a store; the same file twice changes nothing.",
        discussion: """
            Examples:
              heed import battles.csv                       into heed.db
              heed import january.csv february.csv --db votes.db
              heed import battles.csv --skip-bad            bad lines go into the store's ledger
              heed import battles.csv --space models        into one of several spaces
            """)

    @OptionGroup var input: InputOptions

    @Option(name: .long, help: ArgumentHelp("The store.", valueName: "file"), completion: .file())
    var db = "heed.db"

    @Flag(name: .long, help: "Print JSON (see docs/cli.md).")
    var json = false

    func run() throws {
        let store = try FeedbackStore(path: db, space: input.space ?? "default")
        defer { try? store.close() }
        let options = try input.readOptions()
        var reports: [ImportJSON.File] = []
        for path in input.files {
            let progress = ProgressLine("importing \(path)", unit: .things("events"))
            var last = 0
            let report = try store.import(FeedbackSource(path), options: options) { report in
                progress.advance(by: Double(report.records - last))
                last = report.records
            }
            progress.finish()
            reports.append(ImportJSON.File(file: path, report: report))
            if !json {
                if let reading = report.reading { Console.note(reading.summary) }
                try Console.out("\(path): \(Self.sentence(report))")
            }
        }
        let ledger = try store.ledger()
        if json {
            try printJSON(
                ImportJSON(store: db, space: store.space, files: reports, ledger: LedgerJSON(ledger)))
        } else {
            try Console.out("\(db): \(ledger)")
        }
    }

    private static func sentence(_ report: ImportReport) -> String {
        switch report.relation {
        case .known: "already here, nothing changed"
        case .grown: "grown since the last import: \(report.counts)"
        case .resumed: "an interrupted import was completed: \(report.counts)"
        case .new: "\(report.counts)"
        }
    }
}

struct ImportJSON: Encodable {
    struct File: Encodable {
        var file: String
        var relation: String
        var added: LedgerJSON

        init(file: String, report: ImportReport) {
            self.file = file
            relation = report.relation.rawValue
            added = LedgerJSON(report.counts)
        }
    }

    var store: String
    var space: String
    var files: [File]
    var ledger: LedgerJSON
}

struct LedgerJSON: Encodable {
    var received: Int
    var kept: Int
    var pending: Int
    var refused: [String: Int]
    var removed: Int

    init(_ ledger: Ledger) {
        received = ledger.received
        kept = ledger.kept
        pending = ledger.pending
        refused = Dictionary(uniqueKeysWithValues: ledger.refused.map { ($0.key.rawValue, $0.value) })
        removed = ledger.removed
    }
}
