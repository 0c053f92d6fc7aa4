/// Finds flaws in a response: a person, a rule, a model.
public protocol CritiqueAgent: Sendable {
    /// Who it is.
    var name: String { get }
    /// What it finds, without knowing what others found.
    func critique(_ subject: CritiqueCase) async throws -> [CritiqueUnit]
}

/// Says how good units are.
public protocol CritiqueJudge: Sendable {
    /// Who it is.
    var name: String { get }
    /// A grade for each unit, in order; each is judged on its own, the others are context.
    func grade(_ units: [CritiqueUnit], of subject: CritiqueCase) async throws -> [GradedUnit]
}

/// Rewrites a response after a critique.
public protocol CritiqueReviser: Sendable {
    /// Who it is.
    var name: String { get }
    /// The response as it should be.
    func revise(_ subject: CritiqueCase, following units: [CritiqueUnit], seed: UInt64) async throws -> String
}

/// Several reviewers and a judge: collects what they find, has it graded, and merges what is good.
///
/// ```swift
/// let panel = CritiquePanel(agents: [ChatCritic(model, name: "a"), ChatCritic(other, name: "b")], judge: ChatCritiqueJudge(model))
/// let review = try await panel.review(CritiqueCase(task: task, response: response))
/// print(review.merged.text)
/// ```
public struct CritiquePanel: Sendable {
    /// The reviewers.
    public var agents: [any CritiqueAgent]
    /// Who grades.
    public var judge: any CritiqueJudge
    /// What a critique loses for each merged unit that it lacks.
    public var missed: Double
    /// How far the better critique of a pair must be ahead.
    public var gap: Double

    /// What came of a case.
    public struct Review: Sendable, Hashable, Codable {
        /// The graded units and what they were merged to.
        public var merged: MergedCritique
        /// S of each reviewer, in order.
        public var scores: [Double]
        /// The best and the worst critique; nil where they are too close.
        public var pair: CritiquePair?
    }

    /// Creates a panel.
    public init(agents: [any CritiqueAgent], judge: any CritiqueJudge, missed: Double = 1, gap: Double = 1) {
        precondition(!agents.isEmpty, "a panel has a reviewer")
        precondition(Set(agents.map(\.name)).count == agents.count, "each reviewer has a name of its own")
        self.agents = agents
        self.judge = judge
        self.missed = missed
        self.gap = gap
    }

    /// Reviews a case.
    ///
    /// - Throws: What reviewers and judge throw; `LearningError.data` where the judge does not grade every unit.
    public func review(_ subject: CritiqueCase) async throws -> Review {
        let agents = agents
        let found = try await ChatWork.map(agents.count, concurrency: agents.count) { place in
            try await agents[place].critique(subject).map { unit in
                var unit = unit
                unit.agent = agents[place].name
                return unit
            }
        }
        let units = found.flatMap { $0 }
        let graded = units.isEmpty ? [] : try await judge.grade(units, of: subject)
        guard graded.map(\.unit) == units else {
            throw LearningError.data(
                "\(judge.name) graded \(graded.count) of \(units.count) units, or others")
        }
        let merged = MergedCritique(graded, missed: missed)
        let names = agents.map(\.name)
        return Review(
            merged: merged, scores: names.map(merged.score),
            pair: merged.pair(agents: names, of: subject, gap: gap))
    }
}
