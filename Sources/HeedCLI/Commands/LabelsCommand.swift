import ArgumentParser
import Heed

struct LabelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels",
        abstract:
            "Settle crowd labels: the likely right label of each task, and how far each worker can be trusted.",
        discussion: """
            Examples:
              heed labels crowd.csv                 columns worker, task, label
              heed labels crowd.csv --method majority --json
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How: \(Method.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "method"))
    var method = Method.hierarchical

    @Flag(name: .long, help: "Print the workers instead of the tasks.")
    var workers = false

    enum Method: String, ExpressibleByArgument, CaseIterable {
        case hierarchical
        case dawidSkene = "dawid-skene"
        case oneCoin = "one-coin"
        case majority

        var model: any LabelModel {
            switch self {
            case .hierarchical: HierarchicalDawidSkene()
            case .dawidSkene: DawidSkene()
            case .oneCoin: OneCoin()
            case .majority: MajorityVote()
            }
        }
    }

    func run() throws {
        let data = try input.read(quiet: output.quiet || !output.isTable)
        if data.log.labels.count == 0 {
            throw Failure(
                "there are no labels (worker, task, label) in what was read; for comparisons, rankings and ratings see "
                    + "heed rank", code: Failure.badData)
        }
        let (votes, names) = try LabelVotes.collect(data.log)
        let consensus = try method.model.fit(votes)
        let right = names.gold.filter { consensus.labels[$0.key] == $0.value }.count
        if output.json {
            try printJSON(LabelsJSON(consensus, votes: votes, names: names, method: method.rawValue))
            return
        }
        if workers {
            var table = TextTable(columns: [
                TextTable.Column("worker"), .number("votes"), .number("accuracy"), TextTable.Column("95%"),
                .number("informedness"), TextTable.Column("kind"), TextTable.Column("why", importance: 2),
            ])
            for (name, worker) in zip(names.workers, consensus.workers) {
                table.rows.append([
                    .text(name), .count(worker.votes), .percent(worker.accuracy),
                    .text(
                        "\(NumberText.fixed(100 * worker.accuracyInterval.lowerBound, 0))–"
                            + "\(NumberText.fixed(100 * worker.accuracyInterval.upperBound, 0))%"),
                    .number(worker.informedness), .text(worker.kind.rawValue), .text(worker.reason),
                ])
            }
            try output.print(table)
        } else {
            var table = TextTable(columns: [
                TextTable.Column("task"), TextTable.Column("label"), .number("confidence"),
            ])
            for (task, name) in names.tasks.enumerated() {
                table.rows.append([
                    .text(name), .text(names.classes[consensus.labels[task]]),
                    .percent(consensus.confidence[task], 1),
                ])
            }
            try output.print(table)
        }
        if !output.csv {
            try Console.out(
                "\(names.tasks.count) tasks, \(names.workers.count) workers, \(votes.count) labels; about "
                    + "\(NumberText.fixed(100 * consensus.noise, 1))% of the labels are wrong.")
            if !names.gold.isEmpty {
                try Console.out(
                    "Of \(names.gold.count) tasks with a known answer \(right) are right "
                        + "(\(NumberText.fixed(100 * Double(right) / Double(names.gold.count), 1))%).")
            }
            for reason in consensus.certificate.reasons { try Console.out(reason) }
        }
    }
}

struct LabelsJSON: Encodable {
    struct Task: Encodable {
        var task: String
        var label: String
        var confidence: Double
        var gold: String?
    }

    struct Worker: Encodable {
        var worker: String
        var votes: Double
        var accuracy: Double?
        var lower: Double?
        var upper: Double?
        var informedness: Double?
        var kind: String
        var reason: String
    }

    var method: String
    var converged: Bool
    var identified: Bool
    var notes: [String]
    var noise: Double?
    var tasks: [Task]
    var workers: [Worker]

    init(_ consensus: LabelConsensus, votes: LabelVotes, names: LabelNames, method: String) {
        self.method = method
        converged = consensus.certificate.converged
        identified = consensus.certificate.identified
        notes = consensus.certificate.reasons
        noise = finite(consensus.noise)
        tasks = names.tasks.enumerated().map { index, name in
            Task(
                task: name, label: names.classes[consensus.labels[index]],
                confidence: consensus.confidence[index],
                gold: names.gold[index].map { names.classes[$0] })
        }
        workers = zip(names.workers, consensus.workers).map { name, worker in
            Worker(
                worker: name, votes: worker.votes, accuracy: finite(worker.accuracy),
                lower: finite(worker.accuracyInterval.lowerBound),
                upper: finite(worker.accuracyInterval.upperBound),
                informedness: finite(worker.informedness), kind: worker.kind.rawValue, reason: worker.reason)
        }
    }
}
