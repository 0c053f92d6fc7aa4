/// Two answers to a prompt, as text, and which was preferred.
///
/// ```swift
/// let pair = TextPair(prompt: "Hello?", chosen: "Hello! What can I do?", rejected: "Yes.")
/// ```
public struct TextPair: Sendable, Hashable, Codable {
    /// What was asked.
    public var prompt: String
    /// The first answer.
    public var first: String
    /// The second answer.
    public var second: String
    /// The probability with which the first was preferred: 1, 0, 0.5 for a tie, or between.
    public var label: Double
    /// Who judged.
    public var judge: String?
    /// What group the comparison belongs to.
    public var group: String?

    /// Creates a pair.
    public init(
        prompt: String = "", first: String, second: String, label: Double, judge: String? = nil,
        group: String? = nil
    ) {
        precondition((0...1).contains(label), "a label is the probability that the first was preferred")
        self.prompt = prompt
        self.first = first
        self.second = second
        self.label = label
        self.judge = judge
        self.group = group
    }

    /// Creates a pair of which the first was chosen.
    public init(prompt: String = "", chosen: String, rejected: String) {
        self.init(prompt: prompt, first: chosen, second: rejected, label: 1)
    }

    /// The answer that was chosen and the other; nil for a tie.
    var ordered: (chosen: String, rejected: String)? {
        if label == 0.5 { return nil }
        return label > 0.5 ? (first, second) : (second, first)
    }
}

extension ComparisonSet {
    /// Comparisons of the answers of pairs of texts, with features that `features` makes of a prompt and an answer: the
    /// items are all first answers, then all second ones.
    init(_ pairs: [TextPair], features: (_ prompt: String, _ answer: String) throws -> [Double]) throws {
        var rows = try pairs.map { try features($0.prompt, $0.first) }
        rows += try pairs.map { try features($0.prompt, $0.second) }
        try self.init(pairs, features: FeatureMatrix(rows))
    }

    /// Comparisons of pairs of texts whose features are known, first answers first.
    init(_ pairs: [TextPair], features: FeatureMatrix) throws {
        var items = ItemSet(features: features)
        var known: [String: Int] = [:]
        let prompts = pairs.map { pair -> Int in
            if pair.prompt.isEmpty { return -1 }
            if let place = known[pair.prompt] { return place }
            known[pair.prompt] = items.promptNames.count
            items.promptNames.append(pair.prompt)
            return items.promptNames.count - 1
        }
        if !items.promptNames.isEmpty { items.prompts = prompts + prompts }
        try self.init(
            items: items, left: Array(pairs.indices), right: pairs.indices.map { $0 + pairs.count },
            labels: pairs.map(\.label))
        try setJudges(pairs.map(\.judge))
        try setGroups(pairs.map(\.group))
    }
}
