import Kernels

/// Asks an agent about pairs, several times and in both orders, so that a taste for what comes first cancels.
///
/// ```swift
/// var preferences = try SoftPreferences(outcomes: ["a day off", "a pay rise", "a new desk"])
/// try Elicitation(answersPerOrder: 5).ask([OutcomePair(0, 1), OutcomePair(1, 2)], of: agent, into: &preferences)
/// ```
public struct Elicitation: Sendable, Hashable {
    /// K, how often each pair is asked in each order.
    public var answersPerOrder: Int

    /// Creates the questionnaire.
    public init(answersPerOrder: Int = 10) {
        precondition(answersPerOrder > 0, "each pair is asked at least once in each order")
        self.answersPerOrder = answersPerOrder
    }

    /// Asks, several pairs at a time; the answers of a simulated agent depend on the seed and the pair only.
    ///
    /// - Throws: What the agent throws; `LearningError.cancelled`. What was answered before is kept.
    public func ask(
        _ pairs: [OutcomePair], of agent: some ChoosingAgent, into preferences: inout SoftPreferences,
        seed: UInt64 = 1, watch: FitWatch = FitWatch()
    ) throws {
        let outcomes = preferences.outcomes
        let random = CounterRandom(seed: seed).split(0xa5c)
        for range in Parallel.chunks(pairs.count, size: 32) {
            let answers = try Parallel.map(range.count) { index in
                let pair = pairs[range.lowerBound + index]
                let (a, b) = (outcomes[pair.first], outcomes[pair.second])
                var random = random.split(UInt64(pair.first * outcomes.count + pair.second))
                return (
                    forward: try agent.choose(a, b, times: answersPerOrder, using: &random),
                    backward: try agent.choose(b, a, times: answersPerOrder, using: &random)
                )
            }
            for (pair, answer) in zip(pairs[range], answers) {
                try preferences.add(
                    pair.first, pair.second, forward: answer.forward, backward: answer.backward)
            }
            try watch.step(range.upperBound, of: pairs.count, loss: .nan)
        }
    }
}
