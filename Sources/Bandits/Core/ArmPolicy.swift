import Kernels

/// A policy that chooses one of several arms and is paid a number: the classical bandit, with or without a context.
///
/// A method writes down the probability of every arm; the protocol draws the arm from exactly these numbers, so that
/// the propensity in a decision is the one that was used. A larger reward is better.
public protocol ArmPolicy: Policy where Context == BanditContext, Action == Int, Outcome == Double {
    /// The number of arms; `nil` where the context's `armFeatures` say it each time.
    var arms: Int? { get }

    /// Writes the probability of every arm into `p`, which comes with one zero for each arm.
    ///
    /// They must add up to one over the arms that can be chosen, and stay zero for the others.
    func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom)
}

extension ArmPolicy {
    /// The number of arms in a context.
    @inline(__always)
    public func armCount(_ context: BanditContext) -> Int {
        let count = arms ?? context.armFeatures.count
        precondition(count > 0, "\(Self.id) learns what arms are like and needs armFeatures in the context")
        return count
    }

    /// The probability of every arm in the next decision, if it had this context.
    public func propensities(_ context: BanditContext) -> [Double] {
        var random = journal.upcoming
        var p = [Double](repeating: 0, count: armCount(context))
        propensities(context, into: &p, random: &random)
        return p
    }

    public mutating func decide(
        _ context: BanditContext, random: inout CounterRandom
    ) -> PolicyDecision<BanditContext, Int> {
        var p = [Double](repeating: 0, count: armCount(context))
        propensities(context, into: &p, random: &random)
        let arm = Arms.draw(p, at: random.uniform())
        return PolicyDecision(context: context, action: arm, propensity: p[arm], propensities: p)
    }
}

/// What policies over arms share.
public enum Arms {
    /// The arm at a point of the cumulative probabilities; never one of probability zero.
    ///
    /// - Parameter point: In [0, 1).
    @inlinable
    public static func draw(_ p: [Double], at point: Double) -> Int {
        var left = point
        var last = 0
        for arm in p.indices where p[arm] > 0 {
            last = arm
            left -= p[arm]
            if left < 0 { return arm }
        }
        return last
    }

    /// Gives all probability to the arm with the largest score; arms that tie share it evenly.
    ///
    /// - Precondition: some score is a number.
    @inlinable
    public static func putOnBest(_ choices: ArmChoices, _ p: inout [Double], score: (Int) -> Double) {
        for arm in choices { p[arm] = score(arm) }
        putOnBest(choices, scores: &p)
    }

    /// Turns scores in `p` into probabilities: all to the largest, arms that tie share it evenly.
    ///
    /// - Precondition: some score is a number.
    @inlinable
    public static func putOnBest(_ choices: ArmChoices, scores p: inout [Double]) {
        var best = -Double.infinity
        var ties = 0.0
        for arm in choices {
            if p[arm] > best {
                best = p[arm]
                ties = 1
            } else if p[arm] == best {
                ties += 1
            }
        }
        precondition(ties > 0, "features and rewards must be finite numbers")
        let share = 1 / ties
        for arm in choices { p[arm] = p[arm] == best ? share : 0 }
    }
}
