import Foundation

/// Says how much two texts are about the same thing: 1 for the same, 0 for nothing in common.
public protocol TextSimilarity: Sendable {
    /// The similarity of two texts.
    func similarity(_ a: String, _ b: String) -> Double
}

/// The cosine of two texts' words, rare words counting more.
///
///     cos(a, b) = a·b/(‖a‖ ‖b‖),   aₜ = count of t · idfₜ,   idfₜ = 1 + log((1 + n)/(1 + nₜ))
///
/// with nₜ of the n texts of a corpus holding the word t. Common English words are left out; where that leaves nothing of
/// one of the texts, such as "you will", they count in both.
///
/// ```swift
/// let cosine = TermCosine(corpus: answers)
/// print(cosine.similarity("planting tulips", "tulips are planted in autumn"))
/// ```
public struct TermCosine: TextSimilarity {
    private let frequencies: [String: Double]
    private let texts: Double

    /// Creates the measure.
    ///
    /// - Parameter corpus: Texts like those compared, which say what is rare; without them all words count alike.
    public init(corpus: [String] = []) {
        var frequencies: [String: Double] = [:]
        for text in corpus { for word in Set(Words.words(text)) { frequencies[word, default: 0] += 1 } }
        self.frequencies = frequencies
        texts = Double(corpus.count)
    }

    public func similarity(_ a: String, _ b: String) -> Double {
        let all = (Words.words(a), Words.words(b))
        let telling = (content(all.0), content(all.1))
        let (first, second) = telling.0.isEmpty || telling.1.isEmpty ? all : telling
        let (x, y) = (vector(first), vector(second))
        var (dot, i, j) = (0.0, 0, 0)
        while i < x.count, j < y.count {
            if x[i].word == y[j].word {
                dot += x[i].weight * y[j].weight
                i += 1
                j += 1
            } else if x[i].word < y[j].word {
                i += 1
            } else {
                j += 1
            }
        }
        let norms = (norm(x) * norm(y)).squareRoot()
        return norms > 0 ? min(1, dot / norms) : 0
    }

    private func content(_ words: [String]) -> [String] { words.filter { !Words.common.contains($0) } }

    private func vector(_ words: [String]) -> [(word: String, weight: Double)] {
        Words.counts(words).map { ($0.word, $0.count * rarity($0.word)) }
    }

    private func norm(_ vector: [(word: String, weight: Double)]) -> Double {
        vector.reduce(0) { $0 + $1.weight * $1.weight }
    }

    private func rarity(_ word: String) -> Double {
        1 + log((1 + texts) / (1 + frequencies[word, default: 0]))
    }
}

/// The cosine of what an encoder makes of two texts.
///
/// ```swift
/// let cosine = EncoderCosine { text in myEmbedding(text) }
/// ```
public struct EncoderCosine: TextSimilarity {
    private let encode: @Sendable (String) -> [Double]

    /// Creates the measure.
    ///
    /// - Parameter encode: Gives every text a vector of the same length.
    public init(_ encode: @escaping @Sendable (String) -> [Double]) { self.encode = encode }

    public func similarity(_ a: String, _ b: String) -> Double {
        let (x, y) = (encode(a), encode(b))
        precondition(
            x.count == y.count, "an encoder gives vectors of one length, not \(x.count) and \(y.count)")
        let dot = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
        let norms = x.reduce(0) { $0 + $1 * $1 }.squareRoot() * y.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return norms > 0 ? max(-1, min(1, dot / norms)) : 0
    }
}
