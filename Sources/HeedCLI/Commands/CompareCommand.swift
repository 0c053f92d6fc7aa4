import ArgumentParser
import Foundation
import Heed

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Ask a saved model which of two things will be preferred, and how surely.",
        discussion: """
            Examples:
              heed compare my-model a.txt b.txt --prompt question.txt
              heed compare my-model "Paris." "No idea." --prompt "The capital of France?" --literal
              heed compare my-model roadster van --items cars.csv --for group:families
            """)

    @OptionGroup var saved: SavedModelOptions
    @OptionGroup var pair: PairInput
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let model = try saved.load()
        let data = try pair.comparison(model)
        let answer = try model.predictor.predict(data, for: saved.audience(model, items: pair.items))[0]
        let interval = answer.interval
        if output.json {
            return try printJSON(
                Result(
                    probability: answer.probability, lower: interval?.lowerBound, upper: interval?.upperBound,
                    logOdds: answer.value, standardError: answer.deviation))
        }
        if output.csv {
            var table = TextTable(columns: [
                .number("probability"), .number("lower"), .number("upper"), .number("log odds"),
            ])
            table.rows.append([
                .number(answer.probability, 6), interval.map { .number($0.lowerBound, 6) } ?? .text(""),
                interval.map { .number($0.upperBound, 6) } ?? .text(""), .number(answer.value, 6),
            ])
            return try output.print(table)
        }
        try Console.out(Self.sentence(answer))
    }

    /// What the answer says, for people.
    static func sentence(_ answer: Prediction) -> String {
        if answer.value == 0, answer.deviation ?? 0 == 0 {
            return "Neither is preferred: the model sees no difference."
        }
        let isFirst = answer.value >= 0
        let p = isFirst ? answer.probability : 1 - answer.probability
        var text =
            "The \(isFirst ? "first" : "second") is preferred with probability \(NumberText.percent(p, 1))"
        if let range = answer.interval {
            let (low, high) =
                isFirst ? (range.lowerBound, range.upperBound) : (1 - range.upperBound, 1 - range.lowerBound)
            text += " (95%: \(NumberText.percent(low, 1)) to \(NumberText.percent(high, 1)))"
            if low < 0.5 { text += "; the model does not know which" }
        }
        return text + "."
    }

    struct Result: Encodable {
        var probability: Double
        var lower: Double?
        var upper: Double?
        var logOdds: Double
        var standardError: Double?
    }
}
