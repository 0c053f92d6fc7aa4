import Bandits
import Foundation
import Kernels

/// Regret like √T on the hardest worlds, and on rewards that someone sets against a rule that is not random.
struct AdversarialGrowth: Experiment {
    var claim: String {
        "five arms, a gap that shrinks like 1/√T: the regret's slope on a log–log scale lies in 0.35...0.65 "
            + "and the regret is at most 60% of "
            + "uniform play's; on rewards set against UCB1 the regret is at most 10% of UCB1's"
    }
    var baseline: String { "uniform play; UCB1" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 60 : 10
        let horizons =
            size == .full ? [2000, 4000, 8000, 16_000, 32_000, 64_000] : [2000, 4000, 8000, 16_000]
        let arms = 5
        var ours: [Double] = [], uniform: [Double] = []
        for (i, rounds) in horizons.enumerated() {
            let gap = 4 * (Double(arms) * log(Double(arms)) / Double(rounds)).squareRoot()
            let means = [0.5 + gap / 2] + [Double](repeating: 0.5 - gap / 2, count: arms - 1)
            ours.append(
                ArmWorlds.averageRegret(
                    runs: runs, means: means, marks: [rounds], seed: seed &+ UInt64(i) &* 977,
                    make: { EXP3(arms: arms, seed: $0) })[0])
            uniform.append(gap * (1 - 1 / Double(arms)) * Double(rounds))
        }
        let slope = ArmWorlds.slope(horizons, ours), share = ours.last! / uniform.last!
        let (exp3, ucb1) = againstUCB1(arms: arms, rounds: horizons.last!, runs: runs, seed: seed)
        return ExperimentResult(
            columns: ["rounds", "EXP3", "uniform", "UCB1"],
            rows: zip(horizons, zip(ours, uniform)).map { .init("gap, \($0)", [$1.0, $1.1, .nan]) }
                + [.init("against UCB1, \(horizons.last!)", [exp3, .nan, ucb1])],
            holds: slope >= 0.35 && slope <= 0.65 && share <= 0.6 && exp3 <= 0.1 * ucb1,
            verdict: "slope \(fixed(slope)), regret \(percent(share)) of uniform play's, "
                + "against UCB1 \(percent(exp3 / ucb1)) of its regret")
    }

    /// The regrets on rewards that are 0 for the arm that UCB1 would play in the round, and 1 for the others.
    private func againstUCB1(arms: Int, rounds: Int, runs: Int, seed: UInt64) -> (exp3: Double, ucb1: Double)
    {
        var victim = UCB1(arms: arms, seed: seed)
        let avoided = (0..<rounds).map { _ in
            let decision = victim.choose(BanditContext())
            victim.learn(decision, 0)
            return decision.action
        }
        let best = (0..<arms).reduce(0.0) { most, arm in
            max(most, Double(avoided.reduce(rounds) { $1 == arm ? $0 - 1 : $0 }))
        }
        let gains = Parallel.map(runs) { run in
            var policy = EXP3(arms: arms, seed: seed &* 1000 &+ UInt64(run))
            return avoided.reduce(0.0) { gain, zero in
                let decision = policy.choose(BanditContext())
                let reward = decision.action == zero ? 0.0 : 1
                policy.learn(decision, reward)
                return gain + reward
            }
        }
        return (best - Statistics.mean(gains), best)
    }
}
