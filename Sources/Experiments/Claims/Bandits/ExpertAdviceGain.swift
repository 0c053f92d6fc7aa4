import Bandits
import Kernels

/// Experts who know when to play what are found by their advice's rewards.
struct ExpertAdviceGain: Experiment {
    var claim: String {
        "64 experts, one of them right, 16 occasions, 4 arms: the regret to the right expert is at most 40% "
            + "of the baseline's and "
            + "its slope on a log–log scale at most 0.65"
    }
    var baseline: String { "EXP3 over the arms, without advice" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 40 : 6, rounds = size == .full ? 32_000 : 12_000
        let (arms, experts, occasions) = (4, 64, 16)
        let marks = [rounds / 8, rounds / 4, rounds / 2, rounds]
        let root = CounterRandom(seed: seed)
        let regrets = Parallel.map(runs) { run in
            var random = root.split(UInt64(run))
            let table = (0..<experts).map { _ in (0..<occasions).map { _ in random.below(arms) } }
            let advice = (0..<occasions).map { at in ExpertAdvice(arms: arms, named: table.map { $0[at] }) }
            let right = table[random.below(experts)]
            var four = EXP4(arms: arms, experts: experts, seed: seed &* 1000 &+ UInt64(run))
            var three = EXP3(arms: arms, seed: seed &* 1000 &+ UInt64(run))
            var paid = [0.0, 0.0]
            var found: [Double] = []
            for round in 1...rounds {
                let at = random.below(occasions), luck = random.uniform()
                func reward(_ arm: Int) -> Double { luck < (arm == right[at] ? 0.7 : 0.4) ? 1 : 0 }
                let a = four.choose(advice[at]), b = three.choose(BanditContext())
                for (i, arm) in [a.action, b.action].enumerated() where arm != right[at] { paid[i] += 0.3 }
                four.learn(a, reward(a.action))
                three.learn(b, reward(b.action))
                if marks.contains(round) { found += paid }
            }
            return found
        }
        let mean = (0..<2 * marks.count).map { i in Statistics.mean(regrets.map { $0[i] }) }
        let ours = marks.indices.map { mean[2 * $0] }, theirs = marks.indices.map { mean[2 * $0 + 1] }
        let slope = ArmWorlds.slope(marks, ours), share = ours.last! / theirs.last!
        return ExperimentResult(
            columns: ["rounds", "EXP4", "EXP3", "bound"],
            rows: marks.indices.map {
                .init(
                    "\(marks[$0])",
                    [ours[$0], theirs[$0], EXP4(arms: arms, experts: experts).regretBound(rounds: marks[$0])])
            },
            holds: share <= 0.4 && slope <= 0.65,
            verdict: "regret \(percent(share)) of the baseline's, slope \(fixed(slope))")
    }
}
