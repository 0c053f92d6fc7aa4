import Bandits
import Foundation
import Kernels

/// Clicks that are rare: Thompson sampling with a logistic model against linear models of the same clicks.
struct ClickExploration: Experiment {
    var claim: String {
        "ten offers, six features, a click in ten: logistic Thompson sampling's regret is at most 0.75 of linear ε-greedy's and of linear "
            + "Thompson sampling's, and its slope on a log–log scale at most 0.5"
    }
    var baseline: String {
        "linear ε-greedy with the better of ε = 0.02 and 0.05, linear Thompson sampling; a LinUCB with a tuned α is shown too and does as well or better"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 8 : 3, rounds = size == .full ? 20_000 : 10_000
        let marks = [rounds / 8, rounds / 4, rounds / 2, rounds]
        func mean(_ regret: @Sendable (LinearWorld, UInt64, CounterRandom) -> [Double]) -> [Double] {
            let all = Parallel.map(runs) { run in
                var random = CounterRandom(seed: seed).split(UInt64(run))
                let world = LinearWorld(
                    .separate, arms: 10, features: 6, noise: nil, offset: -2.5, scale: 1.5, random: &random)
                return regret(world, seed &+ UInt64(run), random.split(1))
            }
            return marks.indices.map { mark in Statistics.mean(all.map { $0[mark] }) }
        }
        let ours = mean { world, seed, random in
            world.regret(LogisticThompson(arms: 10, features: 6, seed: seed), marks: marks, random: random)
        }
        let greedy = [0.02, 0.05].map { epsilon in
            mean { world, seed, random in
                world.regret(
                    LinearEpsilonGreedy(world, epsilon: epsilon, seed: seed), marks: marks, random: random)
            }
        }
        let linear = mean { world, seed, random in
            world.regret(LinearThompson(arms: 10, features: 6, seed: seed), marks: marks, random: random)
        }
        let optimist = mean { world, seed, random in
            world.regret(
                LinUCB(arms: 10, features: 6, exploration: 0.25, seed: seed), marks: marks, random: random)
        }
        let best = greedy.min { $0[3] < $1[3] } ?? ours
        let slope = ArmWorlds.slope(marks, ours)
        let ratios = [best, linear].map { ours[3] / $0[3] }
        return ExperimentResult(
            columns: ["policy", "regret", "slope"],
            rows: [
                ("logistic Thompson", ours), ("linear ε-greedy", best), ("linear Thompson", linear),
                ("LinUCB, α = 0.25", optimist),
            ].map { .init($0.0, [$0.1[3], ArmWorlds.slope(marks, $0.1)]) },
            holds: ratios[0] <= 0.75 && ratios[1] <= 0.75 && slope <= 0.5,
            verdict:
                "regret \(fixed(ratios[0])) of linear ε-greedy's, \(fixed(ratios[1])) of linear Thompson sampling's; slope \(fixed(slope))"
        )
    }
}
