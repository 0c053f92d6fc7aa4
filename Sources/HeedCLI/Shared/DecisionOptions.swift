import ArgumentParser
import Heed

/// What can be said about a log of decisions beside its files.
struct DecisionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A table that describes every action: its name in the first column (or item_id), then numbers and categories.",
            valueName: "file"))
    var items: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What a decision without a reward earned; without it such decisions are left out.",
            valueName: "reward"))
    var missing: Double?

    func validate() throws {
        if let missing, !missing.isFinite { throw ValidationError("--missing takes a number.") }
    }

    /// Reads the log.
    func read(_ input: InputOptions, quiet: Bool) throws -> DecisionLog {
        let log = try input.readDecisions(quiet: quiet, items: items)
        return missing.map { log.replacingMissingRewards(by: $0) } ?? log
    }
}
