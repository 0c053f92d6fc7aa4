import Kernels

/// Finds an agent's utilities with few questions: asks, fits, and asks next where the fit is unsure.
///
/// ```swift
/// let found = try ActiveElicitation().run(outcomes, agent: agent, seed: 1)
/// print(found.utilities.ranking.prefix(3), found.preferences.pairs.count)
/// ```
///
/// - Complexity: one fit for each round.
public struct ActiveElicitation: Sendable, Hashable {
    /// How each pair is asked.
    public var elicitation: Elicitation
    /// How utilities are fitted.
    public var learner: RandomUtility
    /// How pairs are chosen.
    public var choice: ActivePairs
    /// The number of pairs to ask in all; nil for 2 n log₂ n.
    public var budget: Int?
    /// The number of pairs asked before utilities are fitted again.
    public var perRound: Int

    /// Creates it.
    public init(
        elicitation: Elicitation = Elicitation(), learner: RandomUtility = RandomUtility(),
        choice: ActivePairs = ActivePairs(), budget: Int? = nil, perRound: Int = 200
    ) {
        precondition(budget.map { $0 > 0 } ?? true && perRound > 0, "counts are at least 1")
        self.elicitation = elicitation
        self.learner = learner
        self.choice = choice
        self.budget = budget
        self.perRound = perRound
    }

    /// What was found.
    public struct Result: Sendable {
        /// The utilities.
        public let utilities: UtilityModel
        /// The answers that they come from.
        public let preferences: SoftPreferences
    }

    /// Asks and fits until the budget is used.
    ///
    /// - Throws: `LearningError`; what the agent throws.
    public func run(
        _ outcomes: [String], agent: some ChoosingAgent, seed: UInt64 = 1, watch: FitWatch = FitWatch()
    ) throws -> Result {
        var preferences = try SoftPreferences(outcomes: outcomes)
        let n = outcomes.count
        let budget = min(budget ?? ActivePairs.budget(n), n * (n - 1) / 2)
        var random = CounterRandom(seed: seed).split(0xac7)
        var quick = learner
        quick.mostWithErrors = 0
        var pairs = Array(ActivePairs.circle(n, using: &random).prefix(budget))
        while true {
            try elicitation.ask(pairs, of: agent, into: &preferences, seed: seed)
            try watch.step(preferences.pairs.count, of: budget, loss: .nan)
            let left = budget - preferences.pairs.count
            if left <= 0 { break }
            let utilities = try quick.fit(preferences)
            pairs = choice.choose(
                min(left, perRound), means: utilities.means, notIn: preferences, using: &random)
        }
        return Result(utilities: try learner.fit(preferences), preferences: preferences)
    }
}
