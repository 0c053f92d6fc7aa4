import ArgumentParser
import Heed

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract:
            "Write a store, or files of any format, as event lines, comparisons, arena battles or PrefLib.",
        discussion: """
            Examples:
              heed export heed.db --to votes.jsonl.gz
              heed export battles.csv --as comparisons --to votes.csv
              heed export heed.db --as preflib --to orders.toc
            """)

    @OptionGroup var input: InputOptions

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "The format: \(FeedbackWriter.Format.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "format"))
    var format = "events"

    @Option(
        name: .long,
        help: ArgumentHelp("Where to write; .gz packs. Standard output by default.", valueName: "file"),
        completion: .file())
    var to = "-"

    func validate() throws {
        if FeedbackWriter.Format(rawValue: format) == nil {
            throw ValidationError(
                "--as is one of \(FeedbackWriter.Format.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
    }

    func run() throws {
        let data = try input.read()
        try FeedbackWriter(FeedbackWriter.Format(rawValue: format) ?? .events).write(data.log, to: to)
        if to != "-" { Console.note("Wrote \(data.log.count) events to \(to)") }
    }
}
