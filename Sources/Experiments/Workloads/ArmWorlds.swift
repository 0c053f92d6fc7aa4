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
        var policy = policy, random = random
        let best = means.max() ?? 0
        let context = BanditContext()
        var regret = 0.0
        var found: [Double] = []
        for round in 1...(marks.last ?? 1) {
            let decision = policy.choose(context)
            regret += best - means[decision.action]
            policy.learn(decision, random.bernoulli(means[decision.action]) ? 1 : 0)
            if found.count < marks.count, marks[found.count] == round { found.append(regret) }
        }
        return found
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
