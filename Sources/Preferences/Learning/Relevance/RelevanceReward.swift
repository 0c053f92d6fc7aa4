import Kernels

/// Scores an answer without any data: how much it is about the question, held against repeating and falling short.
///
/// Source: Kim and Seo, "Preference-free Alignment Learning with Regularized Relevance Reward" (2024), in the product form
/// of its later version, "Rethinking the Role of Proxy Rewards in Language Model Alignment".
///
///     open question:     R = RP · LI · z(QR)        closed question:   R = RP · AR
///     QR = similarity of question and answer        AR = similarity of the right answer and the answer
///     LI = min(1, tokens/L₀)                        RP = distinct trigrams/trigrams
///
/// All parts lie in 0...1. Relevance alone is farmed by copying the question, which LI hinders, and by repeating it, which RP
/// hinders; with the cap nothing is gained beyond L₀ tokens. Closed questions get no bonus for length. Where a closed question
/// comes without the right answer, QR stands in for AR. z is the identity, or a rescaling between two percentiles.
///
/// It knows words, not truth: a fluent, relevant and wrong answer to an open question scores high. Between two answers that both
/// stay on the topic it agrees with people hardly more often than chance. Use it against empty, repeating and stray answers
/// where there is no feedback yet, and as what a learnt reward has to beat.
///
/// - Complexity: O(tokens) for an answer.
///
/// ```swift
/// let reward = RelevanceReward(similarity: TermCosine(corpus: answers))
/// let score = reward.score(query: "How do I prune roses?", answer: "Cut them back in March …")
/// print(score.value, score.relevance, score.length, score.variety)
/// ```
public struct RelevanceReward: Sendable {
    /// The method's id.
    public static let id = "r3-reward"

    /// Which parts count; leaving some out shows what they are for.
    public struct Parts: OptionSet, Sendable, Hashable {
        public let rawValue: Int
        /// Creates a set of its bits.
        public init(rawValue: Int) { self.rawValue = rawValue }
        /// QR or AR.
        public static let relevance = Parts(rawValue: 1)
        /// LI.
        public static let length = Parts(rawValue: 2)
        /// RP.
        public static let variety = Parts(rawValue: 4)
        /// All three.
        public static let all: Parts = [.relevance, .length, .variety]
    }

    /// How similar texts are.
    public var similarity: any TextSimilarity
    /// L₀, the number of tokens from which an answer to an open question is long enough.
    public var enoughTokens: Double
    /// Whether LI stops at 1; without that, length can be farmed.
    public var capsLength: Bool
    /// z; nil for the identity.
    public var scale: PercentileScale?
    /// Which parts count.
    public var parts: Parts

    /// Creates the reward.
    public init(
        similarity: any TextSimilarity = TermCosine(), enoughTokens: Double = 100, capsLength: Bool = true,
        scale: PercentileScale? = nil, parts: Parts = .all
    ) {
        precondition(enoughTokens > 0, "L₀ is \(enoughTokens), but must be positive")
        self.similarity = similarity
        self.enoughTokens = enoughTokens
        self.capsLength = capsLength
        self.scale = scale
        self.parts = parts
    }

    /// Scores an answer.
    ///
    /// - Parameters:
    ///   - reference: The right answer, where there is one; the question then counts as closed.
    ///   - kind: What the question is, where the caller knows better than its words tell.
    public func score(
        query: String, answer: String, reference: String? = nil, kind: QuestionKind? = nil
    ) -> RelevanceScore {
        let kind = kind ?? (reference == nil ? QuestionKind(query: query) : .closed)
        let tokens = Words.tokens(answer)
        let share = Double(tokens.count) / enoughTokens
        let raw = similarity.similarity(kind == .closed ? reference ?? query : query, answer)
        let relevance = kind == .open ? scale?(raw) ?? raw : raw
        return RelevanceScore(
            kind: kind, similarity: raw,
            relevance: parts.contains(.relevance) ? max(0, relevance) : 1,
            length: kind == .open && parts.contains(.length) ? (capsLength ? min(1, share) : share) : 1,
            variety: parts.contains(.variety) ? Self.variety(tokens) : 1)
    }

    /// Why the first of two answers scores higher: what relevance, length and variety add to the difference of R.
    ///
    /// R is a product, so that a part's contribution is its mean over the orders in which one answer's parts can be exchanged
    /// for the other's (Shapley values); they add up to the difference.
    public func explain(
        query: String, first: String, second: String, reference: String? = nil, kind: QuestionKind? = nil
    ) -> ComparisonExplanation {
        let scores = [first, second].map { answer in
            score(query: query, answer: answer, reference: reference, kind: kind)
        }
        let parts = scores.map { [$0.relevance, $0.length, $0.variety] }
        let contributions = Attribution.shapley(from: parts[1], to: parts[0]) { $0[2] * $0[1] * $0[0] }
        return ComparisonExplanation(
            ["relevance", "length", "variety"].enumerated().map { place, name in
                .init(
                    name: name, first: parts[0][place], second: parts[1][place],
                    contribution: contributions[place])
            })
    }

    /// RP of tokens: distinct trigrams over trigrams; 1 with fewer than three tokens.
    static func variety(_ tokens: [String]) -> Double {
        let runs = Words.runs(tokens, of: 3)
        return runs.isEmpty ? 1 : Double(Set(runs).count) / Double(runs.count)
    }
}

/// The score of an answer with what it is made of.
public struct RelevanceScore: Sendable, Hashable, Codable {
    /// What the question was taken for.
    public let kind: QuestionKind
    /// The similarity before any rescaling: to the question, or to the right answer of a closed one.
    public let similarity: Double
    /// z(QR) or AR; 1 where it does not count.
    public let relevance: Double
    /// LI; 1 where it does not count.
    public let length: Double
    /// RP; 1 where it does not count.
    public let variety: Double
    /// R, the product.
    public var value: Double { variety * length * relevance }
}

/// Brings similarities to 0...1 between two percentiles of those seen.
public struct PercentileScale: Sendable, Hashable, Codable {
    /// What becomes 0.
    public let low: Double
    /// What becomes 1.
    public let high: Double

    /// Takes the 5th and the 95th percentile of a sample.
    ///
    /// - Throws: `LearningError.data` where the two are the same.
    public init(fitting sample: [Double]) throws {
        let known = sample.filter(\.isFinite)
        guard !known.isEmpty,
            case let (low, high) = (
                Statistics.quantile(known, 0.05), Statistics.quantile(known, 0.95)
            ), high > low
        else {
            throw LearningError.data(
                "the \(known.count) similarities are all alike, so that there is nothing to rescale between")
        }
        (self.low, self.high) = (low, high)
    }

    public func callAsFunction(_ x: Double) -> Double { max(0, min(1, (x - low) / (high - low))) }
}
