import Foundation

/// Models in folders: the numbers in `model.safetensors` (F64, every bit kept), all else in `card.json`.
///
/// A folder is written beside its place and then takes its name: there is never half a model. Only a model is ever replaced, and only
/// when that is asked for.
///
/// ```swift
/// try ModelFolder.write(model, to: "helpful")
/// let model = try ModelFolder.read("helpful")
/// ```
public enum ModelFolder {
    static let numbersName = "model.safetensors"
    static let cardName = "card.json"

    /// Gives what embeds texts for a recipe of that kind.
    ///
    /// - Parameters:
    ///   - folder: The encoder's folder, as the recipe names it.
    ///   - width: How many numbers it gives for a text.
    public typealias LoadEncoder = (_ folder: String, _ width: Int) throws -> TextEncoder

    /// What `card.json` holds.
    private struct File: Codable {
        struct State: Codable {
            var settings: [String: String]
            var lists: [String: [String]]
            /// The shape of each array.
            var arrays: [String: [Int]]
        }
        /// Marks the file as what it is.
        var heed = "preference model"
        var card: ModelCard
        /// The FNV-1a hash of `model.safetensors`, 64 bits in hexadecimal digits.
        var checksum: String
        var state: State
    }

    private static func failed(_ path: String, _ reason: String) -> LearningError {
        .file(path: path, reason: reason)
    }

    // MARK: Writing

    /// Writes a model.
    ///
    /// - Parameter replacing: Whether a model that is there may be replaced.
    /// - Throws: `LearningError.file`; what was there is then as it was.
    public static func write(_ model: TrainedModel, to path: String, replacing: Bool = false) throws {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        let parent = target.deletingLastPathComponent()
        let manager = FileManager.default
        let old = try place(target, path: path, replacing: replacing)
        var state = ModelState()
        state.nest("model", model.predictor.state)
        state.nest("features", model.features.learnt)
        let numbers = SafetensorsNumbers.bytes(state.arrays)
        let file = File(
            card: model.card, checksum: checksum(numbers),
            state: File.State(
                settings: state.settings, lists: state.lists, arrays: state.arrays.mapValues(\.shape)))
        let text: Data
        do { text = try encoder.encode(file) } catch {
            throw failed(path, "the card cannot be written: \(error)")
        }
        let mark = UUID().uuidString.prefix(8)
        let new = parent.appendingPathComponent(".\(target.lastPathComponent).\(mark).new")
        let aside = parent.appendingPathComponent(".\(target.lastPathComponent).\(mark).old")
        do {
            try manager.createDirectory(at: parent, withIntermediateDirectories: true)
            try manager.createDirectory(at: new, withIntermediateDirectories: false)
            try Data(numbers).write(to: new.appendingPathComponent(numbersName))
            try text.write(to: new.appendingPathComponent(cardName))
            if old { try manager.moveItem(at: target, to: aside) }
            do { try manager.moveItem(at: new, to: target) } catch {
                if old { try? manager.moveItem(at: aside, to: target) }
                throw error
            }
            if old { try? manager.removeItem(at: aside) }
        } catch {
            try? manager.removeItem(at: new)
            throw failed(path, "the model cannot be written: \(error.localizedDescription)")
        }
    }

    /// Throws what `write` would throw of the place, before work is spent on a model.
    public static func check(_ path: String, replacing: Bool = false) throws {
        _ = try place(URL(fileURLWithPath: path).resolvingSymlinksInPath(), path: path, replacing: replacing)
    }

