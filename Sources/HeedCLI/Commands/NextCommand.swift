import ArgumentParser
import Heed

struct NextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Name the comparisons that would teach most, and say when to stop.",
        discussion: """
            Examples:
              heed next battles.csv --count 20
              heed next battles.csv --goal top:5 --json
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(name: .long, help: ArgumentHelp("How many comparisons to name.", valueName: "number"))
    var count = 20

    @Option(name: .long, help: ArgumentHelp("What to find out: ranking, best, or top:K.", valueName: "goal"))
    var goal = "ranking"

    @Option(name: .long, help: "The seed of everything random.")
    var seed: UInt64 = 1

    @Flag(name: .long, help: "Leave out the simulation of how many votes this saves.")
    var noSavings = false

    func validate() throws {
        if count < 1 { throw ValidationError("--count takes at least 1.") }
        _ = try scheduleGoal()
    }

    private func scheduleGoal() throws -> ScheduleGoal {
        switch goal {
        case "ranking": return .ranking
        case "best": return .best
        default:
            let parts = goal.split(separator: ":")
            guard parts.count == 2, parts[0] == "top", let k = Int(parts[1]), k > 0 else {
                throw ValidationError("--goal is ranking, best, or top:K with a positive K.")
            }
            return .top(k)
        }
    }

    func run() throws {
        let data = try input.read(quiet: output.quiet || !output.isTable)
        var options = ScheduleOptions()
        options.goal = try scheduleGoal()
        options.seed = seed
        var log = data.log
        if try AutomaticModel().choose(for: log) is JudgeReliability {
            // The schedule takes all votes alike, so that votes of judges who say nothing are better left out.
            let odd = Set(
                try JudgeReliability().fit(log).judges.filter {
                    [.random, .lazy, .reversed].contains($0.kind)
                }
                .map(\.judge))
            if !odd.isEmpty {
                log = log.filter { $0.judge.map { !odd.contains($0) } ?? true }
                if !output.quiet, output.isTable {
                    Console.note(
                        "Left out the votes of \(odd.count) judges that heed rank finds lazy, random or reversed."
                    )
                }
            }
        }
        var scheduler = try ComparisonScheduler(log: log, items: data.log.items.all, options: options)
        let advice = StoppingRule().assess(scheduler)
        let proposals = try scheduler.ask(count: count)
        let savings = noSavings ? nil : try ScheduleSavings.simulate(scheduler)
        if output.json {
            try printJSON(NextJSON(proposals, advice: advice, savings: savings))
            return
        }
        var table = TextTable(columns: [
            TextTable.Column("left"), TextTable.Column("right"), .number("bits"), .number("left wins"),
            TextTable.Column("why", importance: 2),
        ])
        for proposal in proposals {
            table.rows.append([
                .text(proposal.left), .text(proposal.right), .number(proposal.bits, 3),
                .percent(proposal.probability.win + proposal.probability.tie / 2),
                .text("\(proposal.reason)"),
            ])
        }
        try output.print(table)
        if output.isTable {
            try Console.out(
                advice.shouldStop ? "You can stop: \(advice.sentence)." : "Go on: \(advice.sentence).")
            if let savings, savings.random.median > 20 {
                try Console.out("To 0.9 agreement with the final order: \(savings.sentence).")
            }
        }
    }
}

struct NextJSON: Encodable {
    struct Proposal: Encodable {
        var left: String
        var right: String
        var bits: Double
        var win: Double
        var tie: Double
        var loss: Double
        var reason: String
    }

    struct Stop: Encodable {
        var stop: Bool
        var settled: Int
        var questions: Int
        var votesLeft: Double?
        var sentence: String
    }

    struct Savings: Encodable {
        var active: Double
        var random: Double
        var ratio: Double
        var repetitions: Int
        var sentence: String
    }

    var comparisons: [Proposal]
    var stopping: Stop
    var savings: Savings?

    init(_ proposals: [ProposedComparison], advice: StoppingAdvice, savings: ScheduleSavings?) {
        comparisons = proposals.map {
            Proposal(
                left: $0.left, right: $0.right, bits: $0.bits, win: $0.probability.win,
                tie: $0.probability.tie,
                loss: $0.probability.loss, reason: "\($0.reason)")
        }
        stopping = Stop(
            stop: advice.shouldStop, settled: advice.settled, questions: advice.questions,
            votesLeft: advice.votesLeft,
            sentence: advice.sentence)
        self.savings = savings.map {
            Savings(
                active: $0.active.median, random: $0.random.median, ratio: $0.ratio.median,
                repetitions: $0.repetitions, sentence: $0.sentence)
        }
    }
}
