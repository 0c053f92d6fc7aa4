import Kernels

/// Lets a policy learn from every decision of a log, and values it by importance weighting just before.
///
/// Source: progressive validation (Blum, Kalai and Langford 1999) with inverse propensity scores, which is what Vowpal Wabbit reports as
/// its average loss. With the policy's probabilities πᵢ before it learns from row i,
///
///     V̂ = (1/n) Σ πᵢ(aᵢ|xᵢ) rᵢ / pᵢ.
///
/// All rows teach, so it learns fast; but it learns from the other policy's choices, not its own: how well it explores does
/// not show. For a log that another policy made that is usually what is wanted before it goes live.
///
/// - Complexity: one choice and one update for each row.
///
/// ```swift
/// var policy = SquareCB(arms: logged.arms)
/// let trace = try ProgressiveReplay(logged).play(&policy)
/// print(trace.mean)
/// ```
public struct ProgressiveReplay: Replay {
    public static let id = "progressive"

    /// The log.
    public let logged: LoggedDecisions

    /// Creates a replay.
    ///
    /// - Throws: `BanditError.data` where a decision with a reward has no propensity.
    public init(_ logged: LoggedDecisions) throws(BanditError) {
        try logged.requirePropensities("a progressive replay weighs")
        self.logged = logged
    }

    public func play(
        _ policy: inout some ArmPolicy, seed: UInt64, progress: (Int) -> Bool
    ) throws(BanditError) -> ReplayTrace {
        var rewards: [Double] = [], weights: [Double] = []
        rewards.reserveCapacity(logged.count)
        weights.reserveCapacity(logged.count)
        var p = [Double](repeating: 0, count: logged.arms)
        var rows = 0
        for row in 0..<logged.count {
            if row % Self.stride == 0, !progress(row) { break }
            rows += 1
            guard logged.hasReward(row) else { continue }
            let decision = logged.decision(row)
            let begun = policy.journal.begin()
            var random = begun.random
            for arm in p.indices { p[arm] = 0 }
            policy.propensities(decision.context, into: &p, random: &random)
            let reward = logged.reward(row)
            weights.append(p[decision.action] / decision.propensity)
            rewards.append(reward * weights[weights.count - 1])
            policy.update(decision, logged.told(reward))
            _ = policy.journal.close(begun.id)
        }
        return ReplayTrace(rewards: rewards, weights: weights, rows: rows)
    }
}

extension LoggedDecisions {
    /// - Throws: `BanditError.data` for the first row with a reward and without a propensity.
    func requirePropensities(_ what: String) throws(BanditError) {
        for row in 0..<count where hasReward(row) && !(log.propensity[row] > 0) {
            throw .data(
                "\(what) rewards by the probability of each action, and decision \(row + 1) has none. Log it, or "
                    + "use the fitted mode, which needs no probabilities.")
        }
    }
}
