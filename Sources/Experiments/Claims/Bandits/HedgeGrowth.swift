import Bandits
import Foundation
import Kernels

/// Trust split by weights loses little where following the leader loses every other round.
struct HedgeGrowth: Experiment {
    var claim: String {
        "ten experts: on fair coins the regret's slope on a log–log scale lies in 0.4...0.6, no run exceeds "
            + "the bound, and on alternating "
            + "losses the regret is at most 5% of the baseline's"
    }
    var baseline: String { "follow the leader" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 200 : 40
        let horizons = size == .full ? [500, 1000, 2000, 4000, 8000, 16_000] : [500, 1000, 2000, 4000]
        let experts = 10, root = CounterRandom(seed: seed)
        let bounds = horizons.map { Hedge(experts: experts).regretBound(rounds: $0) }
        let regrets = Parallel.map(runs) { run in
            var random = root.split(UInt64(run)), hedge = Hedge(experts: experts)
            var found: [Double] = []
            for round in 1...horizons.last! {
                hedge.learn(hedge.choose(), (0..<experts).map { _ in random.bernoulli(0.5) ? 1 : 0 })
                if horizons.contains(round) { found.append(hedge.regret) }
            }
            return found
        }
        let mean = horizons.indices.map { i in Statistics.mean(regrets.map { $0[i] }) }
        let worst = horizons.indices.map { i in regrets.reduce(0) { max($0, $1[i] / bounds[i]) } }.max()!
        let slope = ArmWorlds.slope(horizons, mean)
        let alternating = LossStream.alternating(rounds: horizons.last!, dimension: experts, on: .simplex)
        var hedge = Hedge(experts: experts), leader = Hedge(experts: experts, eta: 1e9)
        for losses in alternating {
            hedge.learn(hedge.choose(), losses)
            leader.learn(leader.choose(), losses)
        }
        let share = hedge.regret / leader.regret
        return ExperimentResult(
            columns: ["losses", "Hedge", "follow the leader", "bound"],
            rows: horizons.indices.map { .init("coins, \(horizons[$0])", [mean[$0], .nan, bounds[$0]]) }
                + [.init("alternating, \(horizons.last!)", [hedge.regret, leader.regret, bounds.last!])],
            holds: slope >= 0.4 && slope <= 0.6 && worst <= 1 && share <= 0.05,
            verdict: "slope \(fixed(slope)), at most \(percent(worst)) of the bound, "
                + "\(percent(share)) of the leader's regret")
    }
}
