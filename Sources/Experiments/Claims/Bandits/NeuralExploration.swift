import Bandits
import Foundation
import Kernels

/// A classification task played as a bandit, with one network and three ways to explore.
struct NeuralExploration: Experiment {
    var claim: String {
        "five classes of three clusters each, 3000 rounds: in the second half NeuFastCB's loss is at least 0.04 below that of ε-greedy with "
            + "ε = 0.1 on the same network and loss, not above that of any of ε = 0.1, 0.05 and 0.02, and at most 0.01 above NeuSquareCB's"
    }
    var baseline: String { "ε = 0.1, 0.05 and 0.02 on the same network, trained on the same cross-entropy" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 12 : 4
        let epsilons = [0.1, 0.05, 0.02]
        let all = Parallel.map(runs) { run in
            let random = CounterRandom(seed: seed).split(UInt64(run)), own = seed &+ UInt64(run)
            let policies =
                [
                    NeuFastCB(arms: 5, features: 8, seed: own),
                    NeuFastCB(
                        arms: 5, features: 8, exploration: .squareCB(gamma: 10), loss: .square, seed: own),
                ]
                + epsilons.map {
                    NeuFastCB(arms: 5, features: 8, exploration: .epsilonGreedy(epsilon: $0), seed: own)
                }
            return policies.map { play($0, random: random) }
        }
        let names = ["NeuFastCB", "NeuSquareCB"] + epsilons.map { "ε = \($0)" }
        let losses = names.indices.map { policy in Statistics.mean(all.map { $0[policy] }) }
        let tuned = losses[2...].min() ?? 1
        return ExperimentResult(
            columns: ["policy", "loss"], rows: zip(names, losses).map { .init($0, [$1]) },
            holds: losses[0] <= losses[2] - 0.04 && losses[0] <= tuned && losses[0] <= losses[1] + 0.01,
            verdict:
                "loss \(fixed(losses[0])) with the FastCB form, \(fixed(losses[1])) with the SquareCB form, \(fixed(losses[2])) with "
                + "ε = 0.1, \(fixed(tuned)) with the best ε")
    }

    /// The average loss over the second half of 3000 rounds.
    private func play(_ policy: NeuFastCB, random: CounterRandom) -> Double {
        let rounds = 3000
        var policy = policy, world = random
        let centres = (0..<15).map { _ in (0..<8).map { _ in world.normal() } }
        var total = 0.0
        for round in 0..<rounds {
            var luck = random.split(UInt64(round))
            let centre = luck.below(15)
            let x = centres[centre].map { $0 + 0.4 * luck.normal() }
            let flip = luck.bernoulli(0.05)
            let decision = policy.choose(BanditContext(features: FeatureVector(x)))
            let right = (decision.action == centre % 5) != flip
            if round >= rounds / 2 { total += right ? 0 : 1 }
            policy.learn(decision, right ? 1 : 0)
        }
        return total / Double(rounds - rounds / 2)
    }
}
