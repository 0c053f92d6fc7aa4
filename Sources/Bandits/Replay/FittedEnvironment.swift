import Kernels

/// A world made from a log: its occasions, drawn again and again, and rewards as a model predicts them.
///
/// Where replays can only use what was done, this answers every choice, for any number of rounds, and knows what was best; but it is only as
/// right as the model that it was made from. Rewards are 1 with the predicted probability where the log's are all 0 or 1, otherwise the
/// prediction plus a normal error of the size that the model left.
///
/// - Complexity: one choice and one update for each round.
///
/// ```swift
/// let world = try FittedEnvironment(logged)
/// let trace = try world.play(&policy, seed: 3)
/// print(trace.mean, trace.regrets.reduce(0, +))
/// ```
public struct FittedEnvironment: Replay {
    public static let id = "fitted"

    /// The log.
    public let logged: LoggedDecisions
    /// The rows of the log whose occasions are drawn.
    public let rows: [Int]
    /// The expected reward of each of `rows` and each arm: the i-th of them, arm a at `i * arms + a`.
    public let predicted: [Double]
    /// The number of rounds that are played.
    public let rounds: Int
    /// Whether rewards are 0 or 1.
    public let isBinary: Bool
    /// The standard deviation of a reward around its prediction, where they are not.
    public let noise: Double

    /// Creates a world.
    ///
    /// - Parameters:
    ///   - predicted: The expected reward of each row that has a reward, in order, and each arm.
    ///   - rounds: The number of rounds that are played; `nil` for as many as there are rows.
    /// - Throws: `BanditError` where the predictions do not fit the log, or no row has a reward.
    public init(_ logged: LoggedDecisions, predicted: [Double], rounds: Int? = nil) throws(BanditError) {
        let rows = logged.rewardedRows
        guard !rows.isEmpty else { throw .data("no decision of the log has a reward") }
        guard predicted.count == rows.count * logged.arms, predicted.allSatisfy(\.isFinite) else {
            throw .data(
                "a fitted world needs a finite prediction for every decision with a reward and every action")
        }
        if let rounds, rounds < 1 {
            throw .setting(name: "rounds", value: "\(rounds)", expected: "at least 1")
        }
        var binary = true, squares = 0.0
        for (place, row) in rows.enumerated() {
            let reward = logged.reward(row)
            if reward != 0, reward != 1 { binary = false }
            let gap = reward - predicted[place * logged.arms + Int(logged.log.action[row])]
            squares += gap * gap
        }
        self.logged = logged
        self.rows = rows
        self.predicted = predicted
        self.rounds = rounds ?? rows.count
        isBinary = binary
        noise = (squares / Double(rows.count)).squareRoot()
    }

    /// Makes a world whose rewards come from a regression for each action: logistic where they are all 0 or 1, ridge otherwise.
    ///
    /// - Parameters:
    ///   - lambda: The penalty of the regressions.
    ///   - rounds: The number of rounds that are played; `nil` for as many as there are rows.
    /// - Throws: `BanditError` where no row has a reward.
    public init(_ logged: LoggedDecisions, lambda: Double = 1, rounds: Int? = nil) throws(BanditError) {
        let rows = logged.rewardedRows
        let rewards = rows.map(logged.reward)
        let share = 1 / Double(logged.arms)
        let sample = try OffPolicySample(
            actionCount: logged.arms, action: rows.map { Int32(logged.log.action[$0]) }, reward: rewards,
            propensity: [Double](repeating: 1, count: rows.count),
            target: [Double](repeating: share, count: rows.count * logged.arms))
        let model = RewardModel(
            family: rewards.allSatisfy { $0 == 0 || $0 == 1 } ? .logistic : .ridge, lambda: lambda, folds: 1)
        try self.init(
            logged, predicted: try model.crossFitted(sample, features: logged.features(of: rows)),
            rounds: rounds)
    }

    public func play(
        _ policy: inout some ArmPolicy, seed: UInt64, progress: (Int) -> Bool
    ) throws(BanditError) -> ReplayTrace {
        let root = CounterRandom(seed: seed, stream: 0xF177)
        var trace = ReplayTrace(rewards: [], rows: 0)
        trace.rewards.reserveCapacity(rounds)
        trace.regrets.reserveCapacity(rounds)
        for round in 0..<rounds {
            if round % Self.stride == 0, !progress(round) { break }
            trace.rows += 1
            var random = root.split(UInt64(round))
            let place = random.below(rows.count)
            let context = logged.context(rows[place])
            let decision = policy.choose(context)
            let start = place * logged.arms
            var best = -Double.infinity
            for arm in context.choices(of: logged.arms) { best = max(best, predicted[start + arm]) }
            let mean = predicted[start + decision.action]
            // The same luck for every policy that chooses the same: differences between policies are then sharper.
            let reward =
                isBinary ? (random.bernoulli(min(max(mean, 0), 1)) ? 1 : 0) : mean + noise * random.normal()
            policy.learn(decision, logged.told(reward))
            trace.rewards.append(reward)
            trace.regrets.append(best - mean)
        }
        return trace
    }
}
