import Foundation

/// Tokens that are frequent strings of bytes, learnt from a text by merging the most frequent pair again and again.
///
/// Tokens 0 to 255 are the bytes, token 256 + i is merge i, and special tokens follow. Merging stays within the pieces
/// that GPT-2 cuts text into. Sennrich, Haddow and Birch, "Neural machine translation of rare words with subword units"
/// (2016); on bytes after Radford et al., "Language models are unsupervised multitask learners" (2019).
///
/// ```swift
/// let tokenizer = BytePairTokenizer(trainedOn: text, vocabulary: 4096, specials: ["<end>"])
/// let tokens = tokenizer.encode("so it goes")
/// try tokenizer.save(to: url)
/// ```
public struct BytePairTokenizer: Tokenizer, Hashable {
    /// Two tokens that become one.
    public struct Pair: Sendable, Hashable, Comparable {
        public let left: Int
        public let right: Int

        public static func < (a: Pair, b: Pair) -> Bool { (a.left, a.right) < (b.left, b.right) }
    }

    /// The pairs in the order in which they are merged.
    public let merges: [Pair]
    public let specials: [String]
    private let ranks: [Pair: Int]
    private let strings: [[UInt8]]

    /// Creates a tokenizer from its merges.
    ///
    /// - Throws: `TensorError.format` where a merge is of tokens that do not come before it or occurs twice, and where
    ///   two special tokens have one name.
    public init(merges: [(left: Int, right: Int)], specials: [String] = []) throws(TensorError) {
        try self.init(merges: merges.map { Pair(left: $0.left, right: $0.right) }, specials, source: "merges")
    }

    private init(merges: [Pair], _ specials: [String], source: String) throws(TensorError) {
        var ranks: [Pair: Int] = [:]
        for (rank, pair) in merges.enumerated() {
            let known = 0..<(256 + rank)
            guard known.contains(pair.left), known.contains(pair.right) else {
                throw .format(
                    source: source,
                    reason:
                        "merge \(rank) is of [\(pair.left), \(pair.right)], but tokens below \(known.count) alone "
                        + "come before it")
            }
            if let other = ranks.updateValue(rank, forKey: pair) {
                throw .format(
                    source: source,
                    reason: "merge \(rank) of [\(pair.left), \(pair.right)] is merge \(other) once more")
            }
        }
        if Set(specials).count < specials.count {
            throw .format(source: source, reason: "two special tokens have one name: \(specials)")
        }
        self.init(valid: merges, ranks, specials)
    }

    private init(valid merges: [Pair], _ ranks: [Pair: Int], _ specials: [String]) {
        self.merges = merges
        self.ranks = ranks
        self.specials = specials
        var strings = (0..<256).map { [UInt8($0)] }
        for pair in merges { strings.append(strings[pair.left] + strings[pair.right]) }
        self.strings = strings
    }

    /// Learns merges from a text.
    ///
    /// The same text gives the same tokens: of equally frequent pairs the one with the lower numbers is merged.
    ///
    /// - Parameters:
    ///   - vocabulary: The number of tokens, 256 bytes and special ones among them; fewer where pairs run out.
    ///   - minimumCount: How often a pair must occur to be merged.
    /// - Complexity: About O(*n* log *n*) for *n* bytes of distinct pieces.
    public init(
        trainedOn text: [UInt8], vocabulary: Int, specials: [String] = [], minimumCount: Int = 2
    ) {
        precondition(
            vocabulary >= 256 + specials.count,
            "256 bytes and \(specials.count) special tokens do not fit into a vocabulary of \(vocabulary)")
        precondition(Set(specials).count == specials.count, "two special tokens have one name: \(specials)")
        var trainer = BytePairTrainer(text)
        let merges = trainer.merges(vocabulary - 256 - specials.count, minimumCount: max(1, minimumCount))
        self.init(
            valid: merges, Dictionary(uniqueKeysWithValues: zip(merges, merges.indices)), specials)
    }

    /// Learns merges from a text.
    public init(trainedOn text: String, vocabulary: Int, specials: [String] = [], minimumCount: Int = 2) {
        self.init(
            trainedOn: Array(text.utf8), vocabulary: vocabulary, specials: specials,
            minimumCount: minimumCount)
    }

    public var vocabulary: Int { strings.count + specials.count }

