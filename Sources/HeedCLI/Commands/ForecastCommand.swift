import ArgumentParser
import Foundation
import Heed

struct ForecastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast",
        abstract: "Fit models on dated games before a day and score them on the games after it.",
        discussion: """
            Examples:
              heed forecast results.csv --from 2014-01-01
              heed forecast matches.csv --from 2019-01-01 --with time-decay --with elo --json
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        name: .long, help: ArgumentHelp("The first day that is forecast, as YYYY-MM-DD.", valueName: "day"))
    var from: String

    @Option(name: .long, help: ArgumentHelp("The first day that is left out again.", valueName: "day"))
    var until: String?

    @Option(name: .customLong("with"), help: ArgumentHelp("A model; may be repeated.", valueName: "model"))
    var models: [String] = ["time-decay", "elo", "davidson"]

    func validate() throws {
        _ = try Self.seconds(from)
        if let until { _ = try Self.seconds(until) }
    }

    private static func seconds(_ day: String) throws -> Double {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyy-MM-dd"
        guard let date = formatter.date(from: day) else {
            throw ValidationError("'\(day)' is not a day as YYYY-MM-DD.")
        }
        return date.timeIntervalSince1970
    }

    func run() throws {
        let data = try input.read(quiet: output.quiet || !output.isTable)
        let forecast = Forecast(from: try Self.seconds(from), until: try until.map(Self.seconds) ?? .infinity)
        let progress = ProgressLine("forecasting", total: Double(models.count))
        var options = BoardOptions()
        options.intervals.method = .model
        let scores = try models.map { id in
            defer { progress.advance() }
            return try forecast.score(PreferenceModels.model(id, options), data.log)
        }
        progress.finish()
        let best = scores.min { $0.logLoss < $1.logLoss }
        let rows = scores.map { score -> ForecastJSON.Row in
            // The difference to the best, game by game, has a smaller error than the two losses apart.
            let gaps = zip(score.losses, best?.losses ?? []).map { $0 - $1 }
            let mean = gaps.reduce(0, +) / Double(max(gaps.count, 1))
            let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(gaps.count - 1, 1))
            return ForecastJSON.Row(
                model: score.model, logLoss: score.logLoss, standardError: score.standardError,
                brier: score.brier,
                behindBest: mean, behindBestError: (variance / Double(max(gaps.count, 1))).squareRoot(),
                count: score.count, unseen: score.unseen)
        }
        if output.json {
            try printJSON(ForecastJSON(from: from, until: until, models: rows))
            return
        }
        var table = TextTable(columns: [
            TextTable.Column("model"), .number("log loss"), .number("Brier"), .number("behind the best"),
            .number("±"), .number("games"), .number("with a newcomer", importance: 2),
        ])
        for row in rows.sorted(by: { $0.logLoss < $1.logLoss }) {
            table.rows.append([
                .text(row.model), .number(row.logLoss, 4), .number(row.brier, 4), .number(row.behindBest, 4),
                .number(1.96 * row.behindBestError, 4), .count(Double(row.count)), .count(Double(row.unseen)),
            ])
        }
        try output.print(table)
    }
}

struct ForecastJSON: Encodable {
    struct Row: Encodable {
        var model: String
        var logLoss: Double
        var standardError: Double
        var brier: Double
        var behindBest: Double
        var behindBestError: Double
        var count: Int
        var unseen: Int
    }

    var from: String
    var until: String?
    var models: [Row]
}