    /// Whether there is something to be moved away; throws where it must not be.
    private static func place(_ target: URL, path: String, replacing: Bool) throws -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: target.path, isDirectory: &isFolder) else {
            return false
        }
        guard isFolder.boolValue else { throw failed(path, "there is a file of this name; choose another") }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: target.path) } catch {
            throw failed(path, "the folder there cannot be read: \(error.localizedDescription)")
        }
        if names.isEmpty { return true }
        let others = names.filter { $0 != numbersName && $0 != cardName && $0 != ".DS_Store" }.sorted()
        guard names.contains(cardName), isModel(target.appendingPathComponent(cardName)) else {
            throw failed(path, "there is a folder of this name that is no model; choose another")
        }
        guard others.isEmpty else {
            throw failed(
                path,
                "the model's folder holds \(others.prefix(3).joined(separator: ", ")) too, which would be lost; "
                    + "choose another name")
        }
        guard replacing else {
            throw failed(path, "there is a model of this name; choose another or ask to replace it")
        }
        return true
    }

    private static func isModel(_ card: URL) -> Bool {
        guard let data = try? Data(contentsOf: card) else { return false }
        return (try? decoder.decode(Head.self, from: data))?.heed == "preference model"
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }

    static func checksum(_ bytes: [UInt8]) -> String {
        let text = String(StableHash.plain(bytes), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    // MARK: Reading

    /// What is read first, whatever the version.
    private struct Head: Codable {
        struct Card: Codable { var version: Int }
        var heed: String
        var card: Card
    }

    /// Reads what a folder says of its model, without the model.
    ///
    /// - Throws: `LearningError.file`.
    public static func card(of path: String) throws -> ModelCard { try file(path).card }

    /// Reads a model.
    ///
    /// - Parameters:
    ///   - encoder: Gives what embeds texts, for models that need it.
    ///   - kind: Gives the method of an id.
    /// - Throws: `LearningError.file` with what is missing or damaged.
    public static func read(
        _ path: String, encoder: LoadEncoder? = nil,
        kind: (_ id: String) throws -> LearnerKind = { try LearnerKind.named($0) }
    ) throws -> TrainedModel {
        let file = try file(path)
        let numbersPath = URL(fileURLWithPath: path).appendingPathComponent(numbersName).path
        let bytes: [UInt8]
        do { bytes = try FileBytes.read(numbersPath) } catch let error as PairFileError {
            throw failed(numbersPath, error.problem)
        }
        guard checksum(bytes) == file.checksum else {
            throw failed(
                numbersPath,
                "it is damaged or belongs to another card: its \(bytes.count) bytes have the checksum "
                    + "\(checksum(bytes)), the card says \(file.checksum)")
        }
        var state = ModelState()
        do {
            let numbers = try SafetensorsNumbers(bytes)
            for entry in numbers.entries { state[entry.name] = try numbers.numbers(entry) }
        } catch let problem as SafetensorsNumbers.Problem {
            throw failed(numbersPath, (problem.tensor.map { "tensor \($0): " } ?? "") + problem.reason)
        }
        for (name, shape) in file.state.arrays.sorted(by: { $0.key < $1.key })
        where state[name]?.shape != shape {
            throw failed(
                numbersPath,
                "the array \(name) has the shape \(state[name]?.shape.description ?? "of nothing: it is missing"), "
                    + "and the card says \(shape)")
        }
        if let name = state.arrays.keys.sorted().first(where: { file.state.arrays[$0] == nil }) {
            throw failed(numbersPath, "the card does not know of the array \(name)")
        }
        (state.settings, state.lists) = (file.state.settings, file.state.lists)
        do {
            var loaded: TextEncoder?
            if case .encoder(let folder, let width) = file.card.recipe.source {
                guard let encoder else {
                    throw failed(path, "the model reads texts by the encoder \(folder), which was not given")
                }
                loaded = try encoder(folder, width)
            }
            let features = try file.card.recipe.loading(state.nested("features"), encoder: loaded)
            let predictor = try kind(file.card.method).load(state.nested("model"))
            return try TrainedModel(predictor, features: features, card: file.card)
        } catch LearningError.data(let reason) { throw failed(path, reason) }
    }

    private static func file(_ path: String) throws -> File {
        let folder = URL(fileURLWithPath: path)
        let cardPath = folder.appendingPathComponent(cardName).path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw failed(path, "there is no such model")
        }
        guard isFolder.boolValue else { throw failed(path, "a model is a folder, and this is a file") }
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: cardPath)) else {
            throw failed(path, "this is no model: it has no \(cardName) that can be read")
        }
        guard let head = try? decoder.decode(Head.self, from: data), head.heed == "preference model" else {
            throw failed(cardPath, "it is damaged, or not the card of a preference model")
        }
        guard (1...ModelCard.newestVersion).contains(head.card.version) else {
            throw failed(
                path,
                "the model was written in version \(head.card.version) of the format, and this release reads "
                    + "up to \(ModelCard.newestVersion); update Heed")
        }
        do { return try decoder.decode(File.self, from: data) } catch let error as DecodingError {
            throw failed(cardPath, "it is damaged: \(reason(error))")
        }
    }

    private static func reason(_ error: DecodingError) -> String {
        func at(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? "" : " at \(path)"
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(key.stringValue) is missing" + at(context)
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "another kind of value should stand" + at(context)
        case .dataCorrupted(let context): context.debugDescription + at(context)
        @unknown default: "it cannot be read"
        }
    }
}
