import Foundation

extension WordPieceTokenizer {
    /// Reads the tokenizer of a model's folder.
    ///
    /// The vocabulary is that of `vocab.txt`, an entry a line, or where there is none of `tokenizer.json`. What is done to
    /// a text stands in `tokenizer_config.json`, and what that leaves open in `tokenizer.json`; the most tokens in
    /// `sentence_bert_config.json`, else in `tokenizer_config.json`.
    ///
    /// - Throws: `TensorError.format` where a file is missing or cannot be read, and for a tokenizer of another kind.
    public init(contentsOf folder: URL) throws(TensorError) {
        try self.init(EncoderFolder(url: folder), longest: nil)
    }

    /// - Parameter longest: The number of places that the model has.
    init(_ folder: EncoderFolder, longest: Int?) throws(TensorError) {
        let settings = try folder.json("tokenizer_config.json", as: SettingsFile.self) ?? SettingsFile()
        let sentences = try folder.json("sentence_bert_config.json", as: SentenceFile.self)
        let saved = try folder.json("tokenizer.json", as: SavedFile.self)
        if let saved { try saved.check(folder.path("tokenizer.json")) }

        let vocabulary: [String]
        let source: String
        if folder.has("vocab.txt") {
            source = folder.path("vocab.txt")
            vocabulary = try Self.lines(try folder.bytes("vocab.txt"), source)
        } else if saved != nil {
            source = folder.path("tokenizer.json")
            vocabulary = try Self.vocabulary(try folder.bytes("tokenizer.json"), source)
        } else {
            throw .format(
                source: folder.url.path,
                reason: "there is neither a vocab.txt nor a tokenizer.json: it has no WordPiece vocabulary")
        }

        var options = Options(maximumLength: nil)
        let normalizer = saved?.normalizer
        options.lowercases = settings.do_lower_case ?? normalizer?.lowercase ?? true
        options.stripsAccents = settings.strip_accents ?? normalizer?.strip_accents
        options.cleans = normalizer?.clean_text ?? true
        options.separatesIdeographs =
            settings.tokenize_chinese_chars ?? normalizer?.handle_chinese_chars ?? true
        if sentences?.do_lower_case == true, !options.lowercases {
            // Capitals go before the tokenizer sees the text; accents stay.
            options.stripsAccents = options.stripsAccents ?? false
            options.lowercases = true
        }
        options.longestWord = saved?.model.max_input_chars_per_word ?? 100
        // The absence of a limit is saved as 10³⁰.
        let own = settings.model_max_length.flatMap { Int(exactly: $0.rounded()) }
        options.maximumLength = [sentences?.max_seq_length ?? own, longest].compactMap { $0 }.min()

        var specials = Specials()
        specials.start = settings.cls_token?.content ?? specials.start
        specials.end = settings.sep_token?.content ?? specials.end
        specials.unknown = saved?.model.unk_token ?? settings.unk_token?.content ?? specials.unknown
        if let added = saved?.added_tokens {
            specials.inText = added.map(\.content)
        } else {
            specials.inText = [
                settings.pad_token?.content ?? "[PAD]", specials.unknown, specials.start, specials.end,
                settings.mask_token?.content ?? "[MASK]",
            ]
        }
        try self.init(vocabulary: vocabulary, options: options, specials: specials, source: source)
    }

