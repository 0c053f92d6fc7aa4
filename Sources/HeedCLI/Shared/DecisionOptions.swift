import ArgumentParser

/// What can be said about a log of decisions beside its files.
struct DecisionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A table that describes every action: its name in the first column (or item_id), then numbers and categories.",
            valueName: "file"))
    var items: String?
}
