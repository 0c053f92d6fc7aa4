import Bandits
import Foundation
import Kernels

/// Exploration that knows how sure a linear model is costs less than exploration at random, and its regret grows like √T at most.
struct LinearExploration: Experiment {
    /// The policy that is on trial.
    enum Method: String, Sendable {
        case linUCB = "LinUCB"
        case thompson = "linear Thompson"
    }

    let method: Method

    var claim: String {
        "ten arms, five features, linear rewards: \(method.rawValue)'s regret is at most 0.65 of linear ε-greedy's and 0.1 of that without "
            + "features, its slope on a log–log scale at most 0.5, with weights for each arm and with shared ones"
    }
    var baseline: String {
        "ridge regression with the best of ε = 0.02, 0.05 and 0.1; decaying ε-greedy without features"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let full = size == .full
        let runs = full ? 12 : 6
        var rows: [ExperimentResult.Row] = []
        var holds = true
        var verdicts: [String] = []
        for form in [LinearWorld.Form.separate, .shared] {
            let rounds =
                form == .shared && method == .thompson ? (full ? 4000 : 1000) : (full ? 20_000 : 4000)
            let marks = [rounds / 8, rounds / 4, rounds / 2, rounds]
            func mean(
                _ regret: @Sendable (LinearWorld, UInt64, CounterRandom) -> [Double]
            ) -> [Double] {
                let all = Parallel.map(runs) { run in
                    var random = CounterRandom(seed: seed).split(UInt64(run))
                    let world = LinearWorld(form, arms: 10, features: 5, noise: 0.5, random: &random)
                    return regret(world, seed &+ UInt64(run), random.split(1))
                }
                return marks.indices.map { mark in Statistics.mean(all.map { $0[mark] }) }
            }
            let method = method
            let ours = mean { world, seed, random in
                switch (method, form) {
                case (.linUCB, .separate):
                    world.regret(LinUCB(arms: 10, features: 5, seed: seed), marks: marks, random: random)
                case (.linUCB, .shared):
                    world.regret(LinUCB(armFeatures: 5, seed: seed), marks: marks, random: random)
                case (.thompson, .separate):
                    world.regret(
                        LinearThompson(arms: 10, features: 5, seed: seed), marks: marks, random: random)
                case (.thompson, .shared):
                    world.regret(LinearThompson(armFeatures: 5, seed: seed), marks: marks, random: random)
                }
            }
            let greedy = [0.02, 0.05, 0.1].map { epsilon in
                mean { world, seed, random in
                    world.regret(
                        LinearEpsilonGreedy(world, epsilon: epsilon, seed: seed), marks: marks, random: random
                    )
                }
            }
            let blind = mean { world, seed, random in
                world.regret(
                    EpsilonGreedy(arms: 10, epsilon: 1, decay: 500, seed: seed), marks: marks, random: random)
            }
            let best = greedy.min { $0[3] < $1[3] } ?? blind
            let slopes = [ours, best, blind].map { ArmWorlds.slope(marks, $0) }
            let name = form == .separate ? "weights for each arm" : "shared weights"
            rows.append(.init("\(method.rawValue), \(name)", [ours[3], slopes[0]]))
            rows.append(.init("linear ε-greedy, \(name)", [best[3], slopes[1]]))
            rows.append(.init("ε-greedy without features, \(name)", [blind[3], slopes[2]]))
            let ratio = ours[3] / best[3], share = ours[3] / blind[3]
            holds = holds && slopes[0] <= 0.5 && ratio <= 0.65 && share <= 0.1
            verdicts.append(
                "\(name): slope \(fixed(slopes[0])), regret \(fixed(ratio)) of linear ε-greedy's, \(fixed(share)) of that without features"
            )
        }
        return ExperimentResult(
            columns: ["policy", "regret", "slope"], rows: rows, holds: holds,
            verdict: verdicts.joined(separator: "; "))
    }
}