    /// An entry a line; the last line need not end.
    private static func lines(_ bytes: [UInt8], _ source: String) throws(TensorError) -> [String] {
        var result: [String] = []
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            let trimmed = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            let text = String(decoding: trimmed, as: UTF8.self)
            guard text.utf8.elementsEqual(trimmed) else {
                throw .format(source: source, reason: "line \(result.count + 1) is not UTF-8")
            }
            result.append(text)
        }
        return result
    }

    /// The entries of a `tokenizer.json`, which must be such JSON.
    ///
    /// Entries are told apart by their bytes, which a dictionary of strings would not do.
    private static func vocabulary(_ bytes: [UInt8], _ source: String) throws(TensorError) -> [String] {
        var entries: [(name: String, token: Int)] = []
        var scanner = HeaderScanner(bytes, offset: 0, source: source)
        try scanner.object { scanner, name throws(TensorError) in
            guard name == "model" else { return try scanner.skipValue() }
            try scanner.object { scanner, name throws(TensorError) in
                guard name == "vocab" else { return try scanner.skipValue() }
                try scanner.object(allowingRepeats: true) { scanner, name throws(TensorError) in
                    entries.append((name, try scanner.wholeNumber()))
                }
            }
        }
        let last = entries.map(\.token).max() ?? -1
        // Some numbers may be free, but a single large one must not take all memory.
        guard last < 4 * entries.count + 1_000 else {
            throw .format(
                source: source, reason: "the \(entries.count) entries of the vocabulary go up to \(last)")
        }
        var names = [String](repeating: "", count: last + 1)
        for entry in entries { names[entry.token] = entry.name }
        return names
    }
}

/// `tokenizer_config.json`.
private struct SettingsFile: Decodable {
    var do_lower_case: Bool?
    var strip_accents: Bool?
    var tokenize_chinese_chars: Bool?
    var model_max_length: Double?
    var cls_token: Name?
    var sep_token: Name?
    var unk_token: Name?
    var pad_token: Name?
    var mask_token: Name?

    /// A token's name by itself, or with its properties.
    struct Name: Decodable {
        let content: String

        private enum Key: CodingKey { case content }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                content = text
            } else {
                content = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .content)
            }
        }
    }
}

/// `sentence_bert_config.json`.
private struct SentenceFile: Decodable {
    var max_seq_length: Int?
    var do_lower_case: Bool?
}

/// `tokenizer.json` without its vocabulary.
private struct SavedFile: Decodable {
    struct Normalizer: Decodable {
        var type: String
        var clean_text: Bool?
        var handle_chinese_chars: Bool?
        var strip_accents: Bool?
        var lowercase: Bool?
    }
    struct Splitter: Decodable { var type: String }
    struct Model: Decodable {
        var type: String?
        var unk_token: String?
        var continuing_subword_prefix: String?
        var max_input_chars_per_word: Int?
    }
    struct Added: Decodable {
        var content: String
        var normalized: Bool?
        var single_word: Bool?
        var lstrip: Bool?
        var rstrip: Bool?
    }
    var normalizer: Normalizer?
    var pre_tokenizer: Splitter?
    var model: Model
    var added_tokens: [Added]?

    /// Requires a tokenizer as BERT's is.
    func check(_ source: String) throws(TensorError) {
        func refuse(_ what: String, _ found: String?, _ wanted: String) -> TensorError {
            .format(
                source: source,
                reason:
                    "\(what) is \(found.map(quoted) ?? "missing"); only \(quoted(wanted)) is read, as BERT has it"
            )
        }
        // The oldest files do not name the model.
        if let type = model.type, type != "WordPiece" { throw refuse("the model", type, "WordPiece") }
        if let prefix = model.continuing_subword_prefix, prefix != "##" {
            throw refuse("the mark of entries that go on a word", prefix, "##")
        }
        if normalizer?.type != "BertNormalizer" {
            throw refuse("the normalizer", normalizer?.type, "BertNormalizer")
        }
        if pre_tokenizer?.type != "BertPreTokenizer" {
            throw refuse("the splitter into words", pre_tokenizer?.type, "BertPreTokenizer")
        }
        for added in added_tokens ?? [] {
            let isPlain = ![added.normalized, added.single_word, added.lstrip, added.rstrip].contains(true)
            if !isPlain {
                throw .format(
                    source: source,
                    reason:
                        "the added token \(quoted(added.content)) is looked for in the cleaned text, as a whole "
                        + "word or with the blanks around it; only plain added tokens are read")
            }
        }
    }
}
