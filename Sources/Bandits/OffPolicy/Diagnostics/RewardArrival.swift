import Foundation
import Kernels

/// How many decisions for each action have had their reward, for logs in which rewards come late or get lost.
///
/// ```swift
/// let arrival = RewardArrival(decisions: [900, 100], rewards: [850, 40])
/// print(arrival.share(0), arrival.pValue)
/// ```
public struct RewardArrival: Sendable, Hashable, Codable {
    /// The decisions for each action.
    public var decisions: [Int]
    /// How many of them have a reward.
    public var rewards: [Int]

    /// Creates counts.
    ///
    /// - Precondition: as many entries for both, and no more rewards than decisions.
    public init(decisions: [Int], rewards: [Int]) {
        precondition(decisions.count == rewards.count, "decisions and rewards have one entry for each action")
        precondition(
            zip(decisions, rewards).allSatisfy { 0 <= $1 && $1 <= $0 },
            "there are no more rewards than decisions")
        self.decisions = decisions
        self.rewards = rewards
    }

    /// The share of an action's decisions that have a reward; not a number for an action without decisions.
    public func share(_ action: Int) -> Double { Double(rewards[action]) / Double(decisions[action]) }

    /// The share of all decisions that have a reward.
    public var share: Double { Double(rewards.reduce(0, +)) / Double(decisions.reduce(0, +)) }

    /// The p-value of the χ² test that rewards arrive equally often for all actions; 1 where all or none arrived.
    public var pValue: Double {
        let common = share
        let used = decisions.indices.filter { decisions[$0] > 0 }
        guard used.count > 1, common > 0, common < 1 else { return 1 }
        let statistic = used.reduce(0.0) { sum, action in
            let n = Double(decisions[action])
            let gap = Double(rewards[action]) - n * common
            return sum + gap * gap / (n * common * (1 - common))
        }
        return Special.chiSquaredUpperTail(statistic, df: Double(used.count - 1))
    }
}
