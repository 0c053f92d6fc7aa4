import ArgumentParser
import Foundation
import Heed

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Learn what people prefer from comparisons of texts or of things with features.",
        discussion: """
            Examples:
              heed train pairs.jsonl --save my-model            prompt, chosen, rejected
              heed train pairs.jsonl --compare                  every method that fits, best first
              heed train pairs.csv --items cars.csv --method pal
              heed train pairs.jsonl --encoder models/all-MiniLM-L6-v2 --method neural

            A part of the prompts (without prompts: of the pairs of items) is held out with all its answers, and where there are five judges
            or more, some judges too: the figures are about what was never seen.
            """)

    @OptionGroup var input: PairOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The method: \(LearnerKind.all.map(\.id).joined(separator: ", ")).", valueName: "id"),
        completion: .list(LearnerKind.all.map(\.id)))
    var method: String?

    @Flag(name: .long, help: "Train every method that fits the data, and print one table.")
    var compare = false

    @Option(
        name: .long, help: ArgumentHelp("Write the model to this folder.", valueName: "folder"),
        completion: .directory)
    var save: String?

    @Flag(name: .long, help: "Replace a model that is in the folder already.")
    var replace = false

    @Option(name: .long, help: ArgumentHelp("The share of prompts that is held out.", valueName: "share"))
    var test = 0.2

    @Option(name: .long, help: ArgumentHelp("The share of judges that is held out.", valueName: "share"))
    var newJudges = 0.1

    @Option(name: .long, help: "The seed of everything random.")
    var seed: UInt64 = 1

    func validate() throws {
        if compare, method != nil || save != nil {
            throw ValidationError(
                "--compare trains every method to choose from; then train the chosen one with --method and --save."
            )
        }
        if let method { try requireKnown(method) }
        guard test > 0, test < 1 else { throw ValidationError("--test lies between 0 and 1.") }
        guard newJudges >= 0, newJudges < 1 else {
            throw ValidationError("--new-judges is from 0 to below 1.")
        }
    }

    private func requireKnown(_ method: String) throws {
        guard LearnerKind.all.contains(where: { $0.id == method }) else {
            throw ValidationError(
                "There is no method '\(method)'. Known: \(LearnerKind.all.map(\.id).joined(separator: ", "))."
            )
        }
    }

    func run() throws {
        if let save { try checkPlace(save) }
        let run = try TrainingRun(input, testShare: test, judgeShare: newJudges, seed: seed)
        if !output.quiet, output.isTable { Console.note(run.summary) }
        if compare { try runAll(run) } else { try runOne(run) }
    }

    /// Refuses a place where nothing may be written before work is spent on a model.
    private func checkPlace(_ path: String) throws {
        do { try ModelFolder.check(path, replacing: replace) } catch let error as LearningError {
            let canBeReplaced = !replace && (try? ModelFolder.check(path, replacing: true)) != nil
            throw Failure(
                error.description + (canBeReplaced ? " (--replace)" : ""), code: Failure.cannotWrite)
        }
    }

    private func runOne(_ run: TrainingRun) throws {
        let kind = try LearnerKind.named(method ?? LinearReward<LogisticLoss>.id)
        let outcome = try run.train(kind, watch: progress(kind.id))
        if let save {
            try ModelFolder.write(
                run.trained(outcome, date: Date()), to: save, replacing: replace)
        }
        if output.json {
            return try printJSON(TrainJSON(run, [outcome], saved: save))
        }
        try output.print(TrainTable.one(outcome.report))
        guard output.isTable else { return }
        if outcome.report.all.count < 30 {
            try Console.out(
                "\(run.counted(outcome.report.all.count, "comparison")) held out say little of how good it is; give more, or raise --test."
            )
        }
        if let worst = outcome.report.worst, outcome.report.groups.count > 1 {
            try Console.out(
                "It serves the group \(worst.name.debugDescription) worst: \(NumberText.percent(worst.accuracy, 1)) of \(worst.count)."
            )
        }
        if !outcome.model.certificate.converged {
            try Console.out(
                "Training ended after \(outcome.model.certificate.steps) steps, before it had converged.")
        }
        for limit in outcome.model.certificate.limits { try Console.out("Note: \(limit).") }
        if let save { try Console.out("Model: \(save)") }
    }

    private func runAll(_ run: TrainingRun) throws {
        var (outcomes, skipped): ([TrainingRun.Outcome], [(id: String, reason: String)]) = ([], [])
        for kind in LearnerKind.all {
            if let lack = kind.lacks(run.split.train) {
                skipped.append((kind.id, "needs \(lack)"))
                continue
            }
            do {
                outcomes.append(try run.train(kind, watch: progress(kind.id)))
            } catch let error as LearningError where error != .cancelled {
                skipped.append((kind.id, error.description))
            }
        }
        guard let baseline = outcomes.first(where: { $0.kind.id == LinearReward<LogisticLoss>.id }) else {
            throw Failure(
                "no method could be trained: \(skipped.first?.reason ?? "")", code: Failure.failedFit)
        }
        outcomes.sort { ($0.report.all.logLoss, $0.kind.id) < ($1.report.all.logLoss, $1.kind.id) }
        if output.json {
            return try printJSON(TrainJSON(run, outcomes, baseline: baseline, skipped: skipped))
        }
        try output.print(TrainTable.many(outcomes, over: baseline, run))
        guard output.isTable else { return }
        for (id, reason) in skipped { try Console.out("\(id) was left out: \(reason)") }
        try Console.out(
            "Sorted by log loss. The one that looks best among \(outcomes.count) looks a little better than it is; an interval that "
                + "includes 0 is no difference.")
    }

    private func progress(_ label: String) -> FitWatch {
        let line = ProgressLine("training \(label)", unit: .things("steps"), shown: !output.quiet)
        return FitWatch(progress: { _, _, _ in line.advance() })
    }
}
