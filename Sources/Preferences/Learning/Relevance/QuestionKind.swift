/// Whether a question has one short right answer or leaves room.
public enum QuestionKind: String, Sendable, Hashable, Codable {
    /// Any answer may be good; more of it may be better.
    case open
    /// One short answer is right.
    case closed

    /// Tells by the words of an English question; what is no question is open.
    ///
    /// Closed are questions with who, when, where, which, how many, what followed by a noun and their like, those that yes or
    /// no answers, and those that list choices. Requests put as questions ("can you write …") are open, and so is what begins
    /// with "what is", which asks for a number as often as for an explanation. This is a rule of thumb: a caller who knows
    /// better says so.
    public init(query: String) {
        let sentences = Words.sentences(query)
        guard let asked = sentences.last(where: { $0.hasSuffix("?") }) ?? sentences.first else {
            self = .open
            return
        }
        let words = Words.words(asked)
        if Self.hasChoices(query) || Words.runs(Words.words(query), of: 3).contains("true or false") {
            self = .closed
        } else if Self.closedStarts.contains(where: { words.starts(with: $0) }) {
            self = .closed
        } else if words.first == "what", words.count > 2, !Self.afterOpenWhat.contains(words[1]) {
            self = .closed
        } else if asked.hasSuffix("?"), let first = words.first, Self.verbs.contains(first) {
            self = words.count > 1 && ["you", "there"].contains(words[1]) ? .open : .closed
        } else {
            self = .open
        }
    }

    private static let closedStarts: [[String]] =
        [
            "who", "whom", "whose", "when", "where", "which", "how many", "how much", "how old", "how long",
            "how far", "how tall", "how big", "how often",
            "what is the name", "what was the name", "what is the capital", "in what", "in which", "at what",
            "on what", "name a", "name an", "name the",
        ].map { $0.split(separator: " ").map(String.init) }

    private static let verbs: Set<String> = [
        "is", "are", "was", "were", "am", "do", "does", "did", "has", "have", "had", "can", "could", "will",
        "would",
    ]

    /// What follows "what" where no noun does that a short answer would name, or one that asks for several things.
    private static let afterOpenWhat: Set<String> = [
        "is", "are", "was", "were", "do", "does", "did", "can", "could", "should", "would", "will", "have",
        "has",
        "had", "if", "about", "happens", "happened", "makes", "made", "causes", "caused", "else", "to", "you",
        "i",
        "we", "some", "kind", "kinds", "type", "types", "sort", "sorts", "ways", "steps", "things", "tips",
        "advice",
        "ideas", "factors", "reasons", "strategies", "s", "it", "might", "may", "exactly",
    ]

    /// Whether at least two choices are marked, such as "A)" or "(b)".
    private static func hasChoices(_ query: String) -> Bool {
        let parts = query.split(whereSeparator: \.isWhitespace)
        func marks(_ letter: String) -> Bool {
            parts.contains {
                ["\(letter))", "(\(letter))", "\(letter).", "\(letter):"].contains($0.lowercased())
            }
        }
        return marks("a") && marks("b")
    }
}
