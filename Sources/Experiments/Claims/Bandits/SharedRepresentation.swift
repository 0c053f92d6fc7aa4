import Bandits
import Foundation
import Kernels

/// Ten tasks whose weights lie in one plane: learning the plane together against every task by itself.
struct SharedRepresentation: Experiment {
    var claim: String {
        "ten tasks, fifteen features, weights in a common plane: GFUCB's regret is at most 0.8 of independent LinUCBs' in every run; with two "
            + "tasks there is nothing to gain (at least 0.85 on average)"
    }
    var baseline: String {
        "a LinUCB in each task with the same ridge and width; the true plane as a lower bound"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 20 : 4
        var rows: [ExperimentResult.Row] = []
        var ratios: [[Double]] = []
        for tasks in [10, 2] {
            let all = Parallel.map(runs) { run in
                let random = CounterRandom(seed: seed).split(UInt64(run))
                return play(tasks, random: random, seed: seed &+ UInt64(run))
            }
            for (place, name) in ["GFUCB", "LinUCB in each task", "the true plane"].enumerated() {
                rows.append(.init("\(name), \(tasks) tasks", [Statistics.mean(all.map { $0[place] })]))
            }
            ratios.append(all.map { $0[0] / $0[1] })
        }
        let worst = ratios[0].max() ?? 0, few = Statistics.mean(ratios[1])
        return ExperimentResult(
            columns: ["policy", "regret per task"], rows: rows, holds: worst <= 0.8 && few >= 0.85,
            verdict:
                "\(fixed(Statistics.mean(ratios[0]))) of the baseline's regret, \(fixed(worst)) in the worst run; with two tasks \(fixed(few))"
        )
    }

    /// The regret per task of the learned plane, of separate tasks, and of the true plane.
    private func play(_ tasks: Int, random: CounterRandom, seed: UInt64) -> [Double] {
        let features = 15, arms = 10, rounds = 150, noise = 0.3
        var world = random
        var plane = (0..<2).map { _ in (0..<features).map { _ in world.normal() } }
        plane[0] = unit(plane[0])
        let along = dot(plane[0], plane[1])
        plane[1] = unit(zip(plane[1], plane[0]).map { $0 - along * $1 })
        let weights = (0..<tasks).map { _ in
            let head = unit([world.normal(), world.normal()])
            return zip(plane[0], plane[1]).map { head[0] * $0 + head[1] * $1 }
        }
        let policies = [
            GFUCB(tasks: tasks, features: features, rank: 2, seed: seed),
            GFUCB(tasks: tasks, representations: [.identity(features)], seed: seed),
            GFUCB(tasks: tasks, representations: [Representation(rows: plane)], seed: seed),
        ]
        return policies.map { policy in
            var policy = policy
            var regret = 0.0
            for round in 0..<rounds {
                var luck = random.split(UInt64(round))
                let deviation = 1 / Double(features).squareRoot()
                let offers = (0..<tasks).map { _ in
                    (0..<arms).map { _ in (0..<features).map { _ in deviation * luck.normal() } }
                }
                let decision = policy.choose(
                    offers.map { BanditContext(armFeatures: $0.map { FeatureVector($0) }) })
                var rewards: [Double] = []
                for task in 0..<tasks {
                    let means = offers[task].map { dot($0, weights[task]) }
                    regret += (means.max() ?? 0) - means[decision.action[task]]
                    rewards.append(means[decision.action[task]] + noise * luck.normal())
                }
                policy.learn(decision, rewards)
            }
            return regret / Double(tasks)
        }
    }

    private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    private func unit(_ v: [Double]) -> [Double] {
        let norm = dot(v, v).squareRoot()
        return v.map { $0 / norm }
    }
}
