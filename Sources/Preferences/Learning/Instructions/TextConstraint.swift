/// An instruction about the form of a text that a program can check.
///
/// ```swift
/// let constraint = TextConstraint.atMostWords(50)
/// print(constraint.instruction)                    // Use at most 50 words.
/// print(constraint.isSatisfied(by: "Short."))      // true
/// ```
public enum TextConstraint: Sendable, Hashable {
    /// At least so many words.
    case atLeastWords(Int)
    /// At most so many words.
    case atMostWords(Int)
    /// At least so many sentences.
    case atLeastSentences(Int)
    /// At most so many sentences.
    case atMostSentences(Int)
    /// Exactly so many paragraphs, with an empty line between them.
    case paragraphs(Int)
    /// Exactly so many lines that begin with "-", "*" or "•".
    case bullets(Int)
    /// A word that has to be there, in any case.
    case includes(String)
    /// A word that must not be there, in any case.
    case avoids(String)
    /// A phrase at the beginning, in any case.
    case starts(with: String)
    /// A phrase at the end, in any case.
    case ends(with: String)
    /// No capital letter.
    case lowercase
    /// No small letter.
    case uppercase
    /// No comma.
    case noCommas
    /// At least one digit.
    case hasDigits
    /// A quotation mark at both ends.
    case quoted

    /// What kinds there are.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case atLeastWords, atMostWords, atLeastSentences, atMostSentences, paragraphs, bullets, includes,
            avoids
        case starts, ends, lowercase, uppercase, noCommas, hasDigits, quoted
    }

    /// What kind it is.
    public var kind: Kind {
        switch self {
        case .atLeastWords: .atLeastWords
        case .atMostWords: .atMostWords
        case .atLeastSentences: .atLeastSentences
        case .atMostSentences: .atMostSentences
        case .paragraphs: .paragraphs
        case .bullets: .bullets
        case .includes: .includes
        case .avoids: .avoids
        case .starts: .starts
        case .ends: .ends
        case .lowercase: .lowercase
        case .uppercase: .uppercase
        case .noCommas: .noCommas
        case .hasDigits: .hasDigits
        case .quoted: .quoted
        }
    }

    /// It in words, as it is added to a prompt.
    public var instruction: String {
        switch self {
        case .atLeastWords(let n): "Use at least \(n) words."
        case .atMostWords(let n): "Use at most \(n) words."
        case .atLeastSentences(let n): "Write at least \(n) sentences."
        case .atMostSentences(let n): "Write at most \(n) sentences."
        case .paragraphs(let n): "Write exactly \(n) paragraphs, separated by empty lines."
        case .bullets(let n): "Give exactly \(n) bullet points."
        case .includes(let word): "Use the word \"\(word)\"."
        case .avoids(let word): "Do not use the word \"\(word)\"."
        case .starts(let phrase): "Begin with \"\(phrase)\"."
        case .ends(let phrase): "End with \"\(phrase)\"."
        case .lowercase: "Use no capital letters."
        case .uppercase: "Use capital letters only."
        case .noCommas: "Do not use commas."
        case .hasDigits: "Use at least one number in digits."
        case .quoted: "Put the whole answer in double quotation marks."
        }
    }

    /// Whether a text obeys.
    ///
    /// - Complexity: O(length of the text).
    public func isSatisfied(by text: String) -> Bool {
        switch self {
        case .atLeastWords(let n): return TextShape.words(text) >= n
        case .atMostWords(let n): return TextShape.words(text) <= n
        case .atLeastSentences(let n): return Words.sentences(text).count >= n
        case .atMostSentences(let n): return Words.sentences(text).count <= n
        case .paragraphs(let n): return TextShape.paragraphs(text) == n
        case .bullets(let n): return TextShape.bullets(text) == n
        case .includes(let word): return Words.words(text).contains(word.lowercased())
        case .avoids(let word): return !Words.words(text).contains(word.lowercased())
        case .starts(let phrase): return TextShape.starts(text, with: phrase)
        case .ends(let phrase): return TextShape.ends(text, with: phrase)
        case .lowercase: return text == text.lowercased()
        case .uppercase: return text == text.uppercased()
        case .noCommas: return !text.contains(",")
        case .hasDigits: return text.contains { ("0"..."9").contains($0) }
        case .quoted:
            let inner = TextShape.trimmed(text)
            return inner.count >= 2 && inner.first == "\"" && inner.last == "\""
        }
    }

    /// Whether no text can obey both.
    ///
    /// Such pairs are found where the kinds alone tell; that none is found does not prove that some text obeys both.
    public func contradicts(_ other: TextConstraint) -> Bool {
        clashes(with: other) || other.clashes(with: self)
    }

    private func clashes(with other: TextConstraint) -> Bool {
        switch (self, other) {
        case (.atLeastWords(let low), .atMostWords(let high)): return low > high
        case (.atLeastSentences(let low), .atMostSentences(let high)): return low > high
        case (.atLeastSentences(let low), .atMostWords(let high)): return low > high
        case (.paragraphs(let a), .paragraphs(let b)), (.bullets(let a), .bullets(let b)): return a != b
        case (.includes(let a), .avoids(let b)): return a.lowercased() == b.lowercased()
        case (.starts(let phrase), .avoids(let word)), (.ends(let phrase), .avoids(let word)):
            return Words.words(phrase).contains(word.lowercased())
        case (.starts(let phrase), .atMostWords(let high)), (.ends(let phrase), .atMostWords(let high)):
            return TextShape.words(phrase) > high
        case (.starts(let phrase), .noCommas), (.ends(let phrase), .noCommas): return phrase.contains(",")
        case (.starts(let a), .starts(let b)):
            let (a, b) = (a.lowercased(), b.lowercased())
            return !a.hasPrefix(b) && !b.hasPrefix(a)
        case (.ends(let a), .ends(let b)):
            let (a, b) = (a.lowercased(), b.lowercased())
            return !a.hasSuffix(b) && !b.hasSuffix(a)
        case (.starts(let phrase), .quoted): return phrase.first != "\""
        case (.ends(let phrase), .quoted): return phrase.last != "\""
        case (.lowercase, .uppercase): return true
        default: return false
        }
    }
}

