import Foundation
import Tensors

/// What Benchmarks/encoder.py asks for: a model's folder, and texts.
private struct EncoderTask: Decodable {
    let model: String
    let batch: Int
    let texts: [String]
}

/// The vectors of some texts by a sentence encoder.
final class EncoderWork: Work {
    private let encoder: SentenceEncoder
    private let task: EncoderTask

    /// - Parameter folder: Where `texts.json` is.
    init(folder: String) throws {
        task = try JSONDecoder().decode(
            EncoderTask.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/texts.json")))
        encoder = try SentenceEncoder(contentsOf: URL(fileURLWithPath: task.model))
    }

    func step() -> Double {
        guard let vectors = try? encoder.matrix(of: task.texts, batch: task.batch) else { return .nan }
        return Double(vectors.reduce(0, +))
    }

    /// Writes the tokens as JSON and the vectors as safetensors.
    func write(to folder: String) throws {
        let tokens = try JSONEncoder().encode(task.texts.map { encoder.tokenizer.encode($0) })
        try tokens.write(to: URL(fileURLWithPath: folder + "/tokens.json"))
        let vectors = try encoder.matrix(of: task.texts, batch: task.batch)
        try SafetensorsFile.write(
            ["vectors": Tensor(vectors, shape: [task.texts.count, encoder.width])],
            to: folder + "/vectors.safetensors")
    }

    /// Turns all texts into tokens.
    final class Tokens: Work {
        private let work: EncoderWork

        init(of work: EncoderWork) { self.work = work }

        func step() -> Double {
            Double(work.task.texts.reduce(0) { $0 + work.encoder.tokenizer.encode($1).count })
        }
    }
}
