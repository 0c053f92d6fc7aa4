/// Principles in sentences, which a language model judges by.
public struct WrittenConstitution: Sendable, Hashable, Codable {
    /// One principle.
    public struct Article: Sendable, Hashable, Codable {
        /// The sentence.
        public var text: String
        /// How it voted where it was tested.
        public var counts: PrincipleCounts

        /// Creates one.
        public init(text: String, counts: PrincipleCounts) {
            self.text = text
            self.counts = counts
        }
    }

    /// The principles, the strongest first.
    public var articles: [Article]
    /// Which model wrote and tested them.
    public var model: String
    /// On how many comparisons.
    public var comparisons: Int
    /// How many different reasons it gave.
    public var proposals: Int

    /// Creates a constitution.
    public init(articles: [Article], model: String, comparisons: Int, proposals: Int) {
        self.articles = articles
        self.model = model
        self.comparisons = comparisons
        self.proposals = proposals
    }

    /// The principles, one on a line.
    public var text: String {
        articles.enumerated().map { "\($0 + 1). \($1.text)" }.joined(separator: "\n")
    }

    /// The probability that the first answer is the better one: a model votes by each principle in both orders of the
    /// answers, and votes weigh log((for + 1)/(against + 1)).
    ///
    /// - Throws: What the model throws.
    public func prediction(_ pair: TextPair, asking model: some ChatModel) async throws -> Prediction {
        if articles.isEmpty { return Prediction(0) }
        var sum = 0.0
        for isSwapped in [false, true] {
            let votes = try await PrincipleBallot.votes(
                articles.map(\.text), on: pair, isSwapped: isSwapped, model: model)
            for (vote, article) in zip(votes, articles) {
                switch vote {
                case .first: sum += article.counts.weight / 2
                case .second: sum -= article.counts.weight / 2
                case .abstains, .invalid: break
                }
            }
        }
        return Prediction(sum)
    }

    /// Has a model choose by all principles at once, in both orders of the answers: 1 for the first, 0 for the second,
    /// 0.5 where the orders disagree or the answer cannot be read.
    ///
    /// - Throws: What the model throws.
    public func choice(_ pair: TextPair, asking model: some ChatModel) async throws -> Double {
        var sum = 0.0
        for isSwapped in [false, true] {
            let (a, b) = isSwapped ? (pair.second, pair.first) : (pair.first, pair.second)
            let reply = try await model.reply(
                to: [
                    .system(
                        articles.isEmpty
                            ? "You choose the better of two answers."
                            : "You choose the better of two answers by these principles and no others:\n\(text)"
                    ),
                    .user(
                        "Prompt:\n\(pair.prompt)\n\nAnswer A:\n\(a)\n\nAnswer B:\n\(b)\n\n"
                            + "Which is better? Reply with A or B and nothing else."),
                ], options: ChatOptions(maximumTokens: 8))
            switch reply.first(where: \.isLetter) {
            case "A": sum += isSwapped ? 0 : 0.5
            case "B": sum += isSwapped ? 0.5 : 0
            default: sum += 0.25
            }
        }
        return sum
    }
}

/// Has a model vote by principles.
enum PrincipleBallot {
    /// The vote of each principle.
    static func votes(
        _ principles: [String], on pair: TextPair, isSwapped: Bool, model: some ChatModel
    ) async throws -> [PrincipleVote] {
        let (a, b) = isSwapped ? (pair.second, pair.first) : (pair.first, pair.second)
        let list = principles.enumerated().map { "\($0 + 1). \($1)" }.joined(separator: "\n")
        let reply = try await model.reply(
            to: [
                .system("You judge two answers by given principles, each for itself."),
                .user(
                    """
                    Prompt:
                    \(pair.prompt)

                    Answer A:
                    \(a)

                    Answer B:
                    \(b)

                    Principles:
                    \(list)

                    For each principle say which answer it selects: "A", "B", "both", "neither" or "irrelevant". Reply \
                    with a JSON object from the principle's number to that word, such as {"1": "A"}, and nothing else.
                    """),
            ], options: ChatOptions(maximumTokens: 16 * principles.count + 64))
        guard let table = ChatWork.value([String: String].self, in: reply) else {
            return principles.map { _ in .invalid }
        }
        return principles.indices.map { place in
            switch table[String(place + 1)]?.lowercased() {
            case "a": isSwapped ? .second : .first
            case "b": isSwapped ? .first : .second
            case "both", "neither", "irrelevant": .abstains
            default: .invalid
            }
        }
    }
}
