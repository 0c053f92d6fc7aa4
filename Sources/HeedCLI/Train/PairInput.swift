import ArgumentParser
import Foundation
import Heed

/// Two things that a saved model is asked about.
struct PairInput: ParsableArguments {
    @Argument(help: ArgumentHelp("The first: a file with its text, or its id in --items.", valueName: "a"))
    var a: String

    @Argument(help: ArgumentHelp("The second.", valueName: "b"))
    var b: String

    @Option(name: .long, help: ArgumentHelp("A file with the prompt that both answer.", valueName: "file"))
    var prompt: String?

    @Flag(name: .long, help: "The arguments and --prompt are the texts themselves, not files.")
    var literal = false

    @Option(
        name: .long, help: ArgumentHelp("A table of things with their numbers.", valueName: "file"),
        completion: .file())
    var items: String?

    /// The two as one comparison, described as the model knows things.
    func comparison(_ model: TrainedModel) throws -> ComparisonSet {
        try ComparisonSet(items: try things(model), left: [0], right: [1], labels: [0.5])
    }

    /// What drove the preference, for models that weigh features; nil for others.
    func reasons(_ model: TrainedModel, _ comparison: ComparisonSet) throws -> [PreferenceReason]? {
        if model.card.recipe.source.readsTexts, items == nil {
            return try model.reasons(prompt: try prompt.map(text), try text(a), try text(b))
        }
        return try model.reasons(comparison.items.features.row(0), comparison.items.features.row(1))
    }

    private func things(_ model: TrainedModel) throws -> ItemSet {
        if model.card.recipe.source.readsTexts, items == nil {
            let question = try prompt.map(text)
            return try model.features.items(
                answers: [try text(a), try text(b)], prompt: question == nil ? [-1, -1] : [0, 0],
                prompts: question.map { [$0] } ?? [])
        }
        guard let items else {
            throw Failure(
                "the model has learnt from numbers: name a table of things with --items, and two of their ids",
                code: Failure.usage)
        }
        return try ThingTable(items, model).selecting([a, b])
    }

    private func text(_ argument: String) throws -> String {
        if literal { return argument }
        guard FileManager.default.fileExists(atPath: argument) else {
            throw Failure(
                "\(argument): there is no such file; to give the text itself say --literal",
                code: Failure.noInput)
        }
        guard let text = String(validating: try SourceBytes.read(argument), as: UTF8.self) else {
            throw Failure("\(argument): it is no UTF-8 text", code: Failure.badData)
        }
        return text
    }
}

/// Things of a file, described as a model knows things.
struct ThingTable {
    let path: String
    let ids: [String]
    let items: ItemSet

    init(_ path: String, _ model: TrainedModel) throws {
        let table = try ItemTable.read(path) { try SourceBytes.read($0) }
        self.path = path
        ids = table.ids
        var items: ItemSet
        switch model.card.recipe.source {
        case .hashed, .tfidf, .traits, .encoder:
            guard let texts = table.texts else {
                throw Failure(
                    "\(path) holds no texts, and the model has learnt from texts", code: Failure.badData)
            }
            let prompts = table.prompts ?? [String?](repeating: nil, count: texts.count)
            var (places, known): ([String: Int], [String]) = ([:], [])
            let promptOf = prompts.map { prompt -> Int in
                guard let prompt else { return -1 }
                if let place = places[prompt] { return place }
                places[prompt] = known.count
                known.append(prompt)
                return known.count - 1
            }
            items = try model.features.items(answers: texts, prompt: promptOf, prompts: known)
        case .columns(let names):
            guard let numbers = table.features else {
                throw Failure(
                    "\(path) holds no numbers, and the model has learnt from numbers", code: Failure.badData)
            }
            let columns = try names.map { name in
                guard let place = table.columns.firstIndex(of: name) else {
                    throw LearningError.unknown(kind: "column", name: name, known: table.columns)
                }
                return place
            }
            let values = (0..<numbers.rows).flatMap { row -> [Double] in
                let all = numbers.row(row)
                return columns.map { all[$0] }
            }
            items = ItemSet(
                features: try FeatureMatrix(rows: numbers.rows, columns: columns.count, values: values))
        case .embeddings(let width):
            guard let numbers = table.features, numbers.columns == width else {
                throw Failure(
                    "\(path) holds rows of \(table.features?.columns ?? 0) numbers, and the model has learnt from rows of \(width)",
                    code: Failure.badData)
            }
            items = ItemSet(features: numbers)
        }
        items.names = table.ids
        self.items = items
    }

    /// Some of them by id.
    func selecting(_ wanted: [String]) throws -> ItemSet {
        items.selecting(
            try wanted.map { id in
                guard let place = ids.firstIndex(of: id) else {
                    throw LearningError.unknown(kind: "item in \(path)", name: id, known: ids)
                }
                return place
            })
    }
}
