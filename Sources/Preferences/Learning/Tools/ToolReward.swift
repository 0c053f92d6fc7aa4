import Kernels

/// Scores answers by their text and by whether a calculator, a calendar or another tool bears them out.
///
/// Source: Li, Chai, Wang, Sun, Tian, Zhang and Wu, "Tool-Augmented Reward Modeling" (2024), with a learnt router and
/// features of what was found in place of a language model that writes the calls; `ToolUsingJudge` has a language model
/// write them.
///
///     tool = argmax p(tool | x),   o = tool(x)
///     r(x, y) = f(φ(x, y), match(y, o), 1 − min(1, |y − o|/|o|), failed, asked),   P(y⁺ ≻ y⁻) = σ(r(x, y⁺) − r(x, y⁻))
///
/// φ are hashed pieces of the answer and of the question with the answer; match says whether the claim of the answer is
/// what the tool found. f is learnt by any learner of features, a weighted sum unless said otherwise. Where nobody says
/// which tool a question of the training data is for, it is the first that bears the chosen answer out and not the
/// other; "none" where no tool does. Every call is kept with the score.
///
/// What the data cannot say: a tool that is wrong is believed. Where no tool applies only the text counts. Not for
/// claims that no tool reads.
///
/// - Complexity: a call for each question and tool in training, one for each answer that is scored; then that of the
///   learner.
///
/// ```swift
/// let model = try ToolReward().fit(pairs, seed: 1)
/// let scored = try model.score(question: "What is 17 * 3?", answer: "51")
/// print(scored.reward, scored.call?.observation ?? "no tool")
/// ```
public struct ToolReward<Base: PreferenceLearner>: Sendable where Base.Model: ItemScorer {
    /// The tools.
    public var tools: [any AnswerTool]
    /// Into how many buckets each of the two texts is hashed; 0 leaves the text out.
    public var buckets: Int
    /// What learns from the features.
    public var base: Base

    /// Creates the learner.
    public init(_ base: Base, tools: [any AnswerTool] = AnswerTools.standard, buckets: Int = 256) {
        precondition(buckets >= 0, "the number of buckets is not negative")
        precondition(Set(tools.map(\.name)).count == tools.count, "each tool has a name of its own")
        self.base = base
        self.tools = tools
        self.buckets = buckets
    }

    /// Learns.
    ///
    /// - Parameter labels: which tool each question is for, by name, or "none"; found out unless given.
    /// - Throws: `LearningError`.
    public func fit(
        _ pairs: [TextPair], tools labels: [String]? = nil, seed: UInt64 = 1, watch: FitWatch = FitWatch()
    ) throws -> ToolRewardModel<Base.Model> {
        guard !pairs.isEmpty else { throw LearningError.data("themis-rm needs comparisons") }
        let names = tools.map(\.name) + [ToolRouter.none]
        if let labels {
            guard labels.count == pairs.count else {
                throw LearningError.data("\(labels.count) tools for \(pairs.count) questions")
            }
            if let unknown = labels.first(where: { !names.contains($0) }) {
                throw LearningError.unknown(kind: "tool", name: unknown, known: names)
            }
        }
        let chosen = labels ?? pairs.map(tool)
        let router = try ToolRouter(questions: pairs.map(\.prompt), tools: chosen)
        try watch.step(1, of: 2, loss: .nan)
        let reader = ToolFeatures(tools: tools, buckets: buckets)
        // In training the call is the one that the label names, as traces are given there.
        let rows = Parallel.map(2 * pairs.count) { place in
            let pair = pairs[place % pairs.count]
            let answer = place < pairs.count ? pair.first : pair.second
            return reader.row(pair.prompt, answer, reader.call(chosen[place % pairs.count], pair.prompt))
        }
        let model = try base.fit(
            ComparisonSet(pairs, features: FeatureMatrix(rows)), seed: seed, watch: watch)
        return ToolRewardModel(router: router, base: model, features: reader)
    }

    /// The first tool that bears the chosen answer out and not the other.
    private func tool(_ pair: TextPair) -> String {
        guard let (chosen, rejected) = pair.ordered else { return ToolRouter.none }
        let found = tools.first { tool in
            guard let input = tool.input(for: pair.prompt) else { return false }
            let call = ToolCall(tool, input: input)
            guard call.succeeded else { return false }
            let claim = AnswerClaim(observation: call.observation)
            return claim.agreement(of: chosen, to: pair.prompt).matches
                && !claim.agreement(of: rejected, to: pair.prompt).matches
        }
        return found?.name ?? ToolRouter.none
    }
}

extension ToolReward where Base == LinearReward<LogisticLoss> {
    /// Creates the learner with a weighted sum of features.
    public init(tools: [any AnswerTool] = AnswerTools.standard, buckets: Int = 256, ridge: Double = 1e-3) {
        self.init(LinearReward(ridge: ridge), tools: tools, buckets: buckets)
    }
}

