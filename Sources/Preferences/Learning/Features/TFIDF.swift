import Foundation
import Kernels

/// Describes a text by the words and pairs of words in it, those that are rare among the training texts counting more.
///
/// Source: Salton and Buckley, "Term-weighting approaches in automatic text retrieval" (1988); smoothed as is usual today.
///
///     xₜ ∝ (1 + ln nₜ) (ln((1 + N) / (1 + Nₜ)) + 1),   ‖x‖ = 1
///
/// with nₜ how often the term t occurs in the text, N the number of training texts and Nₜ of those with t. Terms are kept that occur in
/// `minimumDocuments` training texts; of these the `features` that occur most often in all, the first in alphabetical order (of
/// bytes) among equals.
///
/// When not to use it: with few texts, or with texts in which most words are new; `HashedNGrams` sees pieces of words too.
///
/// - Complexity: O(words) for a text.
///
/// ```swift
/// let words = try TFIDF(features: 5000).fitted(to: trainingTexts)
/// print(words.terms.prefix(10))
/// ```
public struct TFIDF: TextFeaturizer, Hashable, Codable {
    public static let id = "tfidf"

    /// The most terms that are kept.
    public var features: Int
    /// In how many texts a term has to occur.
    public var minimumDocuments: Int
    /// The longest run of words.
    public var words: Int
    /// The terms of the columns in alphabetical order of bytes; empty before it is fitted.
    public private(set) var terms: [String] = []
    /// What each term counts.
    public private(set) var inverseFrequencies: [Double] = []
    private var places: [UInt64: Int32] = [:]

    private enum CodingKeys: String, CodingKey { case features, minimumDocuments, words }

    /// Creates one that has learnt nothing yet.
    public init(features: Int = 20_000, minimumDocuments: Int = 2, words: Int = 2) {
        precondition(features > 0 && minimumDocuments > 0, "counts are at least 1")
        precondition((1...8).contains(words), "runs of up to \(words) words; 1 to 8 are possible")
        self.features = features
        self.minimumDocuments = minimumDocuments
        self.words = words
    }

    public var columns: Int { terms.count }

    public func fitted(to texts: [String]) throws -> TFIDF {
        var all: [UInt64: Int] = [:]
        var found: [Term] = []
        let chunks = Parallel.chunks(texts.count, size: 1024)
        for part in Parallel.map(chunks.count, { Self.count(texts[chunks[$0]], words) }) {
            for term in part {
                if let place = all[term.hash] {
                    found[place].documents += term.documents
                    found[place].count += term.count
                } else {
                    all[term.hash] = found.count
                    found.append(term)
                }
            }
        }
        var kept = found.filter { $0.documents >= minimumDocuments }
        kept.sort { a, b in a.count == b.count ? Self.precedes(a.text, b.text) : a.count > b.count }
        kept = kept.prefix(features).sorted { Self.precedes($0.text, $1.text) }
        guard !kept.isEmpty else {
            throw LearningError.data(
                "no word occurs in \(minimumDocuments) of the \(texts.count) training texts; "
                    + "lower the minimum, or use hashed features")
        }
        let total = Double(texts.count)
        return with(
            kept.map(\.text), kept.map { log((1 + total) / (1 + Double($0.documents))) + 1 })
    }

    public func features(of texts: [String]) throws -> FeatureMatrix {
        try requireFitted()
        let rows = TextRows.make(texts.count, { Worker() }) { worker, place, rows in
            for (column, value, _) in weigh(texts[place], &worker) {
                rows.append(column: column, value: value)
            }
        }
        return try FeatureMatrix(rows, columns: columns)
    }

    public func terms(of text: String) throws -> [TextTerm] {
        try requireFitted()
        var worker = Worker()
        return weigh(text, &worker).map {
            TextTerm(terms[Int($0.column)], column: Int($0.column), value: $0.value)
        }
    }

    private struct Worker {
        var words = TextWords()
        var counts = TermCounts()
    }

    private func weigh(
        _ text: String, _ worker: inout Worker
    ) -> [(column: Int32, value: Double, count: Int)] {
        worker.words.read(text)
        worker.counts.clear()
        worker.counts.addWords(worker.words, upTo: words)
        var row: [(column: Int32, value: Double, count: Int)] = []
        var square = 0.0
        for entry in worker.counts.entries {
            guard let column = places[entry.hash] else { continue }
            let value = (1 + log(Double(entry.count))) * inverseFrequencies[Int(column)]
            row.append((column, value, entry.count))
            square += value * value
        }
        let scale = square > 0 ? 1 / square.squareRoot() : 1
        for place in row.indices { row[place].value *= scale }
        return row
    }

    private func requireFitted() throws {
        guard !terms.isEmpty else {
            throw LearningError.data(
                "the TF-IDF features have learnt no words yet; fit them to training texts")
        }
    }

    private struct Term: Sendable {
        var hash: UInt64
        var text: String
        var documents: Int
        var count: Int
    }

    private static func count(_ texts: ArraySlice<String>, _ longest: Int) -> [Term] {
        var places: [UInt64: Int] = [:]
        var found: [Term] = []
        var worker = Worker()
        for text in texts {
            worker.words.read(text)
            worker.counts.clear()
            worker.counts.addWords(worker.words, upTo: longest)
            for entry in worker.counts.entries {
                if let place = places[entry.hash] {
                    found[place].documents += 1
                    found[place].count += entry.count
                } else {
                    places[entry.hash] = found.count
                    found.append(
                        Term(
                            hash: entry.hash,
                            text: String(
                                decoding: worker.words.bytes[entry.start..<entry.end], as: UTF8.self),
                            documents: 1, count: entry.count))
                }
            }
        }
        return found
    }

    private static func precedes(_ a: String, _ b: String) -> Bool {
        a.utf8.lexicographicallyPrecedes(b.utf8)
    }

    private func with(_ terms: [String], _ inverseFrequencies: [Double]) -> TFIDF {
        var result = self
        result.terms = terms
        result.inverseFrequencies = inverseFrequencies
        result.places = [:]
        let start = StableHash.adding(UInt8(ascii: "w"), to: StableHash.basis)
        for (place, term) in terms.enumerated() {
            result.places[StableHash.mixed(StableHash.plain(term.utf8, from: start))] = Int32(place)
        }
        return result
    }

    public var learnt: ModelState {
        var state = ModelState()
        state.lists["terms"] = terms
        state["inverseFrequencies"] = .init(inverseFrequencies)
        return state
    }

    public func loading(_ learnt: ModelState) throws -> TFIDF {
        let frequencies = try learnt.vector("inverseFrequencies")
        guard let terms = learnt.lists["terms"], terms.count == frequencies.count, !terms.isEmpty else {
            throw LearningError.data(
                "the model has \(learnt.lists["terms"]?.count ?? 0) words for \(frequencies.count) frequencies; "
                    + "its files are damaged")
        }
        return with(terms, frequencies)
    }
}
