import Bandits
import Foundation
import Kernels

/// Asking for the comparisons that promise most finds better settings than asking for random ones.
struct PreferredSearch: Experiment {
    var claim: String {
        "Branin and Hartmann-3 seen only through 40 noisy choices between two points: the mean regret of the recommendation is at most half of "
            + "the one after random duels"
    }
    var baseline: String {
        "40 duels of random points, with the same model and the same rule for the recommendation"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 40 : 6
        let root = CounterRandom(seed: seed)
        // People confuse what differs by less than about a tenth of the surface's standard deviation.
        let worlds = [(SearchFunctions.branin, 5.0), (SearchFunctions.hartmann3, 0.1)]
        var rows: [ExperimentResult.Row] = []
        for (surface, blur) in worlds {
            let regrets = Parallel.map(runs) { run in
                // Random duels take no time to choose: several draws of them make the baseline's figure
                // steady.
                (0..<5).map { draw in
                    Self.regret(
                        surface, blur, randomDuels: draw > 0, seed: seed &* 1000 &+ UInt64(run),
                        random: root.split(UInt64(run)).split(UInt64(draw)))
                }
            }
            let mine = Statistics.mean(regrets.map { $0[0] })
            let theirs = Statistics.mean(regrets.flatMap { $0.dropFirst() })
            rows.append(.init(surface.name, [mine, theirs, mine / theirs]))
        }
        return ExperimentResult(
            columns: ["problem", "regret", "random duels", "ratio"], rows: rows,
            holds: rows.allSatisfy { $0.values[2] <= 0.5 },
            verdict: rows.map { "\($0.name) \(fixed($0.values[0])) against \(fixed($0.values[1]))" }
                .joined(separator: ", "))
    }

    private static func regret(
        _ surface: SearchFunctions.Surface, _ blur: Double, randomDuels: Bool, seed: UInt64,
        random: CounterRandom
    ) -> Double {
        var random = random
        let space = SearchSpace.unitCube(surface.dimension)
        var policy = PreferentialOptimization(space: space, seed: seed)
        for _ in 0..<40 {
            var decision: PolicyDecision<NoContext, Duel<SearchPoint>>
            if randomDuels {
                decision = PolicyDecision(
                    action: Duel(space.randomPoint(&random), space.randomPoint(&random)))
            } else {
                decision = policy.choose()
            }
            let gap = surface.value(decision.action.first) - surface.value(decision.action.second)
            policy.learn(decision, random.bernoulli(Special.logistic(gap / blur)) ? 1 : 0)
        }
        return surface.maximum - surface.value(policy.recommendation!)
    }
}
