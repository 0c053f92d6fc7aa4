import Kernels

/// Writes instructions that a given text obeys, or does not.
///
/// Each is checked before it is given out. Numbers stay near those of the text, and words come from the text or from a
/// vocabulary, so that the instructions are such as somebody might give.
///
/// ```swift
/// var random = CounterRandom(seed: 1)
/// let generator = ConstraintGenerator(vocabulary: answers)
/// let obeyed = generator.constraint(.atMostWords, for: answer, satisfied: true, using: &random)
/// ```
public struct ConstraintGenerator: Sendable {
    /// What kinds it writes.
    public let kinds: [TextConstraint.Kind]
    private let vocabulary: [String]

    /// Creates a generator.
    ///
    /// - Parameter texts: Where words come from that a text does not have, such as all answers; a few English words without.
    public init(kinds: [TextConstraint.Kind] = TextConstraint.Kind.allCases, vocabulary texts: [String] = [])
    {
        precondition(!kinds.isEmpty, "a generator writes at least one kind of instruction")
        self.kinds = kinds
        let found = Set(texts.flatMap { Words.words($0) }).filter(Self.isTelling).sorted()
        vocabulary = found.count >= 20 ? found : Self.usualWords
    }

    /// An instruction of a kind that the text obeys, or does not; nil where there is none.
    ///
    /// - Complexity: O(length of the text).
    public func constraint(
        _ kind: TextConstraint.Kind, for text: String, satisfied: Bool, using random: inout CounterRandom
    ) -> TextConstraint? {
        guard let constraint = proposal(kind, text, satisfied, &random),
            constraint.isSatisfied(by: text) == satisfied
        else { return nil }
        return constraint
    }

    private func proposal(
        _ kind: TextConstraint.Kind, _ text: String, _ satisfied: Bool, _ random: inout CounterRandom
    ) -> TextConstraint? {
        switch kind {
        case .atLeastWords:
            return .atLeastWords(Self.bound(TextShape.words(text), above: !satisfied, &random))
        case .atMostWords: return .atMostWords(Self.bound(TextShape.words(text), above: satisfied, &random))
        case .atLeastSentences:
            return .atLeastSentences(Self.bound(Words.sentences(text).count, above: !satisfied, &random))
        case .atMostSentences:
            return .atMostSentences(Self.bound(Words.sentences(text).count, above: satisfied, &random))
        case .paragraphs:
            let count = TextShape.paragraphs(text)
            return .paragraphs(satisfied ? count : Self.other(than: count, 1...5, &random))
        case .bullets:
            let count = TextShape.bullets(text)
            // That a text without bullets has none is nothing that anybody asks for.
            if satisfied { return count > 0 ? .bullets(count) : nil }
            return .bullets(Self.other(than: count, 2...6, &random))
        case .includes: return (satisfied ? own(text, &random) : foreign(text, &random)).map { .includes($0) }
        case .avoids: return (satisfied ? foreign(text, &random) : own(text, &random)).map { .avoids($0) }
        case .starts:
            let words = text.split(whereSeparator: \.isWhitespace)
            guard satisfied else { return .starts(with: Self.pick(Self.beginnings, &random)) }
            return words.isEmpty
                ? nil : .starts(with: words.prefix(1 + random.below(3)).joined(separator: " "))
        case .ends:
            let words = text.split(whereSeparator: \.isWhitespace)
            guard satisfied else { return .ends(with: Self.pick(Self.endings, &random)) }
            return words.isEmpty ? nil : .ends(with: words.suffix(1 + random.below(3)).joined(separator: " "))
        case .lowercase: return .lowercase
        case .uppercase: return .uppercase
        case .noCommas: return .noCommas
        case .hasDigits: return .hasDigits
        case .quoted: return .quoted
        }
    }

    /// A number up to n, or one above it, within half of n.
    private static func bound(_ n: Int, above: Bool, _ random: inout CounterRandom) -> Int {
        let reach = max(1, n / 2)
        return above ? n + 1 + random.below(reach) : max(1, n - random.below(reach + 1))
    }

    private static func other(than n: Int, _ range: ClosedRange<Int>, _ random: inout CounterRandom) -> Int {
        let choices = range.filter { $0 != n }
        return choices[random.below(choices.count)]
    }

    private func own(_ text: String, _ random: inout CounterRandom) -> String? {
        let words = Set(Words.words(text)).filter(Self.isTelling).sorted()
        return words.isEmpty ? nil : words[random.below(words.count)]
    }

    private func foreign(_ text: String, _ random: inout CounterRandom) -> String? {
        let present = Set(Words.words(text))
        for _ in 0..<20 {
            let word = Self.pick(vocabulary, &random)
            if !present.contains(word) { return word }
        }
        return nil
    }

    private static func pick(_ choices: [String], _ random: inout CounterRandom) -> String {
        choices[random.below(choices.count)]
    }

    private static func isTelling(_ word: String) -> Bool {
        word.count >= 4 && word.allSatisfy(\.isLetter) && !Words.common.contains(word)
    }

    private static let usualWords = [
        "account", "balance", "bridge", "camera", "change", "circle", "colour", "corner", "course", "danger",
        "effort", "engine", "family", "flower", "forest", "friend", "garden", "health", "history", "island",
        "journey", "kitchen", "language", "letter", "market", "memory", "moment", "mountain", "music",
        "number",
        "office", "paper", "people", "picture", "planet", "reason", "river", "science", "season", "signal",
        "stone", "story", "summer", "table", "travel", "village", "water", "window", "winter", "world",
    ]

    private static let beginnings = [
        "To begin with", "In short", "Here is", "First of all", "My answer", "Certainly", "Let us see",
    ]

    private static let endings = [
        "That is all.", "I hope this helps.", "Thank you.", "The end.", "Good luck!", "Any questions?",
    ]
}
