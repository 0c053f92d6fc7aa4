import Kernels

/// Plays a policy on those decisions of a log that it could have made itself: slow, but as if it had been live.
///
/// Source: Li, Chu, Langford and Wang, "Unbiased Offline Evaluation of Contextual-bandit-based News Article Recommendation
/// Algorithms" (2011), with rejection for logs that are not uniform (Mandel, Liu, Brunskill and Popović 2016). A row with action a, logged
/// with probability p, is accepted with probability
///
///     π(a|x) · f / p,   f = the smallest p in the log,
///
/// and only accepted rows teach. Each row is accepted with probability f whatever the policy is, so that the accepted rows are a fair
/// sample of what the live policy would have met. A log in which some action was almost never taken has a tiny f: `floor`
/// sets a larger one; rows with a smaller p are then treated as if they had f, and the result leans towards them.
///
/// - Complexity: one evaluation of the probabilities for each row, one update for each accepted row.
public struct RejectionReplay: Replay {
    public static let id = "replay"

    /// The log.
    public let logged: LoggedDecisions
    /// The probability f with which a row is accepted.
    public let floor: Double
    /// The number of rows whose propensity is below the floor.
    public let below: Int

    /// Creates a replay.
    ///
    /// - Parameter floor: The acceptance rate f; `nil` for the smallest propensity of the log.
    /// - Throws: `BanditError.data` where a decision with a reward has no propensity.
    public init(_ logged: LoggedDecisions, floor: Double? = nil) throws(BanditError) {
        try logged.requirePropensities("a replay accepts")
        var smallest = 1.0
        for row in 0..<logged.count where logged.hasReward(row) {
            smallest = min(smallest, logged.log.propensity[row])
        }
        if let floor {
            guard floor > 0, floor <= 1 else {
                throw .setting(name: "floor", value: "\(floor)", expected: "in (0, 1]")
            }
        }
        self.logged = logged
        self.floor = floor ?? smallest
        let floor = self.floor
        below = (0..<logged.count).count { logged.hasReward($0) && logged.log.propensity[$0] < floor }
    }

    public func play(
        _ policy: inout some ArmPolicy, seed: UInt64, progress: (Int) -> Bool
    ) throws(BanditError) -> ReplayTrace {
        let coins = CounterRandom(seed: seed, stream: 0x5EED)
        var rewards: [Double] = []
        var p = [Double](repeating: 0, count: logged.arms)
        var rows = 0
        for row in 0..<logged.count {
            if row % Self.stride == 0, !progress(row) { break }
            rows += 1
            guard logged.hasReward(row) else { continue }
            var decision = logged.decision(row)
            var random = policy.journal.upcoming
            for arm in p.indices { p[arm] = 0 }
            policy.propensities(decision.context, into: &p, random: &random)
            let chance = p[decision.action] * floor / max(decision.propensity, floor)
            var coin = coins.split(UInt64(row))
            guard coin.uniform() < chance else { continue }
            decision.id = policy.journal.begin().id
            decision.propensity = p[decision.action]
            rewards.append(logged.reward(row))
            policy.learn(decision, logged.told(logged.reward(row)))
        }
        return ReplayTrace(rewards: rewards, rows: rows)
    }
}
