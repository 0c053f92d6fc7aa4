/// Has a language model judge an answer step by step, with tools that it may call, and keeps the trace.
///
/// Source: Li, Chai, Wang, Sun, Tian, Zhang and Wu, "Tool-Augmented Reward Modeling" (2024), with a model that is asked
/// in place of one that is trained. In each step the model says a thought and a call, or its rationale and the score;
/// what a tool finds is shown to it in the next. After `calls` calls, or an answer that cannot be read, it is asked for
/// the score without tools.
///
/// ```swift
/// let judged = try await ToolUsingJudge(model).judge(question: "What is 17 * 3?", answer: "51")
/// print(judged.reward ?? .nan, judged.steps.map(\.call.observation))
/// ```
public struct ToolUsingJudge<Model: ChatModel>: Sendable {
    /// Who judges.
    public var model: Model
    /// The tools that may be called.
    public var tools: [any AnswerTool]
    /// T, the most calls.
    public var calls: Int

    /// A judgement and the way to it.
    public struct Judgement: Sendable, Hashable, Codable {
        /// A thought and the call that followed.
        public struct Step: Sendable, Hashable, Codable {
            /// What the model said before it.
            public var thought: String
            /// The call.
            public var call: ToolCall
        }

        /// The calls in order.
        public var steps: [Step]
        /// Why the score is what it is.
        public var rationale: String
        /// The score from 0 to 10; nil where the model gave none.
        public var reward: Double?
        /// Which model judged.
        public var model: String
    }

    /// Creates the judge.
    public init(_ model: Model, tools: [any AnswerTool] = AnswerTools.standard, calls: Int = 3) {
        precondition(calls >= 0, "the number of calls is not negative")
        self.model = model
        self.tools = tools
        self.calls = calls
    }

    private struct Turn: Decodable {
        var thought: String?
        var action: String?
        var input: String?
        var rationale: String?
        var score: Double?
    }

    /// Judges.
    ///
    /// - Throws: What the model throws.
    public func judge(
        question: String, answer: String, options: ChatOptions = ChatOptions()
    ) async throws -> Judgement {
        let list = tools.map { "- \($0.name): \($0.usage)" }.joined(separator: "\n")
        var messages: [ChatMessage] = [
            .system(
                """
                You judge how good an answer to a question is, from 0 to 10. Facts and figures are checked with tools:
                \(list)
                Reply with one JSON object and nothing else: {"thought": "…", "action": "a tool's name", "input": "…"} to call \
                a tool, or {"rationale": "…", "score": 0 to 10} to end.
                """),
            .user("Question:\n\(question)\n\nAnswer:\n\(answer)"),
        ]
        var judgement = Judgement(steps: [], rationale: "", reward: nil, model: model.name)
        for turn in 0...calls + 1 {
            if turn == calls + 1 || (turn == calls && calls > 0) {
                messages.append(.user("No more calls. Reply with the rationale and the score."))
            }
            let reply = try await model.reply(to: messages, options: options)
            messages.append(.assistant(reply))
            guard let said = ChatWork.value(Turn.self, in: reply) else {
                messages.append(.user("That was no JSON object as described."))
                continue
            }
            if let score = said.score {
                judgement.rationale = said.rationale ?? ""
                judgement.reward = (0...10).contains(score) ? score : nil
                return judgement
            }
            guard judgement.steps.count < calls, let action = said.action else { continue }
            let input = said.input ?? ""
            let call =
                tools.first { $0.name == action }.map { ToolCall($0, input: input) }
                ?? ToolCall(tool: action, input: input, error: .unknown("tool \(action.debugDescription)"))
            judgement.steps.append(.init(thought: said.thought ?? "", call: call))
            messages.append(.user("Observation: \(call.observation.prefix(4000))"))
        }
        return judgement
    }
}
