import ArgumentParser
import Foundation
import Heed
import Kernels

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Play policies on a log of decisions, and see what each would have earned while it learnt.",
        discussion: """
            Examples:
              heed simulate clicks.vw --policy squarecb --policy linucb
              heed simulate log.jsonl --policy thompson --policy ucb1 --mode fitted --rounds 20000 --chart regret.svg
              heed simulate log.csv --policy squarecb:gamma=30 --save offers.json

            Modes:
              replay       only decisions that the policy could have made itself; needs their probabilities
              progressive  learns from every decision, and weighs its reward by its probability
              fitted       a world made of the log's occasions and a model of their rewards; shows regret
            Without --mode it is replay where it would accept at least 2000 decisions, else progressive where probabilities are known, else fitted.

            Policies:
            \(ArmPolicyKind.all.map { "  \($0.id): \($0.summary)" + settings($0) }.joined(separator: "\n"))
              thompson: beta-thompson for rewards in 0...1, gaussian-thompson for others
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup var decisions: DecisionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        name: .customLong("policy"),
        help: ArgumentHelp(
            "A policy with its settings, ID or ID:name=value,…; may be repeated.", valueName: "policy"))
    var policies: [String] = ["squarecb", "epsilon-greedy", "uniform"]

    @Option(
        name: .long, help: "replay, progressive or fitted.", completion: .list(Mode.allCases.map(\.rawValue)))
    var mode: Mode?

    @Option(name: .long, help: "How often each policy is played, each time with other random draws.")
    var runs = 10

    @Option(name: .long, help: "The number of decisions in a fitted world; as many as in the log without it.")
    var rounds: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Replay accepts decisions at this rate; without it, the smallest probability in the log.",
            valueName: "rate"))
    var floor: Double?

    @Option(
        name: .long,
        help: ArgumentHelp("Draw the reward (or regret) with its bands, as SVG.", valueName: "file"))
    var chart: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Save the policy as it is after the last run, for heed ope; takes one --policy.",
            valueName: "file"))
    var save: String?

    @Option(name: .long, help: "The seed of everything random.")
    var seed: UInt64 = 1

    enum Mode: String, CaseIterable, ExpressibleByArgument, Encodable { case replay, progressive, fitted }

    private static func settings(_ kind: ArmPolicyKind) -> String {
        kind.settings.isEmpty
            ? ""
            : " (" + kind.settings.map { "\($0.name)=\(plain($0.standard))" }.joined(separator: ", ") + ")"
    }

    private static func plain(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e6 ? String(Int(value)) : String(value)
    }

    func validate() throws {
        if runs < 1 { throw ValidationError("--runs takes a positive number.") }
        if let rounds, rounds < 1 { throw ValidationError("--rounds takes a positive number.") }
        if save != nil, policies.count != 1 {
            throw ValidationError("--save keeps one policy: name one --policy.")
        }
        if rounds != nil, let mode, mode != .fitted {
            throw ValidationError("--rounds is for --mode fitted.")
        }
        if floor != nil, let mode, mode != .replay { throw ValidationError("--floor is for --mode replay.") }
    }

    func run() throws {
        for path in [chart, save].compactMap({ $0 }) { try checkFolder(of: path) }
        let log = try decisions.read(input, quiet: output.quiet || !output.isTable)
        let logged = try LoggedDecisions(log, constant: true, scaled: true)
        let chosen = try policies.map { try PolicyChoice($0, logged) }
        let world = try World(logged, mode: mode, floor: floor, rounds: rounds)
        let progress = ProgressLine(
            "playing", total: Double(chosen.count * runs * world.rows), unit: .things("decisions"))
        var played: [SimulateJSON.Policy] = []
        for choice in chosen {
            let ends = try Parallel.map(runs) { run throws -> (ReplayTrace, any ArmPolicy) in
                var policy = try choice.make(seed: seed &+ UInt64(run))
                let trace = try world.play(&policy, seed: seed &+ UInt64(run)) {
                    progress.advance(by: Double($0))
                }
                return (trace, policy)
            }
            let study = try ReplayStudy(ends.map(\.0), independent: world.mode == .fitted)
            played.append(SimulateJSON.Policy(choice.text, study))
            if let save, let last = ends.last {
                try Decider(
                    actions: logged.actions, features: log.featureNames.all, scales: logged.scales,
                    constant: true,
                    rewards: logged.rewardUnit, learnedFrom: logged.marks, policy: last.1
                ).save(to: save)
            }
        }
        progress.finish()
        played.sort { $0.value > $1.value }
        let result = SimulateJSON(world, logged, runs: runs, seed: seed, policies: played)
        if let chart { try write(self.chart(result).image(width: 720).markup(standalone: true), to: chart) }
        try print(result, world)
    }

    private func print(_ result: SimulateJSON, _ world: World) throws {
        if output.json { return try printJSON(result) }
        let decimals = fourDigits(result.policies.map(\.value) + [result.logging])
        let regret = result.policies.contains { !$0.regret.isEmpty }
        var columns = [
            TextTable.Column("policy"), .number("mean reward"),
            TextTable.Column("95% interval", minimum: 16), .number("decisions", importance: 3),
            TextTable.Column("over time", importance: 1),
        ]
        if regret { columns.insert(.number("regret"), at: 3) }
        var table = TextTable(columns: columns)
        for policy in result.policies {
            var row: [TextTable.Cell] = [
                .text(policy.policy), .number(policy.value, decimals),
                .text(
                    "\(NumberText.fixed(policy.lower ?? .nan, decimals)) to \(NumberText.fixed(policy.upper ?? .nan, decimals))"
                ),
                .count(policy.decisions),
                .text(Sparkline.text(policy.segments())),
            ]
            if regret { row.insert(policy.regret.last.map { .number($0.value, 1) } ?? .missing, at: 3) }
            table.rows.append(row)
        }
        if output.isTable { try Console.out(world.explanation(result)) }
        try output.print(table)
        if output.isTable {
            try Console.out(
                "The policy that made the log earned \(NumberText.fixed(result.logging, decimals)) a decision."
            )
            for policy in result.policies {
                if let warning = policy.warning { try Console.out(warning) }
            }
            if let chart { try Console.out("Chart: \(chart)") }
            if let save { try Console.out("Saved: \(save)") }
        }
    }

    private func chart(_ result: SimulateJSON) -> LineChart {
        let regret = result.policies.contains { !$0.regret.isEmpty }
        return LineChart(
            title: regret ? "Cumulative regret" : "Mean reward so far",
            series: result.policies.map { policy in
                LineChart.Series(
                    policy.policy,
                    (regret ? policy.regret : policy.reward).map {
                        LineChart.Point(
                            Double($0.decisions), $0.value,
                            band: min($0.lower, $0.value)...max($0.upper, $0.value))
                    })
            }, xAxis: "decisions", yAxis: regret ? "regret" : "mean reward",
            reference: regret ? nil : result.logging)
    }
}
