import Bandits
import Kernels

/// The best arm is certified with fewer outcomes when arms that are surely worse are dropped on the way.
struct EliminationSavings: Experiment {
    var claim: String {
        "ten coins, the best 0.2 ahead, δ = 0.05: the best arm is certified with at most 60% of the "
            + "outcomes, and wrongly in at most "
            + "5% of the runs"
    }
    var baseline: String { "equal numbers of outcomes for all arms until the same intervals part" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 400 : 40
        let means = [0.7, 0.5, 0.4, 0.4, 0.3, 0.3, 0.3, 0.2, 0.2, 0.2]
        let root = CounterRandom(seed: seed)
        let found = Parallel.map(runs) { run in
            var random = root.split(UInt64(run))
            var policy = SuccessiveElimination(arms: means.count, seed: seed &* 1000 &+ UInt64(run))
            while policy.certificate == nil {
                let decision = policy.choose(BanditContext())
                policy.learn(decision, random.bernoulli(means[decision.action]) ? 1 : 0)
            }
            // The same rule for a table that gives all arms equally many outcomes: it stops when one arm is
            // left.
            var even = SuccessiveElimination(arms: means.count)
            var outcomes = 0
            while even.certificate == nil {
                for arm in means.indices {
                    even.learn(
                        PolicyDecision(context: BanditContext(), action: arm),
                        random.bernoulli(means[arm]) ? 1 : 0)
                }
                outcomes += means.count
            }
            let certificate = policy.certificate!
            return [
                Double(certificate.outcomes), Double(outcomes), certificate.arm == 0 ? 0 : 1,
                even.certificate!.arm == 0 ? 0 : 1,
            ]
        }
        let mean = (0..<4).map { column in Statistics.mean(found.map { $0[column] }) }
        let share = mean[0] / mean[1]
        return ExperimentResult(
            columns: ["plan", "outcomes", "wrong"],
            rows: [
                .init("dropping arms", [mean[0], mean[2]]), .init("all arms to the end", [mean[1], mean[3]]),
            ],
            holds: share <= 0.6 && mean[2] <= 0.05,
            verdict: "\(percent(share)) of the outcomes, wrong in \(percent(mean[2])) of the runs")
    }
}
