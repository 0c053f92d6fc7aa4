/// How an answer to a prompt becomes a row of numbers: what a model's card stores, so that new texts are described as those that
/// it has learnt from.
///
/// ```swift
/// let recipe = FeatureRecipe(.tfidf(TFIDF(features: 5000)))
/// let fitted = try recipe.fitted(to: trainingAnswers + trainingPrompts)
/// let rows = try fitted.features(of: ["Paris."], prompts: ["What is the capital of France?"])
/// ```
public struct FeatureRecipe: Sendable, Hashable {
    /// What the numbers come from.
    public enum Source: Sendable, Hashable {
        /// The words of texts, hashed.
        case hashed(HashedNGrams)
        /// The words of texts, by rarity.
        case tfidf(TFIDF)
        /// A few traits with names (length, lists, hedges …): what can be read off and explained.
        case traits
        /// Numbers with names, in this order.
        case columns([String])
        /// Numbers without names, so many for each item.
        case embeddings(width: Int)
        /// What a network makes of texts: the model folder's part with it, and how many numbers it gives.
        case encoder(folder: String, width: Int)

        /// Whether it reads texts.
        public var readsTexts: Bool {
            switch self {
            case .hashed, .tfidf, .traits, .encoder: true
            case .columns, .embeddings: false
            }
        }

        /// Whether style, overlap and products may stand beside it.
        var takesMore: Bool { readsTexts && self != .traits }

        /// One word for it, as in files: hashed, tfidf, traits, columns, embeddings or encoder.
        public var kind: String {
            switch self {
            case .hashed: HashedNGrams.id
            case .tfidf: TFIDF.id
            case .columns: "columns"
            case .traits: "traits"
            case .embeddings: "embeddings"
            case .encoder: "encoder"
            }
        }
    }

    /// What the numbers come from.
    public var source: Source
    /// Whether `StyleFeatures` stands beside them.
    public var style: Bool
    /// Whether it is added which share of the prompt's words the answer has, and the cosine of the two texts' numbers.
    public var overlap: Bool
    /// Whether the products of the answer's numbers with the prompt's are added: what is good for some prompts only.
    public var product: Bool

    /// Creates a recipe; style and overlap are added to words unless said otherwise.
    public init(_ source: Source, style: Bool? = nil, overlap: Bool? = nil, product: Bool = false) {
        var countsWords = false
        switch source {
        case .hashed, .tfidf: countsWords = true
        case .traits: break
        case .columns(let names):
            precondition(!names.isEmpty && Set(names).count == names.count, "columns have different names")
        case .embeddings(let width), .encoder(_, let width): precondition(width > 0, "a width is at least 1")
        }
        self.source = source
        self.style = style ?? countsWords
        self.overlap = overlap ?? countsWords
        self.product = product
        precondition(
            source.takesMore || !(self.style || self.overlap || product),
            "style, overlap and products stand beside the words or embeddings of texts")
    }

    /// Learns what there is to learn, from training texts only: their answers and prompts.
    ///
    /// - Parameter encoder: What embeds texts, for `.encoder`.
    public func fitted(to texts: [String], encoder: TextEncoder? = nil) throws -> FittedFeatures {
        switch source {
        case .tfidf(let words): try FittedFeatures(self, words: words.fitted(to: texts), encoder: encoder)
        case .hashed(let words): try FittedFeatures(self, words: words, encoder: encoder)
        default: try FittedFeatures(self, words: nil, encoder: encoder)
        }
    }

    /// It with what was learnt before.
    public func loading(_ learnt: ModelState, encoder: TextEncoder? = nil) throws -> FittedFeatures {
        switch source {
        case .tfidf(let words): try FittedFeatures(self, words: words.loading(learnt), encoder: encoder)
        case .hashed(let words): try FittedFeatures(self, words: words, encoder: encoder)
        default: try FittedFeatures(self, words: nil, encoder: encoder)
        }
    }
}

/// Embeds texts: one row of numbers for each, all of the same length.
public typealias TextEncoder = @Sendable (_ texts: [String]) throws -> [[Float]]

extension FeatureRecipe: Codable {
    private enum Key: String, CodingKey {
        case source, buckets, words, characters, counts, normalizes, features, minimumDocuments, columns,
            width, folder
        case style, overlap, product
    }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(source.kind, forKey: .source)
        switch source {
        case .hashed(let hashed):
            try box.encode(hashed.buckets, forKey: .buckets)
            try box.encode(hashed.words, forKey: .words)
            try box.encodeIfPresent(hashed.characters, forKey: .characters)
            try box.encode(hashed.counts, forKey: .counts)
            try box.encode(hashed.normalizes, forKey: .normalizes)
        case .tfidf(let tfidf):
            try box.encode(tfidf.features, forKey: .features)
            try box.encode(tfidf.minimumDocuments, forKey: .minimumDocuments)
            try box.encode(tfidf.words, forKey: .words)
        case .traits: break
        case .columns(let names): try box.encode(names, forKey: .columns)
        case .embeddings(let width): try box.encode(width, forKey: .width)
        case .encoder(let folder, let width):
            try box.encode(folder, forKey: .folder)
            try box.encode(width, forKey: .width)
        }
        try box.encode(style, forKey: .style)
        try box.encode(overlap, forKey: .overlap)
        try box.encode(product, forKey: .product)
    }

    public init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        func whole(_ key: Key, _ range: ClosedRange<Int>) throws -> Int {
            let value = try box.decode(Int.self, forKey: key)
            guard range.contains(value) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: box, debugDescription: "\(value) is not within \(range)")
            }
            return value
        }
        let source: Source
        switch try box.decode(String.self, forKey: .source) {
        case HashedNGrams.id:
            let characters = try box.decodeIfPresent(ClosedRange<Int>.self, forKey: .characters)
            let words = try whole(.words, 0...8)
            guard characters.map({ $0.lowerBound > 0 && $0.upperBound <= 16 }) ?? (words > 0) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .characters, in: box, debugDescription: "no such runs of characters are counted")
            }
            source = .hashed(
                HashedNGrams(
                    buckets: try whole(.buckets, 1...1 << 24), words: words, characters: characters,
                    counts: try box.decode(HashedNGrams.Counts.self, forKey: .counts),
                    normalizes: try box.decode(Bool.self, forKey: .normalizes)))
        case TFIDF.id:
            source = .tfidf(
                TFIDF(
                    features: try whole(.features, 1...Int.max),
                    minimumDocuments: try whole(.minimumDocuments, 1...Int.max),
                    words: try whole(.words, 1...8)))
        case "columns":
            let names = try box.decode([String].self, forKey: .columns)
            guard !names.isEmpty, Set(names).count == names.count else {
                throw DecodingError.dataCorruptedError(
                    forKey: .columns, in: box, debugDescription: "columns need different names")
            }
            source = .columns(names)
        case "traits": source = .traits
        case "embeddings": source = .embeddings(width: try whole(.width, 1...1 << 24))
        case "encoder":
            source = .encoder(
                folder: try box.decode(String.self, forKey: .folder), width: try whole(.width, 1...1 << 24))
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .source, in: box, debugDescription: "features of the kind \(other) are not known")
        }
        let flags = try [Key.style, .overlap, .product].map { try box.decode(Bool.self, forKey: $0) }
        guard source.takesMore || flags == [false, false, false] else {
            throw DecodingError.dataCorruptedError(
                forKey: .style, in: box, debugDescription: "these features are not of texts")
        }
        self.init(source, style: flags[0], overlap: flags[1], product: flags[2])
    }
}
