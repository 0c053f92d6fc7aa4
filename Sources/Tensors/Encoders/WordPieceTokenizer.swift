/// Turns text into the tokens of BERT's vocabulary.
///
/// Text is cleaned (control characters go, white space becomes a space, ideographs stand alone, accents and capitals go
/// where the model has none), cut into words and punctuation marks, and every word is covered from left to right by the
/// longest entries that there are; entries that go on a word begin with `##`. A word that cannot be covered, or is longer
/// than a limit, becomes `[UNK]` as a whole. The sequence is framed by `[CLS]` and `[SEP]`. The name of a special token in
/// the text (`[SEP]`) stands for that token, as in the library that the models come with.
/// Devlin, Chang, Lee and Toutanova, "BERT: pre-training of deep bidirectional transformers for language understanding"
/// (2019).
///
/// ```swift
/// let tokenizer = try WordPieceTokenizer(contentsOf: URL(fileURLWithPath: "models/all-MiniLM-L6-v2"))
/// let tokens = tokenizer.encode("Hello, Zürich!")   // [101, 7592, 1010, 10204, 999, 102]
/// ```
public struct WordPieceTokenizer: Sendable {
    /// What is done to a text, and where it is cut off.
    public struct Options: Sendable, Hashable {
        /// Whether capitals become small letters.
        public var lowercases: Bool
        /// Whether accents go; where capitals go unless given.
        public var stripsAccents: Bool?
        /// Whether control characters go and white space of any kind becomes a space.
        public var cleans: Bool
        /// Whether each Chinese character is a word of its own.
        public var separatesIdeographs: Bool
        /// The number of characters from which on a word is unknown, without this one.
        public var longestWord: Int
        /// The most tokens of a text, with those of the frame; no limit without.
        public var maximumLength: Int?

        /// Describes a tokenizer; without arguments that of the uncased models of 2018.
        public init(
            lowercases: Bool = true, stripsAccents: Bool? = nil, cleans: Bool = true,
            separatesIdeographs: Bool = true, longestWord: Int = 100, maximumLength: Int? = 512
        ) {
            self.lowercases = lowercases
            self.stripsAccents = stripsAccents
            self.cleans = cleans
            self.separatesIdeographs = separatesIdeographs
            self.longestWord = longestWord
            self.maximumLength = maximumLength
        }
    }

    /// The names of the tokens that mean something to the model.
    public struct Specials: Sendable, Hashable {
        /// What begins a sequence.
        public var start = "[CLS]"
        /// What ends a sequence.
        public var end = "[SEP]"
        /// What a word becomes that cannot be written.
        public var unknown = "[UNK]"
        /// All names that stand for their token where they occur in a text.
        public var inText: [String] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

        /// The names that BERT has.
        public init() {}
    }

    /// What is done to a text.
    public let options: Options
    /// The number of the token that begins a sequence.
    public let start: Int
    /// The number of the token that ends a sequence.
    public let end: Int
    /// The number of the token for a word that cannot be written.
    public let unknown: Int
    /// One more than the largest number of a token.
    public var vocabulary: Int { names.count }

    private let names: [String]
    private let pieces: WordPieceTrie
    private let specials: [(name: [UInt8], token: Int)]
    // Whether a special token's name begins with this byte.
    private let beginsSpecial: [Bool]

    /// Creates a tokenizer from the entries of its vocabulary; a token's number is its place.
    ///
    /// An entry that occurs twice has its last place.
    ///
    /// - Parameter source: What errors call the vocabulary.
    /// - Throws: `TensorError.format` where a special token is not in the vocabulary or a limit leaves no room for text.
    public init(
        vocabulary: [String], options: Options = Options(), specials: Specials = Specials(),
        source: String = "vocabulary"
    ) throws(TensorError) {
        if options.longestWord < 1 {
            throw .format(
                source: source,
                reason: "words of at most \(options.longestWord) characters leave nothing to write")
        }
        if let limit = options.maximumLength, limit < 2 {
            throw .format(
                source: source,
                reason:
                    "texts of at most \(limit) tokens have no room for \(specials.start) and \(specials.end)")
        }
        self.options = options
        names = vocabulary
        pieces = WordPieceTrie(vocabulary.map { Array($0.utf8) })
        let trie = pieces
        func number(of name: String) throws(TensorError) -> Int {
            guard let token = trie.token(Array(name.utf8)) else {
                throw .format(
                    source: source,
                    reason: "the special token \(quoted(name)) is not among the \(vocabulary.count) entries")
            }
            return token
        }
        start = try number(of: specials.start)
        end = try number(of: specials.end)
        unknown = try number(of: specials.unknown)
        // A name may begin with another one: the longest wins.
        self.specials = specials.inText.compactMap { name in
            let bytes = Array(name.utf8)
            return bytes.isEmpty ? nil : trie.token(bytes).map { (bytes, $0) }
        }
        .sorted { $0.name.count > $1.name.count }
        var begins = [Bool](repeating: false, count: 256)
        for (name, _) in self.specials { begins[Int(name[0])] = true }
        beginsSpecial = begins
    }

    /// What a token stands for, with `##` where it goes on a word; nil for a number that is no token.
    public func token(_ number: Int) -> String? {
        names.indices.contains(number) && !names[number].isEmpty ? names[number] : nil
    }

    /// The number of a token.
    public func number(of token: String) -> Int? { pieces.token(Array(token.utf8)) }

    /// The tokens of a text between `[CLS]` and `[SEP]`, cut off at the longest length.
    ///
    /// - Complexity: O(*n*) for *n* bytes, or for as many as fit.
    public func encode(_ text: String) -> [Int] {
        var tokens = [start]
        append(text, to: &tokens, limit: options.maximumLength.map { $0 - 1 } ?? .max)
        tokens.append(end)
        return tokens
    }

    /// The tokens of a text alone, all of them.
    public func tokens(of text: String) -> [Int] {
        var tokens: [Int] = []
        append(text, to: &tokens, limit: .max)
        return tokens
    }

    private func append(_ text: String, to tokens: inout [Int], limit: Int) {
        var text = text
        text.withUTF8 { bytes in
            var place = 0, from = 0
            while place < bytes.count, tokens.count < limit {
                guard beginsSpecial[Int(bytes[place])], let special = special(in: bytes, at: place) else {
                    place += 1
                    continue
                }
                append(bytes: bytes[from..<place], to: &tokens, limit: limit)
                if tokens.count < limit { tokens.append(special.token) }
                place += special.name.count
                from = place
            }
            append(bytes: bytes[from..<place], to: &tokens, limit: limit)
        }
    }

    private func special(in bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> (name: [UInt8], token: Int)?
    {
        specials.first { name, _ in
            place + name.count <= bytes.count && name.indices.allSatisfy { bytes[place + $0] == name[$0] }
        }
    }

    private func append(
        bytes: Slice<UnsafeBufferPointer<UInt8>>, to tokens: inout [Int], limit: Int
    ) {
        var words = WordScanner(bytes, options)
        while tokens.count < limit, words.advance() {
            let before = tokens.count
            if words.length > options.longestWord || !pieces.cover(words.word, into: &tokens) {
                tokens.removeSubrange(before...)
                tokens.append(unknown)
            }
        }
        if tokens.count > limit { tokens.removeSubrange(limit...) }
    }
}