/// A reward that asks tools.
public struct ToolRewardModel<Base: ItemScorer>: Sendable {
    /// What chooses the tool.
    public let router: ToolRouter
    /// What scores the features.
    public let base: Base
    let features: ToolFeatures

    /// A score and what it rests on.
    public struct ScoredAnswer: Sendable, Hashable {
        /// r, known up to a constant.
        public var reward: Double
        /// The call; nil where no tool was asked.
        public var call: ToolCall?
    }

    init(router: ToolRouter, base: Base, features: ToolFeatures) {
        self.router = router
        self.base = base
        self.features = features
    }

    /// The same with other tools, such as a table that is newer.
    public func with(tools: [any AnswerTool]) -> ToolRewardModel {
        ToolRewardModel(
            router: router, base: base, features: ToolFeatures(tools: tools, buckets: features.buckets))
    }

    /// How the fit ended.
    public var certificate: FitCertificate { base.certificate }

    /// The score of an answer.
    ///
    /// - Throws: `LearningError`.
    public func score(question: String, answer: String) throws -> ScoredAnswer {
        try scores([(question, answer)])[0]
    }

    /// For each pair the log-odds that the first answer is preferred.
    ///
    /// - Throws: `LearningError`.
    public func predict(_ pairs: [TextPair]) throws -> [Prediction] {
        let scores = try scores(pairs.map { ($0.prompt, $0.first) } + pairs.map { ($0.prompt, $0.second) })
        return pairs.indices.map { Prediction(scores[$0].reward - scores[$0 + pairs.count].reward) }
    }

    private func scores(_ answers: [(question: String, answer: String)]) throws -> [ScoredAnswer] {
        if answers.isEmpty { return [] }
        let rows = Parallel.map(answers.count) { place in
            let (question, answer) = answers[place]
            let call = features.call(router.choose(question), question)
            return (row: features.row(question, answer, call), call: call)
        }
        let scores = try base.scores(ItemSet(features: FeatureMatrix(rows.map(\.row))), for: .everyone)
        return rows.indices.map { ScoredAnswer(reward: scores[$0].value, call: rows[$0].call) }
    }

    /// All that is needed to make it again, but for the tools, which are code.
    public var state: ModelState {
        var state = ModelState()
        state.nest("router", router.state)
        state.nest("base", base.state)
        state.settings["buckets"] = String(features.buckets)
        return state
    }

    /// Makes it again.
    ///
    /// - Throws: `LearningError`, also where a tool that the router knows is not among those given.
    public init(_ state: ModelState, tools: [any AnswerTool] = AnswerTools.standard) throws {
        router = try ToolRouter(state.nested("router"))
        base = try Base(state.nested("base"))
        let buckets = try state.count("buckets")
        guard buckets <= base.features else {
            throw LearningError.data("the model's reward does not fit its \(buckets) buckets")
        }
        features = ToolFeatures(tools: tools, buckets: buckets)
        let names = tools.map(\.name) + [ToolRouter.none]
        if let missing = router.tools.first(where: { !names.contains($0) }) {
            throw LearningError.unknown(kind: "tool", name: missing, known: names)
        }
        guard base.features == features.width else {
            throw LearningError.data("the model's reward does not fit its \(features.width) features")
        }
    }
}

/// What a question, an answer and a call are described by.
struct ToolFeatures: Sendable {
    let tools: [any AnswerTool]
    let buckets: Int

    var width: Int { 2 * buckets + 4 }

    /// Asks a tool; nil where it is none.
    func call(_ name: String, _ question: String) -> ToolCall? {
        guard let tool = tools.first(where: { $0.name == name }) else { return nil }
        guard let input = tool.input(for: question) else {
            return ToolCall(tool: name, input: "", error: .unreadable(String(question.prefix(80))))
        }
        return ToolCall(tool, input: input)
    }

    func row(_ question: String, _ answer: String, _ call: ToolCall?) -> [Double] {
        var row: [Double] = []
        row.reserveCapacity(width)
        if buckets > 0 {
            for (salt, text) in [answer, question + "\n" + answer].enumerated() {
                var bag = [Double](repeating: 0, count: buckets)
                TextTokens.addPieces(of: text, lengths: 2...4, to: &bag, salt: UInt64(salt) + 3)
                let length = max(1e-12, bag.reduce(0) { $0 + $1 * $1 }.squareRoot())
                row += bag.map { $0 / length }
            }
        }
        if let call, call.succeeded {
            let claim = AnswerClaim(observation: call.observation).agreement(of: answer, to: question)
            row += [claim.matches ? 1 : 0, 1 - claim.error, 0, 1]
        } else {
            row += [0, 0, call == nil ? 0 : 1, call == nil ? 0 : 1]
        }
        return row
    }
}
