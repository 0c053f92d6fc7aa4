import ArgumentParser
import Foundation
import Heed

struct RankCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rank",
        abstract: "Rank items from comparisons, rankings, choices and ratings, with honest uncertainty.",
        discussion: """
            Examples:
              heed rank battles.csv
              heed rank battles.jsonl.gz --covariate length:log --html report.html
              heed rank results.csv --model time-decay
              heed rank votes.csv --by country --json
              heed rank poll.csv --map left=a,right=b,winner=preferred
              cat more.csv | heed rank battles.csv -
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        name: .long,
        help: ArgumentHelp("A ranking for each value of a group, such as country.", valueName: "group"))
    var by: String?

    @Option(
        name: .long, help: ArgumentHelp("Write a report as one HTML file.", valueName: "file"),
        completion: .file())
    var html: String?

    @Flag(name: .long, help: "Leave out the checks of the fit (held-out calibration, cycles).")
    var noChecks = false

    func validate() throws {
        if by != nil, html != nil {
            throw ValidationError("--html writes one ranking; leave out --by, or filter with --where.")
        }
    }

    func run() throws {
        if let html { try checkFolder(of: html) }
        let data = try input.read(quiet: output.quiet || !output.isTable)
        if let by {
            try rankByGroup(data, by)
            return
        }
        let fit = try model.makeModel().fit(data.log)
        let checks = noChecks ? nil : try FitChecks(data.log, fit: fit, model: model, wantsMap: html != nil)
        if output.json {
            try printJSON(RankJSON(fit, checks: checks, sources: data.sources, notes: data.notes))
        } else if output.csv {
            try output.print(RankTable.table(fit))
        } else {
            try Console.out(RankTable.text(fit, checks: checks, terminal: output.terminal))
        }
        if let html {
            let report = RankReport(
                fit: fit, checks: checks, data: data,
                command: CommandLine.arguments.dropFirst().joined(separator: " "))
            try write(report.html(), to: html)
            if !output.quiet { Console.note("Wrote \(html)") }
        }
    }

    private func rankByGroup(_ data: InputOptions.Input, _ attribute: String) throws {
        let groups = data.log.grouped(by: attribute)
        if groups.isEmpty {
            let known = data.log.groupAttributes
            throw Failure(
                "no event has a group '\(attribute)'; "
                    + (known.isEmpty ? "the data name no groups" : "known: \(known.joined(separator: ", "))"),
                code: Failure.usage)
        }
        var fits: [(String, RankingFit)] = []
        var failed: [(String, String)] = []
        for (group, log) in groups {
            do {
                fits.append((group, try model.makeModel().fit(log)))
            } catch let error as PreferenceError {
                failed.append((group, error.description))
            }
        }
        if output.json {
            try printJSON(
                GroupedRankJSON(
                    by: attribute,
                    groups: fits.map {
                        GroupedRankJSON.Group(
                            group: $0.0,
                            ranking: RankJSON($0.1, checks: nil, sources: data.sources, notes: data.notes))
                    }, failed: failed.map { GroupedRankJSON.Failed(group: $0.0, reason: $0.1) }))
        } else if output.csv {
            try output.print(RankTable.grouped(fits, by: attribute))
        } else {
            for (group, fit) in fits {
                try Console.out("\n\(attribute) = \(group)")
                try Console.out(RankTable.text(fit, checks: nil, terminal: output.terminal))
            }
        }
        for (group, reason) in failed { Console.note("\(attribute) = \(group): \(reason)") }
        if fits.isEmpty { throw Failure("no group could be ranked", code: Failure.badData) }
    }
}
