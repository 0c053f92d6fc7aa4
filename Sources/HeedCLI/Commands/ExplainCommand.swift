import ArgumentParser
import Foundation
import Heed

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a saved model prefers one of two things, and what it has learnt from.",
        discussion: """
            Examples:
              heed explain my-model a.txt b.txt --prompt question.txt
              heed explain my-model a.txt b.txt --data pairs.jsonl     and which of these comparisons carry it

            See also heed compare.
            """)

    @OptionGroup var saved: SavedModelOptions
    @OptionGroup var pair: PairInput
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The comparisons that the model learnt from, to show those that carry the answer. May be repeated.",
            valueName: "file"), completion: .file())
    var data: [String] = []

    @Option(name: .long, help: ArgumentHelp("How many reasons are shown.", valueName: "number"))
    var count = 8

    func validate() throws {
        if count < 1 { throw ValidationError("--count is at least 1.") }
    }

    func run() throws {
        let model = try saved.load()
        let comparison = try pair.comparison(model)
        let audience = try saved.audience(model, items: pair.items)
        let answer = try model.predictor.predict(comparison, for: audience)[0]
        let reasons = try self.reasons(model, comparison, audience)
        let evidence = try data.isEmpty ? [] : self.evidence(model, comparison)
        if output.json {
            return try printJSON(
                Result(
                    probability: answer.probability, logOdds: answer.value,
                    reasons: Array(reasons.prefix(count)), evidence: evidence,
                    limits: model.card.certificate.limits))
        }
        if output.isTable { try Console.out(CompareCommand.sentence(answer) + "\n") }
        if reasons.isEmpty, evidence.isEmpty {
            try Console.out(
                "\(model.card.method) does not say what an answer is made of; give --data for comparisons like it."
            )
        }
        if !reasons.isEmpty {
            var table = TextTable(columns: [
                TextTable.Column("because of"), .number("log-odds"),
                TextTable.Column("first, second", importance: 3),
            ])
            for reason in reasons.prefix(count) {
                table.rows.append([.text(reason.what), .number(reason.value, 3), .text(reason.detail)])
            }
            try output.print(table)
            if output.isTable, reasons.count > count {
                let rest = reasons.dropFirst(count).reduce(0) { $0 + $1.value }
                try Console.out("\(reasons.count - count) more add up to \(NumberText.fixed(rest, 3)).")
            }
        }
        if !evidence.isEmpty {
            var table = TextTable(columns: [
                TextTable.Column("learnt from"), .number("log-odds"),
                TextTable.Column("where", importance: 3),
            ])
            for piece in evidence {
                table.rows.append([.text(piece.what), .number(piece.value, 3), .text(piece.place)])
            }
            if output.isTable { try Console.out("") }
            try output.print(table)
        }
        guard output.isTable else { return }
        for limit in model.card.certificate.limits { try Console.out("Note: \(limit).") }
    }

    private func reasons(_ model: TrainedModel, _ comparison: ComparisonSet, _ audience: Audience) throws
        -> [Reason]
    {
        if let explainer = model.predictor as? any ComparisonExplainer {
            return try explainer.explain(comparison, comparison: 0, for: audience).ranked.map {
                Reason(
                    what: $0.name, value: $0.contribution, weight: $0.weight, first: $0.first,
                    second: $0.second)
            }
        }
        return (try pair.reasons(model, comparison) ?? []).map { Reason(what: $0.feature, value: $0.value) }
    }

    struct Reason: Encodable {
        var what: String
        var value: Double
        var weight: Double?
        var first: Double?
        var second: Double?

        /// The two things' own numbers, where they are known.
        var detail: String {
            guard let first, let second else { return "" }
            return "\(NumberText.fixed(first, 3)) against \(NumberText.fixed(second, 3))"
        }
    }

    struct Evidence: Encodable {
        var what: String
        var place: String
        var value: Double
    }

    private func evidence(_ model: TrainedModel, _ comparison: ComparisonSet) throws -> [Evidence] {
        var file = PairFile()
        file.open = { try SourceBytes.read($0) }
        let table = try pair.items.map { try ItemTable.read($0) { try SourceBytes.read($0) } }
        let records = try file.read(data, items: table)
        let training = try records.comparisons(model.features)
        let evidence = try TrainingEvidence(model.predictor, training: training, for: comparison)
        return evidence.strongest(count).map { piece in
            let place = piece.comparison
            let isFirst = training.labels[place] >= 0.5
            let (better, worse) = isFirst ? (training.left, training.right) : (training.right, training.left)
            return Evidence(
                what: "“\(training.items.name(better[place]))” over “\(training.items.name(worse[place]))”",
                place: records.place(of: place), value: piece.value)
        }
    }

    struct Result: Encodable {
        var probability: Double
        var logOdds: Double
        var reasons: [Reason]
        var evidence: [Evidence]
        var limits: [String]
    }
}
