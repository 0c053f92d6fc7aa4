import ArgumentParser
import Foundation
import Heed
import Kernels

struct OpeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ope",
        abstract:
            "Say from a log of decisions what another policy would have earned, and whether it is better.",
        discussion: """
            Examples:
              heed ope clicks.csv --policy uniform
              heed ope log.jsonl --policy offers.json                a policy that heed simulate --save kept
              heed ope log.vw --policy linucb                        learns on the first half, is valued on the second
              heed ope log.csv --policy always:red --policy always:blue --anytime
              heed ope log.csv --policy probabilities.csv            a row for each decision, a column for each action

            A log without probabilities gets them estimated from its contexts; the answer then comes with what becomes of it if they were wrong,
            and no verdict that only they carry.
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup var decisions: DecisionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        name: .customLong("policy"),
        help: ArgumentHelp(
            "The policy to value: uniform, always:ACTION, a learner as in heed simulate, a saved policy, or a CSV file of probabilities. May be repeated.",
            valueName: "policy"))
    var policies: [String]

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The estimator that decides: \(EstimatorChoice.ids.joined(separator: ", ")). Without it dr where contexts have features, else snips.",
            valueName: "id"), completion: .list(EstimatorChoice.ids))
    var estimator: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The share of the log that a learner learns from.", valueName: "share"))
    var train = 0.5

    @Flag(
        name: .long, help: "Estimate the probabilities of actions from contexts, even where the log has them."
    )
    var estimatePropensities = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With estimated probabilities a verdict must hold if odds are off by this factor.",
            valueName: "factor"))
    var gamma = 1.25

    @Flag(
        name: .long, help: "Intervals that stay valid while the log grows and is looked at again and again.")
    var anytime = false

    @Option(name: .long, help: ArgumentHelp("Confidence of the intervals.", valueName: "level"))
    var confidence = 0.95

    @Option(
        name: .long, help: ArgumentHelp("Draw all estimates with their intervals, as SVG.", valueName: "file")
    )
    var chart: String?

    @Option(name: .long, help: "The seed of everything random.")
    var seed: UInt64 = 1

    func validate() throws {
        if policies.isEmpty {
            throw ValidationError(
                "Name the policy to value: --policy uniform, always:ACTION, a learner or a file.")
        }
        if let estimator, !EstimatorChoice.ids.contains(estimator) {
            throw ValidationError(
                "There is no estimator '\(estimator)'. Known: \(EstimatorChoice.ids.joined(separator: ", "))."
            )
        }
        if !(train > 0 && train < 1) { throw ValidationError("--train lies between 0 and 1.") }
        if !(confidence > 0 && confidence < 1) { throw ValidationError("--confidence lies between 0 and 1.") }
        if !(gamma >= 1 && gamma.isFinite) { throw ValidationError("--gamma takes a factor of at least 1.") }
    }

    func run() throws {
        if let chart { try checkFolder(of: chart) }
        let log = try decisions.read(input, quiet: output.quiet || !output.isTable)
        let bench = try OffPolicyBench(log, estimate: estimatePropensities, seed: seed)
        let candidates = try policies.map { try bench.candidate($0, train: train, seed: seed) }
        let progress = ProgressLine("valuing", total: Double(candidates.count), unit: .things("policies"))
        var found: [OpeJSON.Policy] = []
        var models: OffPolicyBench.Models?
        for candidate in candidates {
            // Policies that are valued on the same rows share what is fitted there.
            let fitted =
                try models.flatMap { $0.rows == candidate.rows ? $0 : nil }
                ?? bench.models(of: candidate.rows)
            models = fitted
            found.append(
                try bench.value(
                    candidate, fitted, estimator: estimator, gamma: gamma, confidence: confidence,
                    anytime: anytime))
            progress.advance()
        }
        progress.finish()
        let result = OpeJSON(bench, found)
        if let chart {
            try write(OpeChart(result: result).image(width: 720).markup(standalone: true), to: chart)
        }
        try OpeText(result: result, bench: bench, output: output).print()
        if output.isTable, let chart { try Console.out("Chart: \(chart)") }
    }
}
