/// A question to a person: things side by side.
public struct ComparisonTask: Sendable, Hashable, Codable {
    /// What the answer must carry: signed, so that nobody answers a question that was not asked, and only once.
    public var token: String
    /// What is asked.
    public var question: String
    /// The things, left to right, in the order in which they are to be shown.
    public var items: [Item]
    /// How much the answer is expected to tell, in bits.
    public var bits: Double
    /// How many answers this judge gave so far.
    public var answered: Int
    /// Whether the answer to the space's question is settled.
    public var settled: Bool
    /// Where it stands, in a sentence.
    public var advice: String

    /// Creates it.
    public init(
        token: String, question: String, items: [Item], bits: Double, answered: Int, settled: Bool,
        advice: String
    ) {
        self.token = token
        self.question = question
        self.items = items
        self.bits = bits
        self.answered = answered
        self.settled = settled
        self.advice = advice
    }
}

/// A person's answer.
public struct ComparisonAnswer: Sendable, Hashable, Codable {
    /// The token of the question.
    public var token: String
    /// What was answered.
    public var answer: Answer
    /// The place of the best thing, from 0, where more than two were shown and `answer` is `pick`.
    public var pick: Int?
    /// Why, in the person's words; at most 2,000 characters.
    public var why: String?

    /// What can be answered.
    public enum Answer: String, Sendable, Hashable, Codable, CaseIterable {
        case left, right, tie, bothBad, skip
        /// One of more than two.
        case pick
    }

    /// Creates it.
    public init(token: String, answer: Answer, pick: Int? = nil, why: String? = nil) {
        self.token = token
        self.answer = answer
        self.pick = pick
        self.why = why
    }
}
