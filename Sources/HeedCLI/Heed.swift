import ArgumentParser
import Foundation
import Heed

/// The version that `heed --version` prints and that reports name.
let heedVersion = "0.1.0"

@main
struct HeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heed",
        abstract: "Learn from feedback: rank, audit, choose what to ask next, and prove it.",
        discussion: """
            Point heed at the comparisons, rankings, choices, ratings or labels that you have:

              heed rank battles.csv                 a ranking with honest uncertainty
              heed audit battles.csv                can these data be trusted?
              heed next battles.csv --count 20      which comparisons would teach most
              heed rank battles.csv --html out.html a report to hand on
              heed train pairs.jsonl --save model   what makes an answer preferred, for new answers too

            Exit codes:
              0   done
              64  wrong use
              65  the data cannot be used
              66  a file cannot be read
              70  a fit failed
              74  a file cannot be written

            Machine output is described in docs/cli.md.
            """,
        version: heedVersion,
        subcommands: [
            RankCommand.self, AuditCommand.self, NextCommand.self, LabelsCommand.self, TallyCommand.self,
            ForecastCommand.self, TrainCommand.self, ScoreCommand.self, CompareCommand.self,
            ExplainCommand.self, SimulateCommand.self, OpeCommand.self,
            TuneCommand.self,
            ServeCommand.self, ImportCommand.self, ExportCommand.self, BackupCommand.self,
            RestoreCommand.self,
            EraseCommand.self, PruneCommand.self, MethodsCommand.self, TryCommand.self, DemoCommand.self,
        ])

    static func main() async {
        // A reader that stops early (`heed rank … | head`) is no error.
        signal(SIGPIPE, SIG_DFL)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            if let failure = Failure(error) {
                Console.error(failure.message)
                Foundation.exit(failure.code)
            }
            exit(withError: error)
        }
    }
}
