/// A value, a right or a duty that may bear on what somebody does.
public struct SituationValue: Sendable, Hashable, Codable {
    /// What it is.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A value, such as honesty.
        case value
        /// A right, such as the right to privacy.
        case right
        /// A duty, such as the duty to help.
        case duty
    }

    /// What it is.
    public var kind: Kind
    /// Its name.
    public var text: String

    /// Creates one.
    public init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// The words of its name, without "right to" and "duty to".
    var words: [String] {
        let words = TextTokens.words(text)
        let isPrefixed =
            words.count > 2 && (words[0] == "right" || words[0] == "duty")
            && (words[1] == "to" || words[1] == "of")
        return isPrefixed ? Array(words.dropFirst(2)) : words
    }
}

/// Which way a value pulls.
public enum ValueValence: String, Sendable, Hashable, Codable, CaseIterable {
    /// For the action.
    case supports
    /// Against it.
    case opposes
    /// Either way, depending on what is not said.
    case either
}

/// What somebody says of a situation and a value.
public struct ValueRecord: Sendable, Hashable, Codable {
    /// What is done, in words.
    public var situation: String
    /// The value.
    public var value: SituationValue
    /// Whether it bears on the situation.
    public var isRelevant: Bool
    /// Which way; nil where that was not said.
    public var valence: ValueValence?
    /// Why.
    public var explanation: String

    /// Creates a record.
    public init(
        situation: String, value: SituationValue, isRelevant: Bool = true, valence: ValueValence? = nil,
        explanation: String = ""
    ) {
        self.situation = situation
        self.value = value
        self.isRelevant = isRelevant
        self.valence = valence
        self.explanation = explanation
    }
}

/// What a model says of a situation and a value.
public struct ValueJudgement: Sendable, Hashable, Codable {
    /// The value.
    public var value: SituationValue
    /// r, the probability that it bears on the situation.
    public var relevance: Double
    /// The probability that it supports the action, where it is relevant.
    public var supports: Double
    /// That it opposes it.
    public var opposes: Double
    /// That it may do either.
    public var either: Double
    /// What was said of it in a situation like this one; empty where nothing was.
    public var explanation: String

    /// Creates a judgement.
    public init(
        _ value: SituationValue, relevance: Double, supports: Double, opposes: Double, either: Double,
        explanation: String = ""
    ) {
        self.value = value
        self.relevance = relevance
        self.supports = supports
        self.opposes = opposes
        self.either = either
        self.explanation = explanation
    }
}
