/// What is counted in one answer, read once for all traits.
struct TextFacts {
    let prompt: String
    let answer: String
    let words: [String]
    let paragraphs: Int
    let bullets: Int
    let numbered: Int
    let headings: Int
    private let bytes: [UInt8]

    init(prompt: String, answer: String) {
        self.prompt = prompt
        self.answer = answer
        words = TextTokens.words(answer)
        bytes = Array(answer.utf8)
        var (paragraphs, bullets, numbered, headings) = (0, 0, 0, 0)
        var wasBlank = true
        for line in answer.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let text = line.drop { $0 == " " || $0 == "\t" }
            if text.isEmpty {
                wasBlank = true
                continue
            }
            if wasBlank { paragraphs += 1 }
            wasBlank = false
            if text.hasPrefix("- ") || text.hasPrefix("* ") || text.hasPrefix("\u{2022}") { bullets += 1 }
            let digits = text.prefix { ("0"..."9").contains($0) }
            let rest = text.dropFirst(digits.count)
            if (1...3).contains(digits.count), rest.hasPrefix(". ") || rest.hasPrefix(") ") { numbered += 1 }
            let hashes = text.prefix { $0 == "#" }.count
            if (1...6).contains(hashes), text.dropFirst(hashes).first == " " { headings += 1 }
        }
        (self.paragraphs, self.bullets, self.numbered, self.headings) = (
            paragraphs, bullets, numbered, headings
        )
    }

    /// How often a piece of text comes, without overlaps.
    func count(of piece: String) -> Int {
        let piece = Array(piece.utf8)
        var (count, place) = (0, 0)
        while place + piece.count <= bytes.count {
            if bytes[place] == piece[0], bytes[place..<place + piece.count].elementsEqual(piece) {
                count += 1
                place += piece.count
            } else {
                place += 1
            }
        }
        return count
    }

    /// How many of the words are among some.
    func hits(_ list: Set<String>) -> Int { words.count { list.contains($0) } }

    /// How often one of some phrases of up to three words comes.
    func phrases(_ list: Set<String>) -> Int {
        var count = 0
        for place in words.indices {
            var phrase = words[place]
            for length in 1...3 {
                if list.contains(phrase) { count += 1 }
                guard place + length < words.count else { break }
                phrase += " " + words[place + length]
            }
        }
        return count
    }

    /// Words that begin with a digit.
    var numbers: Int { words.count { $0.first.map { ("0"..."9").contains($0) } ?? false } }

    /// The share of the prompt's words of four letters or more that the answer has.
    var promptCoverage: Double {
        let wanted = Set(TextTokens.words(prompt).filter { $0.count >= 4 })
        guard !wanted.isEmpty else { return 0 }
        return Double(wanted.intersection(words).count) / Double(wanted.count)
    }

    /// The mean number of letters.
    var wordLength: Double {
        words.isEmpty ? 0 : Double(words.reduce(0) { $0 + $1.utf8.count }) / Double(words.count)
    }

    /// Words for each end of a sentence.
    var sentenceLength: Double {
        let ends = bytes.count {
            $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "!") || $0 == UInt8(ascii: "?")
        }
        return Double(words.count) / Double(max(1, ends))
    }

    /// The share of pairs of neighbouring words that did not come before.
    var variety: Double {
        guard words.count > 1 else { return 1 }
        let pairs = zip(words, words.dropFirst()).map { "\($0) \($1)" }
        return Double(Set(pairs).count) / Double(pairs.count)
    }

    var endsAsking: Bool { answer.last { !$0.isWhitespace } == "?" }

    static let hedges: Set<String> = [
        "maybe", "perhaps", "possibly", "probably", "might", "could be", "may be", "seems", "seem", "appears",
        "it depends", "i think", "i believe", "in my opinion", "not sure", "somewhat", "generally", "often",
        "likely", "arguably", "tends to", "to some extent",
    ]
    static let refusals: Set<String> = [
        "i cannot", "i can't", "i'm sorry", "sorry", "i am sorry", "apologize", "apologise", "unable to",
        "i won't", "as an ai", "language model", "not able to", "i'm not able",
    ]
    static let selves: Set<String> = ["i", "i'm", "i've", "i'd", "i'll", "me", "my", "mine", "myself"]
    static let readers: Set<String> = ["you", "your", "yours", "you're", "you'll", "you've", "yourself"]
    static let courtesies: Set<String> = [
        "please", "thanks", "thank", "welcome", "glad", "happy", "kindly", "appreciate", "pleasure",
    ]
    static let reasons: Set<String> = [
        "because", "since", "therefore", "so that", "as a result", "due to", "thus", "hence", "the reason",
        "which means",
    ]
    static let examples: Set<String> = [
        "for example", "for instance", "such as", "e g", "like this", "including",
    ]
    static let denials: Set<String> = [
        "not", "no", "never", "none", "nothing", "don't", "doesn't", "didn't", "isn't", "aren't", "won't",
        "can't", "cannot", "wouldn't", "shouldn't", "wasn't",
    ]
}