    public func bytes(of token: Int) -> [UInt8]? {
        guard (0..<vocabulary).contains(token) else { return nil }
        return token < strings.count ? strings[token] : []
    }

    /// The tokens of some bytes.
    ///
    /// - Complexity: O(*n* log *m*) for pieces of at most *m* bytes; a piece that occurred before is looked up.
    public func encode(_ bytes: [UInt8]) -> [Int] {
        var result: [Int] = []
        var known: [ArraySlice<UInt8>: [Int]] = [:]
        for range in TextPieces(bytes) {
            let piece = bytes[range]
            if let tokens = known[piece] {
                result += tokens
                continue
            }
            let tokens = merged(piece)
            known[piece] = tokens
            result += tokens
        }
        return result
    }

    /// A pair that could be merged: the one with the lowest rank comes first, then the leftmost.
    private struct Candidate: Comparable {
        let rank: Int
        let place: Int
        let pair: Pair

        static func < (a: Candidate, b: Candidate) -> Bool { (a.rank, a.place) < (b.rank, b.place) }
    }

    private func merged(_ piece: ArraySlice<UInt8>) -> [Int] {
        // A linked list over the bytes; a token that was swallowed by the one before it is −1.
        var tokens = piece.map(Int.init)
        let count = tokens.count
        if count < 2 { return tokens }
        var after = Array(1...count)
        var before = Array(-1..<count - 1)
        var queue = BinaryHeap<Candidate>()
        func offer(_ place: Int) {
            guard place >= 0, after[place] < count else { return }
            let pair = Pair(left: tokens[place], right: tokens[after[place]])
            if let rank = ranks[pair] { queue.push(Candidate(rank: rank, place: place, pair: pair)) }
        }
        for place in 0..<count - 1 { offer(place) }
        while let next = queue.pop() {
            let place = next.place
            guard tokens[place] == next.pair.left, after[place] < count,
                tokens[after[place]] == next.pair.right
            else { continue }
            let swallowed = after[place]
            tokens[place] = 256 + next.rank
            tokens[swallowed] = -1
            after[place] = after[swallowed]
            if after[place] < count { before[after[place]] = place }
            offer(before[place])
            offer(place)
        }
        return tokens.filter { $0 >= 0 }
    }
}

extension BytePairTokenizer {
    /// What a file holds.
    private struct File: Codable {
        static let format = "heed-byte-pairs"
        var format = File.format
        var version = 1
        var merges: [[Int]]
        var specials: [String]
    }

    /// The tokenizer as JSON: `{"format": "heed-byte-pairs", "merges": [[116, 104], …], "specials": […], "version": 1}`.
    public func json() -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Numbers and strings alone: there is nothing that cannot be encoded.
        return try! encoder.encode(File(merges: merges.map { [$0.left, $0.right] }, specials: specials))
    }

    /// Reads a tokenizer from JSON.
    ///
    /// - Parameter source: What errors call the data.
    /// - Throws: `TensorError.format` where it is not such JSON or the merges do not fit together.
    public init(json: Data, source: String = "tokenizer") throws(TensorError) {
        let file: File
        do { file = try JSONDecoder().decode(File.self, from: json) } catch {
            throw .format(
                source: source, reason: "this is no tokenizer in JSON: \(TensorError.reason(ofJSON: error))")
        }
        guard file.format == File.format, file.version == 1 else {
            throw .format(
                source: source,
                reason:
                    "the format is \(file.format), version \(file.version); \(File.format), version 1 can be read"
            )
        }
        if let place = file.merges.firstIndex(where: { $0.count != 2 }) {
            throw .format(
                source: source,
                reason: "merge \(place) has \(file.merges[place].count) numbers; a merge is of two tokens")
        }
        try self.init(
            merges: file.merges.map { Pair(left: $0[0], right: $0[1]) }, file.specials, source: source)
    }

    /// Writes a file of JSON, whole or not at all.
    public func save(to file: URL) throws(TensorError) {
        do { try json().write(to: file, options: .atomic) } catch {
            throw .format(source: file.path, reason: "it cannot be written: \(error.localizedDescription)")
        }
    }

    /// Reads a file of JSON.
    public init(contentsOf file: URL) throws(TensorError) {
        let data: Data
        do { data = try Data(contentsOf: file) } catch {
            throw .format(source: file.path, reason: "it cannot be read: \(error.localizedDescription)")
        }
        try self.init(json: data, source: file.path)
    }
}
