import ArgumentParser
import Heed

struct TallyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tally",
        abstract: "Count ballots: instant run-off, Borda and Plackett–Luce side by side.",
        discussion: """
            Examples:
              heed tally ballots.csv --where race=mayor
              heed tally election.soi --json
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let data = try input.read(quiet: output.quiet || !output.isTable)
        if data.log.rankings.count == 0 {
            throw Failure(
                "there are no ballots or rankings to count; for comparisons see heed rank",
                code: Failure.badData)
        }
        let races = data.log.grouped(by: "race").map(\.group)
        if races.count > 1 {
            throw Failure(
                "these are ballots of \(races.count) races, which cannot be counted together; choose one with --where race=: "
                    + races.prefix(12).joined(separator: ", ") + (races.count > 12 ? ", …" : ""),
                code: Failure.usage)
        }
        let runoff = InstantRunoff().count(data.log)
        let borda = Borda().count(data.log)
        let fit = try PlackettLuce().fit(data.log)
        let bordaPlace = Dictionary(
            uniqueKeysWithValues: borda.enumerated().map { ($0.element.item, $0.offset) })
        let rows = runoff.order.enumerated().map { place, item in
            TallyJSON.Row(
                item: item, runoff: place + 1, borda: (bordaPlace[item] ?? 0) + 1,
                bordaShare: bordaPlace[item].map { borda[$0].value } ?? 0, luce: fit.item(item)?.rank,
                score: fit.item(item)?.score)
        }
        if output.json {
            try printJSON(
                TallyJSON(
                    winner: runoff.winner, items: rows,
                    rounds: runoff.rounds.map {
                        TallyJSON.Round(
                            votes: Dictionary(uniqueKeysWithValues: $0.votes.map { ($0.item, $0.value) }),
                            exhausted: $0.exhausted, struck: $0.struck)
                    }))
            return
        }
        var table = TextTable(columns: [
            TextTable.Column("item"), .number("run-off"), .number("Borda"), .number("Borda share"),
            .number("Plackett–Luce"), .number("score"),
        ])
        for row in rows {
            table.rows.append([
                .text(row.item), .count(Double(row.runoff)), .count(Double(row.borda)),
                .percent(row.bordaShare, 1),
                row.luce.map { .count(Double($0)) } ?? .missing, row.score.map { .number($0) } ?? .missing,
            ])
        }
        try output.print(table)
        if !output.csv, let last = runoff.rounds.last {
            let votes = last.votes.prefix(3).map { "\($0.item) \(NumberText.count($0.value))" }
            try Console.out(
                "Instant run-off after \(runoff.rounds.count) rounds: \(votes.joined(separator: ", ")); "
                    + "\(NumberText.count(last.exhausted)) ballots exhausted.")
        }
    }
}

struct TallyJSON: Encodable {
    struct Row: Encodable {
        var item: String
        var runoff: Int
        var borda: Int
        var bordaShare: Double
        var luce: Int?
        var score: Double?
    }

    struct Round: Encodable {
        var votes: [String: Double]
        var exhausted: Double
        var struck: String?
    }

    var winner: String?
    var items: [Row]
    var rounds: [Round]
}
