/// A language model that reviews.
public struct ChatCritic<Model: ChatModel>: CritiqueAgent {
    public let name: String
    /// Who is asked.
    public let model: Model
    /// How.
    public let options: ChatOptions

    /// Creates a reviewer, called as the model unless named.
    public init(_ model: Model, name: String? = nil, options: ChatOptions = ChatOptions()) {
        self.name = name ?? model.name
        self.model = model
        self.options = options
    }

    private struct Said: Decodable {
        var site: String?
        var criterion: String?
        var flaw: String?
        var suggestion: String?
        var severity: Int?
    }

    /// What the model finds.
    ///
    /// - Throws: What the model throws; `ChatError.unreadable` where its answer is no list of units.
    public func critique(_ subject: CritiqueCase) async throws -> [CritiqueUnit] {
        let reply = try await model.reply(
            to: [
                .system("You review responses to tasks and find what is wrong with them."),
                .user(
                    """
                    \(subject.prompt)

                    List the flaws of the response. Reply with a JSON array and nothing else, empty where there are none: \
                    [{"site": "where", "criterion": "by which criterion", "flaw": "what is wrong", "suggestion": "what to \
                    do", "severity": 1 to 5}].
                    """),
            ], options: options)
        guard let list = ChatWork.value([Said].self, in: reply) else {
            throw ChatError.unreadable("no list of flaws: \(reply.prefix(200))")
        }
        return list.map {
            CritiqueUnit(
                site: $0.site ?? "", criterion: $0.criterion ?? "", flaw: $0.flaw ?? "",
                suggestion: $0.suggestion ?? "", severity: min(5, max(0, $0.severity ?? 1)), agent: name)
        }
    }
}

/// A language model that grades units, one at a time with the others as context.
public struct ChatCritiqueJudge<Model: ChatModel>: CritiqueJudge {
    public var name: String { model.name }
    /// Who is asked.
    public let model: Model
    /// How.
    public let options: ChatOptions
    /// How many questions are asked at a time.
    public let concurrency: Int

    /// Creates a judge.
    public init(_ model: Model, options: ChatOptions = ChatOptions(), concurrency: Int = 4) {
        precondition(concurrency > 0, "at least one question at a time")
        self.model = model
        self.options = options
        self.concurrency = concurrency
    }

    private struct Said: Decodable {
        var grade: UnitGrade
        var confidence: Double?
        var site: String?
        var flaw: String?
        var suggestion: String?
    }

    /// Grades; an answer that cannot be read counts as fabricated with confidence 0, so that nothing is believed that
    /// was not judged.
    ///
    /// - Throws: What the model throws.
    public func grade(_ units: [CritiqueUnit], of subject: CritiqueCase) async throws -> [GradedUnit] {
        let (model, options) = (model, options)
        let grades = UnitGrade.allCases.map(\.rawValue).joined(separator: ", ")
        let list = units.enumerated().map { "\($0 + 1). \($1.text)" }.joined(separator: "\n")
        return try await ChatWork.map(units.count, concurrency: concurrency) { place in
            let reply = try await model.reply(
                to: [
                    .system("You judge remarks of reviewers about a response."),
                    .user(
                        """
                        \(subject.prompt)

                        Remarks:
                        \(list)

                        Judge remark \(place + 1) by itself; the others are context. Grades: \(grades). Reply with a JSON \
                        object and nothing else: {"grade": "…", "confidence": 0 to 1}, with "site", "flaw" and \
                        "suggestion" where the remark should say something else there.
                        """),
                ], options: options)
            guard let said = ChatWork.value(Said.self, in: reply) else {
                return GradedUnit(units[place], .fabricated, confidence: 0)
            }
            var correction: CritiqueUnit?
            if said.site != nil || said.flaw != nil || said.suggestion != nil {
                var unit = units[place]
                unit.site = said.site ?? unit.site
                unit.flaw = said.flaw ?? unit.flaw
                unit.suggestion = said.suggestion ?? unit.suggestion
                correction = unit
            }
            return GradedUnit(
                units[place], said.grade, confidence: min(1, max(0, said.confidence ?? 0.5)),
                correction: correction)
        }
    }
}

/// A language model that revises.
public struct ChatReviser<Model: ChatModel>: CritiqueReviser {
    public var name: String { model.name }
    /// Who is asked.
    public let model: Model
    /// How much chance plays in.
    public let temperature: Double
    /// The longest revision, in tokens.
    public let maximumTokens: Int

    /// Creates a reviser.
    public init(_ model: Model, temperature: Double = 0.7, maximumTokens: Int = 2048) {
        self.model = model
        self.temperature = temperature
        self.maximumTokens = maximumTokens
    }

    public func revise(
        _ subject: CritiqueCase, following units: [CritiqueUnit], seed: UInt64
    ) async throws -> String {
        try await model.reply(
            to: [
                .system("You improve responses."),
                .user(
                    "\(subject.prompt)\n\nCritique:\n\(MergedCritique.text(units))\n\n"
                        + "Rewrite the response as the critique asks. Reply with the response and nothing else."
                ),
            ],
            options: ChatOptions(temperature: temperature, seed: seed, maximumTokens: maximumTokens))
    }
}

extension CritiqueCase {
    fileprivate var prompt: String {
        var parts = ["Task:\n\(task)"]
        if !criteria.isEmpty { parts.append("Criteria:\n\(criteria.joined(separator: "\n"))") }
        if let reference { parts.append("A good response:\n\(reference)") }
        parts.append("Response:\n\(response)")
        return parts.joined(separator: "\n\n")
    }
}
