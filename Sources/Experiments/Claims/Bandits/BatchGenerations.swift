import Bandits
import Foundation
import Kernels

/// Sixteen generations of models, each trained on the last batches: all records and inverse-gap weighting against uniform draws alone.
struct BatchGenerations: Experiment {
    var claim: String {
        "models refitted on batches of 2000: with one batch of memory inverse-gap weighting on all records earns at least 0.03 more than "
            + "ε-greedy trained on its uniform draws, which falls at least 0.03 below its own first model and swings at least twice as much; "
            + "with eight batches it falls by less than 0.02"
    }
    var baseline: String {
        "ε = 0.05, trained on its uniform draws; trained on all its records (shown) it does as well as inverse-gap weighting"
    }

    private struct Kind: Sendable {
        var name: String
        var exploration: BatchedClassifier.Exploration
        var training: BatchedClassifier.Training
        var memory: Int
    }

    private static let kinds = [
        Kind(name: "IGW, all records, memory 1", exploration: .squareCB(gamma: 4), training: .all, memory: 1),
        Kind(
            name: "ε-greedy, uniform draws, memory 1", exploration: .uniform(epsilon: 0.05),
            training: .uniformDraws, memory: 1),
        Kind(
            name: "ε-greedy, uniform draws, memory 8", exploration: .uniform(epsilon: 0.05),
            training: .uniformDraws, memory: 8),
        Kind(
            name: "ε-greedy, all records, memory 1", exploration: .uniform(epsilon: 0.05), training: .all,
            memory: 1),
    ]

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 8 : 2
        let all = Parallel.map(runs) { run in
            Self.kinds.map { kind in
                let study = BatchStudy(values: play(kind, seed: seed, run: UInt64(run)))
                return [study.mean, study.drop, study.deviation, study.flips]
            }
        }
        let means = Self.kinds.indices.map { kind in
            (0..<4).map { number in Statistics.mean(all.map { $0[kind][number] }) }
        }
        let gain = means[0][0] - means[1][0], swing = means[1][2] / means[0][2]
        return ExperimentResult(
            columns: ["policy", "value", "drop", "s.d.", "flips"],
            rows: zip(Self.kinds, means).map { .init($0.name, $1) },
            holds: gain >= 0.03 && means[1][1] >= 0.03 && swing >= 2 && means[2][1] < 0.02,
            verdict:
                "\(fixed(gain)) more than ε-greedy, whose later models fall \(fixed(means[1][1])) below the first with one batch of memory and "
                + "\(fixed(means[2][1])) with eight, and swing \(fixed(swing)) times as much"
        )
    }

    /// The expected reward of each of 16 generations.
    private func play(_ kind: Kind, seed: UInt64, run: UInt64) -> [Double] {
        let arms = 6, features = 5, batch = 2000
        let root = CounterRandom(seed: seed).split(run)
        var world = root
        let slopes = (0..<arms).map { _ in (0..<features).map { _ in 0.8 * world.normal() } }
        let waves = (0..<arms).map { _ in (0..<features).map { _ in world.normal() } }
        var policy = BatchedClassifier(
            arms: arms, features: features, exploration: kind.exploration, training: kind.training,
            memory: kind.memory, seed: seed &+ run)
        return (0..<16).map { generation in
            var total = 0.0
            for step in 0..<batch {
                var random = root.split(UInt64(generation * batch + step))
                let x = (0..<features).map { _ in random.normal() }
                var available = (0..<arms).filter { _ in random.bernoulli(0.8) }
                if available.isEmpty { available = [random.below(arms)] }
                let context = BanditContext(features: FeatureVector(x), available: available)
                let chances = (0..<arms).map { arm in
                    Special.logistic(1 + dot(slopes[arm], x) + 1.5 * sin(2 * dot(waves[arm], x)))
                }
                let decision = policy.choose(context)
                total += zip(decision.propensities, chances).reduce(0) { $0 + $1.0 * $1.1 }
                policy.learn(decision, random.bernoulli(chances[decision.action]) ? 1 : 0)
            }
            policy.closeBatch()
            return total / Double(batch)
        }
    }

    private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
