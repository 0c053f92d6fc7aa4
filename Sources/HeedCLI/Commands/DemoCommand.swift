import ArgumentParser
import Foundation
import Heed
import Kernels

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Simulate a town: rank its dishes, learn what to recommend, and compare with the truth.",
        discussion: """
            The town has known tastes, three hidden groups, a position bias, lazy, random and reversed judges and 15%
            noise. Its kitchen recommends a dish to each guest, and learns who orders what. The feedback files, the truth and a
            report are written to a folder.
            """)

    @Option(name: .long, help: ArgumentHelp("Where to write.", valueName: "folder"), completion: .directory)
    var folder = "heed-demo"

    @Option(name: .long, help: "The seed of the town.")
    var seed: UInt64 = 1

    func run() throws {
        let town = Town(seed: seed)
        let draw = town.draw()
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw Failure(
                "\(folder): cannot be made: \(error.localizedDescription)", code: Failure.cannotWrite)
        }
        let file = folder + "/town.jsonl", report = folder + "/report.html"
        try write(draw.events.map { $0.jsonLine() }.joined(separator: "\n") + "\n", to: file)
        try write(
            CSV.text(
                [["dish", "truth"]]
                    + draw.truth.sorted { $0.value > $1.value }.map { [$0.key, "\($0.value)"] }),
            to: folder + "/truth.csv")
        let kinds = Dictionary(grouping: draw.kind.values, by: { $0 }).mapValues(\.count)
        let setting =
            "A simulated town: \(town.judges) judges in three hidden groups compare \(town.items) dishes \(town.answers) "
            + "times; the first shown gains \(town.positionBias) log-odds, \(Int(100 * town.noise))% of honest answers are "
            + "coin tosses, and \(kinds["lazy"] ?? 0) judges are lazy, \(kinds["random"] ?? 0) answer at random and "
            + "\(kinds["reversed"] ?? 0) have the scale the wrong way round."
        try Console.out(setting)
        try Console.out("Wrote \(file).\n\n$ heed rank \(file) --html \(report)\n")

        // From here on only what any user has: the file.
        let log = try FeedbackLog(contentsOf: file)
        let model = try ModelOptions.parse([])
        let fit = try model.makeModel().fit(log)
        let checks = try FitChecks(log, fit: fit, model: model, wantsMap: true)
        try Console.out(RankTable.text(fit, checks: checks, terminal: TerminalInfo.detect()))
        let shares = WinRate().count(log)
        try compare(fit, draw: draw, shares: shares)

        let shareOf = Dictionary(uniqueKeysWithValues: shares.map { ($0.item, $0.value) })
        let data = InputOptions.Input(
            log: log, sources: ["\(file): a simulated town, seed \(seed)"], notes: [])
        var page = RankReport(fit: fit, checks: checks, data: data, command: "rank \(file) --html \(report)")
        page.title = "The town's dishes"
        page.setting = setting
        page.columns = [
            RankingReport.ItemColumn(
                "truth", fit.items.compactMap { item in draw.truth[item.item].map { (item.item, $0) } },
                help: "what was planted", isMarked: true),
            RankingReport.ItemColumn(
                "win rate", fit.items.compactMap { item in shareOf[item.item].map { (item.item, $0) } },
                format: .percent(1), help: "the plain share of comparisons won"),
        ]
        try write(try page.html(), to: report)
        try Console.out("\nThe report is in \(report).")
        try recommend()
        try Console.out(
            "\nNow with your own files: heed rank battles.csv, heed ope clicks.csv --policy linucb")
    }

    /// The kitchen's log, a policy learnt from half of it, and what that is worth: estimated, and in truth.
    private func recommend() throws {
        let draw = Kitchen(seed: seed).draw()
        let file = folder + "/offers.jsonl"
        try write(draw.events.map { $0.jsonLine() }.joined(separator: "\n") + "\n", to: file)
        let arguments = [file, "--missing", "0", "--policy", "linucb"]
        try Console.out(
            "\nThe town's kitchen recommended one of \(draw.dishes.count) dishes to each of \(draw.chances.count) guests. Wrote "
                + "\(file).\n\n$ heed ope \(arguments.joined(separator: " "))")
        let command = try OpeCommand.parse(arguments + ["--quiet"])
        try command.run()
        let bench = try OffPolicyBench(
            command.decisions.read(command.input, quiet: true), estimate: false, seed: command.seed)
        let candidate = try bench.candidate("linucb", train: command.train, seed: command.seed)
        let sample = try bench.logged.sample(candidate.policy, rows: candidate.rows)
        let arms = bench.logged.actions.map { draw.dishes.firstIndex(of: $0) ?? 0 }
        let own = bench.logged.loggedDistributions(of: candidate.rows)
        var learnt = 0.0, house = 0.0
        for (place, row) in candidate.rows.enumerated() {
            for (arm, dish) in arms.enumerated() {
                let chance = draw.chances[row][dish]
                learnt += sample.target[place * arms.count + arm] * chance
                house += own[place * arms.count + arm] * chance
            }
        }
        let count = Double(candidate.rows.count)
        try Console.out(
            "In truth the learnt policy earns \(NumberText.fixed(learnt / count, 3)) orders a guest, the kitchen's "
                + "\(NumberText.fixed(house / count, 3)).")
    }

    /// The table next to the truth and to the naive win rate.
    private func compare(_ fit: RankingFit, draw: Town.Draw, shares: [CountedItem]) throws {
        let truth = draw.truth.sorted { $0.value > $1.value }.map(\.key)
        let place = Dictionary(uniqueKeysWithValues: truth.enumerated().map { ($0.element, $0.offset + 1) })
        let naive = Dictionary(
            uniqueKeysWithValues: shares.enumerated().map { ($0.element.item, $0.offset + 1) })
        let share = Dictionary(uniqueKeysWithValues: shares.map { ($0.item, $0.value) })
        var table = TextTable(columns: [
            TextTable.Column("dish"), .number("truth"), .number("heed"), .number("win rate"),
            .number("true rank"),
            .number("heed's"), .number("win rate's"),
        ])
        for item in fit.items {
            table.rows.append([
                .text(item.item), .number(draw.truth[item.item] ?? .nan), .number(item.score),
                .percent(share[item.item] ?? .nan, 1), .count(Double(place[item.item] ?? 0)),
                .count(Double(item.rank)),
                .count(Double(naive[item.item] ?? 0)),
            ])
        }
        try Console.out("\nAgainst the truth:")
        try Console.out(table.text(TerminalInfo.detect()))
        let names = fit.items.map(\.item)
        let truths = names.map { draw.truth[$0] ?? .nan }
        let own = Statistics.kendallTauB(fit.items.map(\.score), truths)
        let plain = Statistics.kendallTauB(names.map { share[$0] ?? .nan }, truths)
        let inside = fit.items.count { item in
            // The scale of a town of mixed tastes is its own: ranks are what the truth fixes.
            item.ranks.contains(place[item.item] ?? 0)
        }
        try Console.out(
            "Agreement with the true order (Kendall's tau): heed \(NumberText.fixed(own, 3)), win rate "
                + "\(NumberText.fixed(plain, 3)). \(inside) of \(fit.items.count) true ranks are in heed's ranges."
        )
        let suspects = fit.judges.filter { [.lazy, .random, .reversed].contains($0.kind) }
        let planted = draw.kind.filter { $0.value != "honest" }
        let right = suspects.count { planted[$0.judge] != nil }
        try Console.out(
            "Of \(planted.count) planted bad judges \(right) were named, with \(suspects.count - right) honest ones by mistake."
        )
    }
}