/// Counts in texts.
enum TextShape {
    /// The number of words: runs without spaces that hold a letter or a digit.
    static func words(_ text: String) -> Int {
        text.split(whereSeparator: \.isWhitespace).count { $0.contains { $0.isLetter || $0.isNumber } }
    }

    /// The number of blocks of lines between empty lines.
    static func paragraphs(_ text: String) -> Int {
        var count = 0
        var isInside = false
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let isEmpty = line.allSatisfy(\.isWhitespace)
            if !isEmpty, !isInside { count += 1 }
            isInside = !isEmpty
        }
        return count
    }

    /// The number of lines that begin with a bullet and a space.
    static func bullets(_ text: String) -> Int {
        text.split(whereSeparator: \.isNewline).count { line in
            let line = line.drop(while: \.isWhitespace)
            guard let first = line.first else { return false }
            return "-*\u{2022}".contains(first) && line.dropFirst().first == " "
        }
    }

    /// Whether a text begins with the whole words of a phrase.
    static func starts(_ text: String, with phrase: String) -> Bool {
        let (text, phrase) = (trimmed(text).lowercased(), trimmed(phrase).lowercased())
        guard text.hasPrefix(phrase) else { return false }
        return !(phrase.last.map(isInWord) ?? false)
            || !(text.dropFirst(phrase.count).first.map(isInWord) ?? false)
    }

    /// Whether a text ends with the whole words of a phrase.
    static func ends(_ text: String, with phrase: String) -> Bool {
        let (text, phrase) = (trimmed(text).lowercased(), trimmed(phrase).lowercased())
        guard text.hasSuffix(phrase) else { return false }
        return !(phrase.first.map(isInWord) ?? false)
            || !(text.dropLast(phrase.count).last.map(isInWord) ?? false)
    }

    private static func isInWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "'\u{2019}".contains(character)
    }

    /// The text without space at its ends.
    static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
