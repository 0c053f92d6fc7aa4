import ArgumentParser
import Foundation
import Heed

/// Which comparisons are read, and how a thing becomes numbers.
struct PairOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Files of comparisons (JSON lines, JSON, CSV; gzip of each), - for standard input.",
            valueName: "file"),
        completion: .file())
    var files: [String]

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What the pairs name: a table of ids with numbers or a text, or embeddings as .npy or .safetensors.",
            valueName: "file"), completion: .file())
    var items: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "How texts become numbers: \(TextKind.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "kind"))
    var features: TextKind?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A folder with a sentence encoder (config.json, model.safetensors, vocab.txt); see scripts/get-encoder.",
            valueName: "folder"), completion: .directory)
    var encoder: String?

    @Option(name: .long, help: ArgumentHelp("The field of the prompt.", valueName: "field"))
    var prompt: String?

    @Option(name: .long, help: ArgumentHelp("The field of the first, or chosen, answer.", valueName: "field"))
    var first: String?

    @Option(
        name: .long, help: ArgumentHelp("The field of the second, or rejected, answer.", valueName: "field"))
    var second: String?

    @Option(
        name: .long, help: ArgumentHelp("The field that says which was preferred.", valueName: "field"))
    var label: String?

    @Option(name: .long, help: ArgumentHelp("The field of who judged.", valueName: "field"))
    var judge: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The field of the groups that are reported one by one.", valueName: "field"))
    var group: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Leave out: \(PairFile.Drop.allCases.map(\.rawValue).joined(separator: ", ")). May be repeated.",
            valueName: "what"))
    var drop: [Drop] = []

    /// How texts become numbers without an encoder.
    enum TextKind: String, ExpressibleByArgument, CaseIterable {
        /// Hashed words and parts of words.
        case hashed
        /// The words of the training texts, by rarity.
        case tfidf
        /// Length, lists, hedges and other traits that have names.
        case traits
    }

    /// What may be left out.
    struct Drop: ExpressibleByArgument {
        var drop: PairFile.Drop
        init?(argument: String) {
            guard let drop = PairFile.Drop(rawValue: argument) else { return nil }
            self.drop = drop
        }
        static var allValueStrings: [String] { PairFile.Drop.allCases.map(\.rawValue) }
    }

    func validate() throws {
        if files.isEmpty {
            throw ValidationError("Name at least one file of comparisons, or - for standard input.")
        }
        if encoder != nil, features != nil {
            throw ValidationError("Choose one of --features and --encoder.")
        }
    }

    /// Reads the comparisons.
    func read() throws -> PairRecords {
        var file = PairFile()
        (file.prompt, file.first, file.second, file.label) = (prompt, first, second, label)
        (file.judge, file.group, file.dropping) = (judge, group, Set(drop.map(\.drop)))
        file.open = { try SourceBytes.read($0) }
        let table = try items.map { try ItemTable.read($0) { try SourceBytes.read($0) } }
        return try file.read(files, items: table)
    }

    /// How the things of these records become numbers.
    func recipe(_ records: PairRecords) throws -> (recipe: FeatureRecipe, encoder: TextEncoder?) {
        if let encoder {
            let loaded = try EncoderFolder(encoder)
            return (FeatureRecipe(.encoder(folder: loaded.path, width: loaded.width)), loaded.encode)
        }
        switch features {
        case .hashed?: return (FeatureRecipe(.hashed(HashedNGrams())), nil)
        case .tfidf?: return (FeatureRecipe(.tfidf(TFIDF())), nil)
        case .traits?: return (FeatureRecipe(.traits), nil)
        case nil: return (records.recipe, nil)
        }
    }
}
