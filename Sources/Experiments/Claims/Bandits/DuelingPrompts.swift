import Bandits
import Foundation
import Kernels

/// Letting the favourite meet the most promising rival costs far less than random comparisons, and ends
/// no worse.
struct DuelingPrompts: Experiment {
    var claim: String {
        "100 items with 10 features, 60 choices: the average dueling regret of the linear model is at most 0.5 times that of random pairs and its simple "
            + "regret at most 0.1 more, and the average dueling regret of the network at most 0.6 times"
    }
    var baseline: String { "random pairs, with the same model fitted to the choices" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let root = CounterRandom(seed: seed)
        let settings: [(name: String, model: NeuralDuelingBandit.Model, runs: Int)] = [
            ("linear", .linear, size == .full ? 60 : 20),
            ("network", .network(width: 32), size == .full ? 30 : 12),
        ]
        var rows: [ExperimentResult.Row] = []
        for setting in settings {
            let all = Parallel.map(setting.runs) { run in
                [false, true].map { randomPairs in
                    Self.regret(
                        setting.model, randomPairs: randomPairs, seed: seed &* 1000 &+ UInt64(run),
                        random: root.split(UInt64(run)))
                }
            }
            for (k, name) in [setting.name, "\(setting.name), random pairs"].enumerated() {
                rows.append(
                    .init(
                        name,
                        [
                            Statistics.mean(all.map { $0[k].average }),
                            Statistics.mean(all.map { $0[k].simple }),
                        ]))
            }
        }
        let (linear, random, network, randomNetwork) = (
            rows[0].values, rows[1].values, rows[2].values, rows[3].values
        )
        return ExperimentResult(
            columns: ["policy", "average regret", "simple regret"], rows: rows,
            holds: linear[0] <= 0.5 * random[0] && linear[1] <= random[1] + 0.1
                && network[0] <= 0.6 * randomNetwork[0],
            verdict:
                "linear \(fixed(linear[0])) against \(fixed(random[0])), at the end \(fixed(linear[1])) against \(fixed(random[1])); "
                + "network \(fixed(network[0])) against \(fixed(randomNetwork[0]))")
    }

    private static func regret(
        _ model: NeuralDuelingBandit.Model, randomPairs: Bool, seed: UInt64, random: CounterRandom
    ) -> (average: Double, simple: Double) {
        var random = random
        func direction() -> [Double] {
            let x = (0..<10).map { _ in random.normal() }
            let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return x.map { $0 / length }
        }
        let weights = direction()
        let items = (0..<100).map { _ in direction() }
        let utility = items.map { item in 6 * zip(item, weights).reduce(0) { $0 + $1.0 * $1.1 } }
        let best = utility.max()!
        let context = BanditContext(armFeatures: items.map { FeatureVector($0) })
        // With as many random duels as rounds the policy is the baseline.
        var policy = NeuralDuelingBandit(
            features: 10, model: model, initialDuels: randomPairs ? 60 : 5,
            refitEvery: randomPairs ? 60 : nil,
            seed: seed)
        var sum = 0.0
        for _ in 0..<60 {
            let decision = policy.choose(context)
            let (i, j) = (decision.action.first, decision.action.second)
            sum += best - 0.5 * (utility[i] + utility[j])
            policy.learn(decision, random.bernoulli(Special.logistic(utility[i] - utility[j])) ? 1 : 0)
        }
        return (sum / 60, best - utility[policy.recommendation(context)])
    }
}
