import ArgumentParser
import Foundation
import Heed

/// A model folder, and whom it is asked about.
struct SavedModelOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The folder of a model that heed train saved.", valueName: "model"),
        completion: .directory)
    var model: String

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("Whom to answer for: everyone, judge:NAME or group:NAME.", valueName: "whom"))
    var whom = "everyone"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Answer for somebody new: a file with a few comparisons of theirs, as heed train reads them.",
            valueName: "file"), completion: .file())
    var newcomer: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where the sentence encoder is, if not where it was in training.", valueName: "folder"),
        completion: .directory)
    var encoder: String?

    func validate() throws {
        if newcomer != nil, whom != "everyone" {
            throw ValidationError("Choose one of --for and --newcomer.")
        }
        if whom != "everyone", !whom.hasPrefix("judge:"), !whom.hasPrefix("group:") {
            throw ValidationError("--for takes everyone, judge:NAME or group:NAME.")
        }
    }

    /// Reads the model.
    func load() throws -> TrainedModel {
        try ModelFolder.read(model) { folder, width in
            let loaded = try EncoderFolder(encoder ?? folder)
            guard loaded.width == width else {
                throw Failure(
                    "\(loaded.path) gives \(loaded.width) numbers for a text, the model has learnt from \(width)",
                    code: Failure.badData)
            }
            return loaded.encode
        }
    }

    /// Whom the model is asked about.
    func audience(_ model: TrainedModel, items: String?) throws -> Audience {
        if let newcomer {
            var file = PairFile()
            file.open = { try SourceBytes.read($0) }
            let table = try items.map { try ItemTable.read($0) { try SourceBytes.read($0) } }
            return .newcomer(try file.read([newcomer], items: table).comparisons(model.features))
        }
        if whom.hasPrefix("judge:") { return .judge(String(whom.dropFirst(6))) }
        if whom.hasPrefix("group:") { return .group(String(whom.dropFirst(6))) }
        return .everyone
    }
}
