import Evaluation

/// Watches a log while it grows: an interval for a policy's value, or for its gain, that holds however often one looks.
///
/// Source: Waudby-Smith, Wu, Ramdas, Karampatziakis and Mineiro, "Anytime-valid off-policy inference for contextual
/// bandits" (2024), betting on importance-weighted pseudo-outcomes. For each value m that is in question a bettor puts
/// a stake, chosen before the row is seen, on the pseudo-outcome φₜ with mean V (or V − V₀) being larger:
///
///     Kₜ(m) = Πᵢ (1 + min(λᵢ, c/(m + fᵢ)) (φᵢ − m)),   φ ≥ −f whatever happens.
///
/// At the true m the capital is a martingale that is never negative, so that it ever reaches 2/α with probability α/2
/// at most (Ville); every m against which it does is refuted for good. Refuted values lie at the low end. The same bets
/// on 1 − r refute values at the high end. No limit theorem, no bound on the weights: φ = w r is at least 0, whatever w
/// is. Pseudo-outcomes, stakes and a better choice for weights with a known bound: `BetLadder`, `StakePlan`.
///
/// Rows are to be added in their order in time. Each weight must have mean one given the past, as weights of right
/// propensities do: wrong propensities make any interval wrong. The policy that is valued must not be chosen by looking
/// at these rows. After some thousand rows the interval is two to five times as wide as one that may be read only once,
/// and 1.4 to 2 times where weights have a known bound.
///
/// Where earlier rows have refuted every value, which happens with probability 1 − level or when the value drifts, the
/// ends cross and the interval holds nothing.
///
/// - Complexity: O(number of values still open) for each row, at most 4 · `resolution`; memory 8 · `resolution` numbers
///   at most.
///
/// ```swift
/// var watch = OffPolicySequence(.difference, rewards: 0...1)
/// for row in log {
///     try watch.add(weight: row.weight, reward: row.reward)
///     if watch.interval.lower > 0 { break }   // better, and stopping here is allowed
/// }
/// ```
public struct OffPolicySequence: Sendable, Hashable, Codable {
    /// What is watched.
    public enum Quantity: String, Sendable, Hashable, Codable {
        /// The value V of the policy.
        case value
        /// The policy's value minus the logging policy's.
        case difference
    }

    /// What is watched.
    public let quantity: Quantity
    /// The smallest and largest possible reward.
    public let rewards: ClosedRange<Double>
    /// The coverage over all looks together.
    public let level: Double
    /// The largest weight that can occur, such as 1/ε of exploration with probability ε; `nil` where there is no known
    /// bound.
    public let largestWeight: Double?
    /// The number of steps from the smallest to the largest reward; ends are rounded outwards to one step.
    public let resolution: Int
    /// The number of rows.
    public private(set) var count = 0
    private var low: BetLadder
    private var high: BetLadder
    private var weightSum = 0.0
    private var weightSquares = 0.0
    private var weighted = 0.0
    private var rewardSum = 0.0

    /// Creates a sequence without rows.
    ///
    /// - Parameter largestLoss: The share c of the capital that may be lost in one bet.
    /// - Precondition: rewards differ; 0 < level < 1; largestWeight ≥ 1; resolution > 0; 0 < largestLoss < 1.
    public init(
        _ quantity: Quantity = .value, rewards: ClosedRange<Double> = 0...1, level: Double = 0.95,
        largestWeight: Double? = nil, resolution: Int = 1000, largestLoss: Double = 0.5
    ) {
        precondition(rewards.upperBound > rewards.lowerBound, "the smallest and the largest reward differ")
        precondition(level > 0 && level < 1, "the level lies between 0 and 1")
        precondition(largestWeight.map { $0 >= 1 && $0.isFinite } ?? true, "the largest weight is at least 1")
        precondition(resolution > 0, "the resolution is at least 1")
        precondition(largestLoss > 0 && largestLoss < 1, "largestLoss lies between 0 and 1")
        self.quantity = quantity
        self.rewards = rewards
        self.level = level
        self.largestWeight = largestWeight
        self.resolution = resolution
        low = BetLadder(
            difference: quantity == .difference, largestWeight: largestWeight, largestLoss: largestLoss,
            alpha: (1 - level) / 2, resolution: resolution)
        high = low
    }

    /// Adds a row.
    ///
    /// - Parameters:
    ///   - weight: π(a|x) / π₀(a|x) of the action taken.
    ///   - reward: What it paid.
    /// - Throws: `BanditError.data` for a reward outside the range, or a weight that is negative, not finite or above
    ///   the bound.
    public mutating func add(weight: Double, reward: Double) throws(BanditError) {
        guard rewards.contains(reward) else {
            throw .data("row \(count + 1): the reward \(reward) is outside \(rewards)")
        }
        guard weight >= 0, weight.isFinite else { throw .data("row \(count + 1): the weight is \(weight)") }
        if let largestWeight, weight > largestWeight {
            throw .data(
                "row \(count + 1): the weight \(weight) is above the stated bound \(largestWeight)")
        }
        let scaled = (reward - rewards.lowerBound) / (rewards.upperBound - rewards.lowerBound)
        count += 1
        // A point of one ladder is the mirrored point of the other: what either has refuted, the other need not look at.
        let open = (low: low.points - max(0, high.refuted - 1), high: high.points - max(0, low.refuted - 1))
        low.add(weight: weight, reward: scaled, open: open.low)
        high.add(weight: weight, reward: 1 - scaled, open: open.high)
        weightSum += weight
        weightSquares += weight * weight
        weighted += weight * reward
        rewardSum += reward
    }

    /// The interval now; all possible values before the first row.
    public var interval: Interval {
        let width = rewards.upperBound - rewards.lowerBound
        switch quantity {
        case .value:
            return Interval(
                lower: rewards.lowerBound + width * low.bound, upper: rewards.upperBound - width * high.bound,
                level: level)
        case .difference:
            return Interval(lower: width * low.bound, upper: -width * high.bound, level: level)
        }
    }

    /// The self-normalised estimate now, Σ w r / Σ w, less the mean reward where the difference is watched; `nil` while
    /// all weights are zero.
    public var estimate: Double? {
        guard weightSum > 0 else { return nil }
        let value = weighted / weightSum
        return quantity == .value ? value : value - rewardSum / Double(count)
    }

    /// The effective sample size (Σ w)² / Σ w² now.
    public var effectiveSampleSize: Double {
        weightSquares > 0 ? weightSum * weightSum / weightSquares : 0
    }
}
