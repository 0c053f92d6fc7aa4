/// Seven aspects of a summary of reviews, by counting words: a stand-in where no language model can be asked.
///
/// Source: Nath, Siledar, Muddu et al., "Leveraging
/// Domain Knowledge for Efficient Reward Modelling in RLHF: A Case-Study in E-Commerce Opinion Summarization" (2024), who ask a
/// language model for each aspect. The prompt is the reviews, one on each line. With C the content words:
///
///     coverage         share of the words in many reviews that the summary has
///     faithfulness     share of the summary's pairs of content words that some review has
///     opinions         1 − |difference of the shares of praise among opinion words|, reviews against summary
///     conciseness      min(1, target/words)
///     relevance        cosine of the words of reviews and summary
///     grounding        share of the summary's numbers that some review has
///     language         distinct trigrams/trigrams
///
/// each times 5. They see words, not meaning: "not good" counts as praise. Have each checked against people before trusting it.
///
/// - Complexity: O(words of the reviews and the summary).
///
/// ```swift
/// let scores = SummaryAspects().scores(prompt: reviews.joined(separator: "\n"), answer: summary)
/// ```
public struct SummaryAspects: AspectScorer {
    /// The number of words that a summary should have at most.
    public var targetWords: Int
    /// In what share of the reviews a word has to be so that it should be covered.
    public var frequentShare: Double

    /// Creates the scorer.
    public init(targetWords: Int = 60, frequentShare: Double = 0.3) {
        precondition(targetWords > 0, "a summary has at least one word")
        precondition(frequentShare > 0 && frequentShare <= 1, "a share is above 0 and at most 1")
        self.targetWords = targetWords
        self.frequentShare = frequentShare
    }

    public var aspects: [String] {
        [
            "coverage", "faithfulness", "opinions", "conciseness", "relevance", "grounding", "language",
        ]
    }

    public func scores(prompt: String, answer: String) -> [Double] {
        let reviews = prompt.split(whereSeparator: \.isNewline).map { Words.words(String($0)) }
        let tokens = Words.tokens(answer)
        let words = tokens.filter(Words.isWord)
        guard !words.isEmpty else { return [Double](repeating: 0, count: 7) }
        return [
            coverage(reviews, words), faithfulness(reviews, words), opinions(reviews, words),
            min(1, Double(targetWords) / Double(words.count)),
            TermCosine().similarity(prompt, answer), grounding(reviews, words),
            RelevanceReward.variety(tokens),
        ].map { 5 * $0 }
    }

    private func coverage(_ reviews: [[String]], _ words: [String]) -> Double {
        let counts = Words.counts(reviews.flatMap { Set(content($0)).sorted() })
        let needed = counts.filter { $0.count >= max(2, frequentShare * Double(reviews.count)) }
        let present = Set(words)
        return needed.isEmpty
            ? 1 : Double(needed.count { present.contains($0.word) }) / Double(needed.count)
    }

    private func faithfulness(_ reviews: [[String]], _ words: [String]) -> Double {
        let known = Set(reviews.flatMap { Words.runs(content($0), of: 2) })
        let runs = Words.runs(content(words), of: 2)
        return runs.isEmpty ? 1 : Double(runs.count { known.contains($0) }) / Double(runs.count)
    }

    private func opinions(_ reviews: [[String]], _ words: [String]) -> Double {
        guard let given = Self.praise(reviews.flatMap { $0 }) else { return 1 }
        // A summary without opinions stands in the middle.
        return 1 - abs(given - (Self.praise(words) ?? 0.5))
    }

    private func grounding(_ reviews: [[String]], _ words: [String]) -> Double {
        let numbers = words.filter { $0.contains(where: \.isNumber) }
        let known = Set(reviews.flatMap { $0 })
        return numbers.isEmpty ? 1 : Double(numbers.count { known.contains($0) }) / Double(numbers.count)
    }

    private func content(_ words: [String]) -> [String] { words.filter { !Words.common.contains($0) } }

    /// The share of praise among words of praise and blame; nil without such words.
    private static func praise(_ words: [String]) -> Double? {
        let good = words.count { praise.contains($0) }
        let bad = words.count { blame.contains($0) }
        return good + bad > 0 ? Double(good) / Double(good + bad) : nil
    }

    private static let praise: Set<String> = [
        "amazing", "awesome", "beautiful", "best", "bright", "brilliant", "cheap", "clean", "clear",
        "comfortable", "convenient", "delicious", "durable", "easy", "excellent", "fantastic", "fast", "fine",
        "good", "great", "happy", "helpful", "impressed", "impressive", "like", "liked", "love", "loved",
        "lovely", "nice", "perfect", "perfectly", "pleased", "pleasant", "quick", "recommend", "recommended",
        "reliable", "satisfied", "sharp", "smooth", "solid", "strong", "sturdy", "superb", "useful", "well",
        "wonderful", "worth",
    ]

    private static let blame: Set<String> = [
        "annoying", "awful", "bad", "badly", "blurry", "broke", "broken", "complaint", "complaints",
        "defective", "difficult", "dirty", "disappointed", "disappointing", "dull", "expensive", "fail",
        "failed", "fails", "faulty", "flimsy", "fragile", "hate", "hated", "heavy", "horrible", "issue",
        "issues", "lacking", "loud", "noisy", "poor", "poorly", "problem", "problems", "regret", "returned",
        "slow", "stopped", "terrible", "ugly", "uncomfortable", "unhappy", "unreliable", "useless", "waste",
        "weak", "worse", "worst", "wrong",
    ]
}
