import Bandits
import Foundation
import Kernels

/// Plays a policy in a world that is known, and counts what it cost not to know it.
enum ArmWorlds {
    /// The cumulative pseudo-regret Σ (μ* − μ_a) of a policy after each of `marks`, with arms that pay 1 or 0.
    ///
    /// - Parameter marks: Numbers of rounds, rising.
    static func regret(
        _ policy: some ArmPolicy, means: [Double], marks: [Int], random: CounterRandom
    ) -> [Double] {
        regret(policy, means: means, marks: marks, random: random) { $1.bernoulli($0) ? 1 : 0 }
    }

    /// The cumulative pseudo-regret of a policy after each of `marks`, with rewards of any kind.
    ///
    /// - Parameters:
    ///   - marks: Numbers of rounds, rising.
    ///   - pay: Draws the reward of an arm with a mean.
    static func regret(
        _ policy: some ArmPolicy, means: [Double], marks: [Int], random: CounterRandom,
        pay: (Double, inout CounterRandom) -> Double
    ) -> [Double] {
        var policy = policy, random = random
        let best = means.max() ?? 0
        let context = BanditContext()
        var regret = 0.0
        var found: [Double] = []
        for round in 1...(marks.last ?? 1) {
            let decision = policy.choose(context)
            regret += best - means[decision.action]
            policy.learn(decision, pay(means[decision.action], &random))
            if found.count < marks.count, marks[found.count] == round { found.append(regret) }
        }
        return found
    }

    /// The average regret after each of `marks` over several runs, each with its own policy and world.
    static func averageRegret<P: ArmPolicy>(
        runs: Int, means: [Double], marks: [Int], seed: UInt64, make: @Sendable (UInt64) -> P,
        pay: @Sendable (Double, inout CounterRandom) -> Double = { $1.bernoulli($0) ? 1 : 0 }
    ) -> [Double] {
        let root = CounterRandom(seed: seed)
        let all = Parallel.map(runs) { run in
            regret(
                make(seed &* 1000 &+ UInt64(run)), means: means, marks: marks,
                random: root.split(UInt64(run)),
                pay: pay)
        }
        return marks.indices.map { mark in Statistics.mean(all.map { $0[mark] }) }
    }

    /// The slope of log(regret) on log(rounds): 1 for a policy that never learns, 1/2 for √T, near 0 for log T.
    static func slope(_ marks: [Int], _ regret: [Double]) -> Double {
        let x = marks.map { log(Double($0)) }, y = regret.map { log(max($0, 1e-12)) }
        let mx = Statistics.mean(x), my = Statistics.mean(y)
        let xy = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
        let xx = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
        return xy / xx
    }
}
