import Bandits
import Foundation
import Kernels

/// Where changing arms costs, observations of all arms keep paying when observations of the played arm no
/// longer do.
struct SwitchingFeedback: Experiment {
    var claim: String {
        "four arms, 20 000 rounds, one unit for each change: the regret falls with the observations B with "
            + "a slope in −0.6...−0.4; at B = 12 800 it is at "
            + "most half of the baseline's, at B = 200 within 25% of it"
    }
    var baseline: String { "as many observations of the played arm alone (EXP3 over batches)" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 400 : 80
        let budgets = [200, 800, 3200, 12_800]
        let arms = 4, rounds = 20_000
        let root = CounterRandom(seed: seed)
        // The gap of an instance is the one that is hardest for that many batches of full observations.
        let results = Parallel.map(budgets.count * runs) { job in
            let budget = budgets[job / runs]
            let gap = min(0.4, (log(Double(arms)) / Double(budget / arms)).squareRoot())
            let random = root.split(UInt64(job))
            let learnerSeed = seed &* 100_000 &+ UInt64(job)
            return [SwitchingPlan.Estimator.all, .played].flatMap { estimator in
                let batches = estimator == .all ? budget / arms : budget
                let plan = SwitchingPlan(arms: arms, horizon: rounds, estimator: estimator, batches: batches)
                return play(ShrinkingDartboard(plan, seed: learnerSeed), gap: gap, random: random)
            }
        }
        let means = budgets.indices.map { i in
            (0..<4).map { column in
                Statistics.mean(results[(i * runs)..<((i + 1) * runs)].map { $0[column] })
            }
        }
        let slope = ArmWorlds.slope(budgets, means.map { $0[0] })
        let large = means[3][0] / means[3][2], small = means[0][0] / means[0][2]
        return ExperimentResult(
            columns: ["observations", "all arms: regret", "switches", "played arm: regret", "switches"],
            rows: zip(budgets, means).map { .init("\($0)", $1) },
            holds: slope >= -0.6 && slope <= -0.4 && large <= 0.5 && abs(small - 1) <= 0.25,
            verdict:
                "slope \(fixed(slope)), \(percent(large)) of the baseline's regret at 12 800 observations and "
                + "\(percent(small)) at 200")
    }

    /// The regret with switches, and the switches, where one arm's losses are lower by `gap`.
    private func play(_ learner: ShrinkingDartboard, gap: Double, random: CounterRandom) -> [Double] {
        var learner = learner, random = random
        let best = random.below(learner.plan.arms)
        var regret = 0.0
        for _ in 0..<learner.plan.horizon {
            let decision = learner.choose()
            if decision.action.arm != best { regret += gap }
            learner.learn(
                decision,
                decision.action.observed.map { random.bernoulli($0 == best ? 0.5 - gap : 0.5) ? 1 : 0 })
        }
        return [regret + Double(learner.switches), Double(learner.switches)]
    }
}
