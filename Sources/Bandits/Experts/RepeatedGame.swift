/// Two learners that play each other, round after round, and what each would rather have done.
///
/// In a round the first plays p and the second q; action i of the first then costs Σⱼ Aᵢⱼ·qⱼ and action j of
/// the second Σᵢ Bᵢⱼ·pᵢ. If the regret of neither exceeds ε·T, the average of p⊗q is an ε-coarse correlated
/// equilibrium: nobody gains more than ε by one fixed action.
///
/// - Complexity: O(T·m·n) for m and n actions.
///
/// ```swift
/// let pennies = [[1.0, 0], [0, 1]], opposite = [[0.0, 1], [1, 0]]
/// let game = RepeatedGame(
///     firstLosses: pennies, secondLosses: opposite, first: Hedge(experts: 2), second: Hedge(experts: 2),
///     rounds: 100)
/// print(game.equilibriumDistance)
/// ```
public struct RepeatedGame: Sendable, Hashable, Codable {
    /// The audit of the first learner.
    public let first: RegretAudit
    /// The audit of the second learner.
    public let second: RegretAudit
    /// The average probability of each pair of actions.
    public let frequencies: [[Double]]

    /// How much a learner could have gained in a round by one fixed action, at most: 0 for a coarse
    /// correlated equilibrium.
    public var equilibriumDistance: Double {
        max(0, max(first.regret, second.regret) / Double(first.regrets.count))
    }

    /// Plays the game.
    ///
    /// - Parameters:
    ///   - firstLosses: What each pair of actions costs the first learner, one row for each of its actions.
    ///   - secondLosses: What each pair costs the second learner, in the same places.
    ///   - first: The first learner.
    ///   - second: The second learner.
    ///   - rounds: The number of rounds, at least 1.
    public init<A: Policy, B: Policy>(
        firstLosses: [[Double]], secondLosses: [[Double]], first: A, second: B, rounds: Int
    )
    where
        A.Context == NoContext, A.Action == [Double], A.Outcome == [Double], B.Context == NoContext,
        B.Action == [Double], B.Outcome == [Double]
    {
        precondition(rounds > 0 && !firstLosses.isEmpty, "a game needs actions and at least one round")
        let m = firstLosses.count, n = firstLosses[0].count
        precondition(
            secondLosses.count == m && (firstLosses + secondLosses).allSatisfy { $0.count == n },
            "both learners' losses need one row of the same length for each of the first one's actions")
        var first = first, second = second
        var firstSeen: [[Double]] = [], secondSeen: [[Double]] = []
        var firstPlays: [[Double]] = [], secondPlays: [[Double]] = []
        var joint = firstLosses.map { $0.map { _ in 0.0 } }
        for _ in 0..<rounds {
            let a = first.choose(), b = second.choose()
            var firstLoss = [Double](repeating: 0, count: m), secondLoss = [Double](repeating: 0, count: n)
            for i in 0..<m {
                for j in 0..<n {
                    firstLoss[i] += firstLosses[i][j] * b.action[j]
                    secondLoss[j] += secondLosses[i][j] * a.action[i]
                    joint[i][j] += a.action[i] * b.action[j] / Double(rounds)
                }
            }
            first.learn(a, firstLoss)
            second.learn(b, secondLoss)
            firstSeen.append(firstLoss)
            secondSeen.append(secondLoss)
            firstPlays.append(a.action)
            secondPlays.append(b.action)
        }
        self.first = RegretAudit(checked: firstSeen, firstPlays, .simplex)
        self.second = RegretAudit(checked: secondSeen, secondPlays, .simplex)
        frequencies = joint
    }
}
