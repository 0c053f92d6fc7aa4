import Foundation

/// Turns texts into vectors whose directions say what the texts mean, by a BERT from a folder.
///
/// Reads folders as Hugging Face's libraries save them: `config.json`, `model.safetensors` and a WordPiece vocabulary, with
/// the mean or the first token's vector as the text's. The architecture is BERT's, which many sentence encoders have
/// (all-MiniLM-L6-v2, BGE, E5, GTE). Reimers and Gurevych, "Sentence-BERT: sentence embeddings using siamese BERT-networks"
/// (2019).
///
/// A text longer than `maximumLength` tokens is cut off: what comes later has no say. Words that a model wants before its
/// texts (E5's `query: `) are the caller's to add, also those that the folder names as a default. A text's vector depends
/// on nothing but the text, to about 10⁻⁶: roundings differ with what is computed beside it and with the number of
/// threads. The same texts in one call give the same bits for the same number of threads.
///
/// ```swift
/// let encoder = try SentenceEncoder(contentsOf: URL(fileURLWithPath: "models/all-MiniLM-L6-v2"))
/// let vectors = try encoder.encode(["A cat sleeps.", "Ein Hund bellt."])   // two of 384 numbers
/// ```
public struct SentenceEncoder: Sendable {
    /// The size, and how a text's vector comes from those of its tokens.
    public let configuration: EncoderConfiguration
    /// What turns texts into tokens.
    public let tokenizer: WordPieceTokenizer
    /// The number of numbers that a vector has.
    public var width: Int { configuration.width }
    /// The most tokens that a text has, with those of the frame.
    public let maximumLength: Int

    private let stack: EncoderStack
    private let source: String

    /// Reads an encoder from a folder.
    ///
    /// - Throws: `TensorError.format` where a file is missing or does not hold what it should, and for another
    ///   architecture; `TensorError.libraryUnavailable` without libtorch.
    public init(contentsOf folder: URL) throws(TensorError) {
        try Torch.require()
        let files = EncoderFolder(url: folder)
        source = folder.path
        configuration = try EncoderConfiguration(files)
        tokenizer = try WordPieceTokenizer(files, longest: configuration.places)
        maximumLength = tokenizer.options.maximumLength ?? configuration.places
        guard tokenizer.vocabulary <= configuration.vocabulary else {
            throw .format(
                source: folder.path,
                reason: "the vocabulary has \(tokenizer.vocabulary) tokens, the model vectors for "
                    + "\(configuration.vocabulary)")
        }
        guard files.has("model.safetensors") else {
            throw .format(
                source: folder.path,
                reason:
                    "there is no model.safetensors; weights in other files (pytorch_model.bin, or in several parts) "
                    + "are not read")
        }
        stack = try EncoderStack(try SafetensorsFile(files.path("model.safetensors")), configuration)
    }

    /// The vectors of some texts, in their order.
    ///
    /// - Parameter batch: The most texts that are computed at a time.
    /// - Throws: `TensorError` where memory runs out, and where the weights lead to numbers that are not finite.
    /// - Complexity: O(*n* (*n* + *w*) *w*) for each text of *n* tokens and vectors of the width *w*; no time goes into padding.
    public func encode(_ texts: [String], batch: Int = 32) throws(TensorError) -> [[Float]] {
        let flat = try matrix(of: texts, batch: batch)
        return (0..<texts.count).map { Array(flat[$0 * width..<($0 + 1) * width]) }
    }

    /// The vector of a text.
    public func encode(_ text: String) throws(TensorError) -> [Float] { try matrix(of: [text]) }

    /// The vectors of some texts one after the other, `width` numbers for each.
    ///
    /// - Parameter batch: The most texts that are computed at a time.
    public func matrix(of texts: [String], batch: Int = 32) throws(TensorError) -> [Float] {
        precondition(batch >= 1, "at least one text is computed at a time; not \(batch)")
        let tokens = texts.map { tokenizer.encode($0) }
        let lengths = tokens.map(\.count)
        // The longest first: what memory is needed is needed at once.
        let order = texts.indices.sorted { (lengths[$0], $1) > (lengths[$1], $0) }
        var result = [Float](repeating: 0, count: texts.count * width)
        var start = 0
        while start < order.count {
            var end = start, rows = 0
            while end < order.count, end - start < batch,
                end == start || rows + lengths[order[end]] <= Self.mostRows
            {
                rows += lengths[order[end]]
                end += 1
            }
            let group = order[start..<end]
            let vectors = try vectors(group.map { tokens[$0][...] })
            for (place, text) in group.enumerated() {
                result.replaceSubrange(
                    text * width..<(text + 1) * width, with: vectors[place * width..<(place + 1) * width])
            }
            start = end
        }
        return result
    }

    /// The most tokens that are computed at a time, so that what lies between two products stays near the processor.
    private static let mostRows = 2048

    private func vectors(_ sequences: [ArraySlice<Int>]) throws(TensorError) -> [Float] {
        let vectors: [Float]
        do {
            vectors = try Tensor.checked { withoutGradient { stack(sequences).floats } }
        } catch let error as TensorError {
            throw error
        } catch {
            throw .operation(name: "encode", operands: [], reason: "\(error)")
        }
        guard vectors.allSatisfy(\.isFinite) else {
            throw .format(source: source, reason: "the weights give vectors whose numbers are not finite")
        }
        return vectors
    }
}
