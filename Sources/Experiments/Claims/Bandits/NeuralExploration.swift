import Bandits
import Foundation
import Kernels

/// A classification task played as a bandit, with one network and three ways to explore.
struct NeuralExploration: Experiment {
    var claim: String {
        "five classes of three clusters each, 3000 rounds: in the second half NeuFastCB's loss is at least 0.04 below ε-greedy's on the same "
            + "network and at most 0.01 above NeuSquareCB's, which is at least 0.02 below ε-greedy's"
    }
    var baseline: String { "ε = 0.1 on the same network, trained on squared errors with its best step" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 12 : 4
        let all = Parallel.map(runs) { run in
            let random = CounterRandom(seed: seed).split(UInt64(run))
            let policies = [
                NeuFastCB(arms: 5, features: 8, seed: seed &+ UInt64(run)),
                NeuFastCB(
                    arms: 5, features: 8, exploration: .squareCB(gamma: 10), loss: .square,
                    seed: seed &+ UInt64(run)),
                NeuFastCB(
                    arms: 5, features: 8, exploration: .epsilonGreedy(epsilon: 0.1), loss: .square,
                    seed: seed &+ UInt64(run)),
            ]
            return policies.map { play($0, random: random) }
        }
        let losses = (0..<3).map { policy in Statistics.mean(all.map { $0[policy] }) }
        return ExperimentResult(
            columns: ["policy", "loss"],
            rows: zip(["NeuFastCB", "NeuSquareCB", "ε-greedy"], losses).map { .init($0, [$1]) },
            holds: losses[0] <= losses[2] - 0.04 && losses[1] <= losses[2] - 0.02
                && losses[0] <= losses[1] + 0.01,
            verdict:
                "loss \(fixed(losses[0])) with the FastCB form, \(fixed(losses[1])) with the SquareCB form, \(fixed(losses[2])) with ε-greedy"
        )
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
