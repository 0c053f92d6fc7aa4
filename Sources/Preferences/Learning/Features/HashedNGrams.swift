import Kernels

/// Describes a text by the words, pairs of words and pieces of words in it, counted in a fixed number of buckets: nothing has to be
/// learnt or kept, and words that were never seen count too.
///
/// Source: Weinberger, Dasgupta, Langford, Smola and Attenberg, "Feature hashing for large scale multitask learning" (2009).
///
///     xⱼ = Σ over terms t with h(t) mod m = j of ξ(t) g(nₜ),   ‖x‖ = 1 where `normalizes`
///
/// with nₜ how often t occurs, g the square root or 1, m the buckets and ξ = ±1 the highest bit of the hash h, so that terms
/// that share a bucket cancel on average. Words are in lower case; characters are taken within words, a space on each side. h is FNV-1a with 64
/// bits of "w" (words) or "c" (characters) and the term's UTF-8, mixed as at the end of MurmurHash3.
///
/// When not to use it: where the weights are to be read as those of words (`TFIDF` keeps them apart).
///
/// - Complexity: O(characters · longest run) for a text.
///
/// ```swift
/// let rows = HashedNGrams(buckets: 4096).features(of: ["a short answer", "a longer one"])
/// ```
public struct HashedNGrams: TextFeaturizer, Hashable, Codable {
    public static let id = "hashed"

    /// How a term counts that occurs n times.
    public enum Counts: String, Sendable, Hashable, Codable {
        /// √n.
        case squareRoot
        /// 1.
        case binary

        @inline(__always)
        func callAsFunction(_ count: Int) -> Double {
            switch self {
            case .squareRoot: Double(count).squareRoot()
            case .binary: 1
            }
        }
    }

    /// m.
    public var buckets: Int
    /// The longest run of words; 0 for none.
    public var words: Int
    /// The lengths of runs of characters; nil for none.
    public var characters: ClosedRange<Int>?
    /// g.
    public var counts: Counts
    /// Whether each row is brought to length 1.
    public var normalizes: Bool

    /// Creates one.
    public init(
        buckets: Int = 1 << 15, words: Int = 2, characters: ClosedRange<Int>? = 3...5,
        counts: Counts = .squareRoot, normalizes: Bool = true
    ) {
        precondition(
            buckets > 0 && buckets <= 1 << 24, "there are \(buckets) buckets; 1 to 2^24 are possible")
        precondition(words >= 0 && words <= 8, "runs of up to \(words) words; 0 to 8 are possible")
        precondition(
            characters.map { $0.lowerBound > 0 && $0.upperBound <= 16 } ?? true,
            "runs of characters are 1 to 16 long")
        precondition(words > 0 || characters != nil, "neither words nor characters are counted")
        self.buckets = buckets
        self.words = words
        self.characters = characters
        self.counts = counts
        self.normalizes = normalizes
    }

    public var columns: Int { buckets }

    public func fitted(to texts: [String]) -> HashedNGrams { self }

    public func features(of texts: [String]) -> FeatureMatrix {
        let rows = TextRows.make(texts.count, { Worker(buckets) }) { worker, place, rows in
            count(texts[place], &worker)
            let scale = fill(&worker)
            for column in worker.touched {
                let value = worker.sums[Int(column)] * scale
                if value != 0 { rows.append(column: column, value: value) }
            }
        }
        return try! FeatureMatrix(rows, columns: buckets)
    }

    public func terms(of text: String) -> [TextTerm] {
        var worker = Worker(buckets)
        count(text, &worker)
        let scale = fill(&worker)
        return worker.counts.entries.map { entry in
            let (column, sign) = place(entry.hash)
            return TextTerm(
                String(decoding: worker.words.bytes[entry.start..<entry.end], as: UTF8.self),
                column: Int(column), value: sign * counts(entry.count) * scale)
        }
    }

    /// What is used again for each text.
    private struct Worker {
        var words = TextWords()
        var counts = TermCounts()
        var sums: [Double]
        var touched: [Int32] = []
        var isTouched: [Bool]

        init(_ buckets: Int) {
            sums = [Double](repeating: 0, count: buckets)
            isTouched = [Bool](repeating: false, count: buckets)
        }
    }

    private func count(_ text: String, _ worker: inout Worker) {
        worker.words.read(text)
        worker.counts.clear()
        if words > 0 { worker.counts.addWords(worker.words, upTo: words) }
        if let characters { worker.counts.addCharacters(worker.words, characters) }
    }

    private func place(_ hash: UInt64) -> (column: Int32, sign: Double) {
        (Int32((hash & (UInt64.max >> 1)) % UInt64(buckets)), hash >> 63 == 0 ? 1 : -1)
    }

    /// Adds up the buckets and returns what they are multiplied by.
    private func fill(_ worker: inout Worker) -> Double {
        for column in worker.touched {
            worker.sums[Int(column)] = 0
            worker.isTouched[Int(column)] = false
        }
        worker.touched.removeAll(keepingCapacity: true)
        for entry in worker.counts.entries {
            let (column, sign) = place(entry.hash)
            if !worker.isTouched[Int(column)] {
                worker.isTouched[Int(column)] = true
                worker.touched.append(column)
            }
            worker.sums[Int(column)] += sign * counts(entry.count)
        }
        guard normalizes else { return 1 }
        let square = worker.touched.reduce(0.0) { $0 + worker.sums[Int($1)] * worker.sums[Int($1)] }
        return square > 0 ? 1 / square.squareRoot() : 1
    }

    public var learnt: ModelState { ModelState() }

    public func loading(_ learnt: ModelState) -> HashedNGrams { self }
}
