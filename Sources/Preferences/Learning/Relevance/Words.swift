/// Texts cut into words.
enum Words {
    /// Words (letters, digits and apostrophes within them) and punctuation marks, in lower case.
    static func tokens(_ text: String) -> [String] {
        var result: [String] = []
        var word = ""
        for character in text.lowercased() {
            if character.isLetter || character.isNumber || (isApostrophe(character) && !word.isEmpty) {
                word.append(character)
            } else {
                close(&word, into: &result)
                if !character.isWhitespace { result.append(String(character)) }
            }
        }
        close(&word, into: &result)
        return result
    }

    /// Words without punctuation marks, in lower case.
    static func words(_ text: String) -> [String] { tokens(text).filter(isWord) }

    /// Whether a token is a word and no punctuation mark.
    static func isWord(_ token: String) -> Bool { token.first.map { $0.isLetter || $0.isNumber } ?? false }

    /// The runs of n tokens, each joined by spaces.
    static func runs(_ tokens: [String], of n: Int) -> [String] {
        guard tokens.count >= n else { return [] }
        return (0...tokens.count - n).map { tokens[$0..<$0 + n].joined(separator: " ") }
    }

    /// Sentences: what ends with a full stop, a question mark, an exclamation mark or a line.
    static func sentences(_ text: String) -> [String] {
        var result: [String] = []
        var sentence = ""
        func isSentence(_ text: String) -> Bool { text.contains { $0.isLetter || $0.isNumber } }
        let characters = Array(text)
        for (place, character) in characters.enumerated() {
            if character.isNewline {
                if isSentence(sentence) { result.append(sentence) }
                sentence = ""
                continue
            }
            sentence.append(character)
            let isEnd = place + 1 == characters.count || characters[place + 1].isWhitespace
            if isEnd, ".?!".contains(character) {
                if isSentence(sentence) { result.append(sentence) }
                sentence = ""
            }
        }
        if isSentence(sentence) { result.append(sentence) }
        return result.map { String($0.drop(while: \.isWhitespace)) }
    }

    /// How many of the tokens there are of each kind, by name in alphabetical order.
    static func counts(_ tokens: [String]) -> [(word: String, count: Double)] {
        var counts: [String: Double] = [:]
        for token in tokens { counts[token, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// English words that say nothing about what a text is about.
    static let common: Set<String> = [
        "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "because", "been",
        "but", "by", "can", "could", "did", "do", "does", "for", "from", "had", "has", "have", "he", "her",
        "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "me", "more", "most", "my", "of",
        "on", "one", "or", "our", "she", "should", "so", "some", "than", "that", "the", "their", "them",
        "then", "there", "these", "they", "this", "to", "too", "up", "us", "very", "was", "we", "were",
        "what", "when", "where", "which", "who", "why", "will", "with", "would", "you", "your",
    ]

    private static func isApostrophe(_ character: Character) -> Bool {
        character == "'" || character == "\u{2019}"
    }

    private static func close(_ word: inout String, into result: inout [String]) {
        var marks: [String] = []
        while let last = word.last, isApostrophe(last) {
            marks.append(String(word.removeLast()))
        }
        if !word.isEmpty { result.append(word) }
        result += marks
        word = ""
    }
}
