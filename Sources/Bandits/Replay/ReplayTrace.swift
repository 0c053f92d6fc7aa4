import Evaluation
import Kernels

/// What a policy earned in a replay, decision by decision.
public struct ReplayTrace: Sendable, Hashable {
    /// The reward of each decision of the replay, in order, or an unbiased estimate of it.
    public var rewards: [Double]
    /// What was lost against the best arm at each decision, where the world is known; empty otherwise.
    public var regrets: [Double]
    /// The weight π/p that each reward was multiplied by; empty where rewards count as they are.
    public var weights: [Double]
    /// The number of rows of the log that were looked at.
    public var rows: Int

    /// Creates a trace.
    public init(rewards: [Double], regrets: [Double] = [], weights: [Double] = [], rows: Int) {
        self.rewards = rewards
        self.regrets = regrets
        self.weights = weights
        self.rows = rows
    }

    /// The mean reward with its standard error; not numbers where nothing was replayed.
    ///
    /// The terms are differences of a martingale around the policy's value at the time, so that they may be treated as independent.
    public var mean: (value: Double, standardError: Double) {
        guard !rewards.isEmpty else { return (.nan, .nan) }
        let n = Double(rewards.count)
        return (
            Statistics.mean(rewards),
            rewards.count > 1 ? (Statistics.variance(rewards) / n).squareRoot() : .nan
        )
    }

    /// Cumulative sums of numbers and of their squares at evenly spaced places, at most `count` of them, the last one included.
    static func cumulative(_ values: [Double], at count: Int) -> [(
        decisions: Int, sum: Double, squares: Double
    )] {
        guard !values.isEmpty, count > 0 else { return [] }
        var found: [(Int, Double, Double)] = []
        var sum = 0.0, squares = 0.0
        var next = 1
        let places = min(count, values.count)
        for (index, value) in values.enumerated() {
            sum += value
            squares += value * value
            if (index + 1) * places >= next * values.count {
                found.append((index + 1, sum, squares))
                next += 1
            }
        }
        return found
    }
}

/// A way to find out from a log what a policy would earn while it learns.
public protocol Replay: Sendable {
    /// The mode's id, as in `heed simulate --mode ID`.
    static var id: String { get }
    /// Plays a policy from where it stands, and leaves it as it is in the end.
    ///
    /// - Parameters:
    ///   - policy: The policy; it learns.
    ///   - seed: The seed of what the replay itself draws.
    ///   - progress: Called now and then with the number of rows done; returning `false` stops the replay.
    func play(
        _ policy: inout some ArmPolicy, seed: UInt64, progress: (Int) -> Bool
    ) throws(BanditError) -> ReplayTrace
}

extension Replay {
    /// Plays a policy from where it stands, and leaves it as it is in the end.
    public func play(_ policy: inout some ArmPolicy, seed: UInt64 = 1) throws(BanditError) -> ReplayTrace {
        try play(&policy, seed: seed) { _ in true }
    }

    /// How often `progress` is called: every so many rows.
    static var stride: Int { 4096 }
}
