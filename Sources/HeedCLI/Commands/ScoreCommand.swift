import ArgumentParser
import Heed

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Score things by a saved model: how much each is preferred.",
        discussion: """
            Examples:
              heed score my-model answers.jsonl                 id, prompt, text
              heed score my-model cars.csv --for judge:ann
              heed score my-model cars.csv --newcomer her-answers.csv

            A difference of two scores is the log-odds with which the one is preferred to the other. The table is sorted, JSON and CSV keep the
            order of the file.
            """)

    @OptionGroup var saved: SavedModelOptions

    @Argument(
        help: ArgumentHelp(
            "The things: JSON lines or CSV with id and text (and prompt), or numbers; embeddings as .npy.",
            valueName: "file"), completion: .file())
    var file: String

    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let model = try saved.load()
        let things = try ThingTable(file, model)
        let scores = try model.score(things.items, for: saved.audience(model, items: file))
        if output.json {
            return try printJSON(
                zip(things.ids, scores).map { Score(id: $0, score: $1.value, standardError: $1.deviation) })
        }
        var order = Array(scores.indices)
        if output.isTable {
            order.sort {
                scores[$0].value == scores[$1].value ? $0 < $1 : scores[$0].value > scores[$1].value
            }
        }
        var table = TextTable(columns: [
            TextTable.Column("thing"), .number("score"), .number("standard error", importance: 4),
        ])
        for place in order {
            table.rows.append([
                .text(things.ids[place]), .number(scores[place].value, 3),
                scores[place].deviation.map { .number($0, 3) } ?? .text(""),
            ])
        }
        try output.print(table)
    }

    struct Score: Encodable {
        var id: String
        var score: Double
        var standardError: Double?
    }
}
