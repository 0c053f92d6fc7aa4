import Bandits
import Foundation
import Kernels

/// A verdict that must survive hidden reasons is not fooled by them.
struct HiddenReasons: Experiment {
    var claim: String {
        "something unseen moves the odds of actions by up to a factor 1.5, and rewards: asked to survive Γ = 1.5, the "
            + "verdict wrongly says better in at most 5% of logs; without anything unseen it still finds a real gain in at least 80%"
    }
    var baseline: String {
        "the verdict without the rule (Γ = 1), which is wrongly better in at least half of the logs"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let logs = size == .full ? 250 : 25
        let root = CounterRandom(seed: seed)
        func shares(_ gamma: Double, _ effect: Double, _ stream: UInt64) throws -> (
            with: Double, without: Double
        ) {
            let found = try Parallel.map(logs) { index in
                try verdicts(gamma, effect, random: root.split(stream).split(UInt64(index)), seed: seed)
            }
            return (
                Double(found.count { $0[1] == .better }) / Double(logs),
                Double(found.count { $0[0] == .better }) / Double(logs)
            )
        }
        let hidden = try shares(1.5, 0, 1), open = try shares(1, 0.35, 2), nothing = try shares(1, 0, 3)
        return ExperimentResult(
            columns: ["log", "says better", "says better without the rule"],
            rows: [
                .init("no gain, hidden reasons", [hidden.with, hidden.without]),
                .init("real gain, nothing hidden", [open.with, open.without]),
                .init("no gain, nothing hidden", [nothing.with, nothing.without]),
            ],
            holds: hidden.with <= 0.05 && hidden.without >= 0.5 && open.with >= 0.8,
            verdict:
                "wrongly better in \(percent(hidden.with)) against \(percent(hidden.without)); a real gain found in "
                + percent(open.with)
        )
    }

    /// The verdicts that need to survive Γ = 1 and Γ = 1.5, for a policy that always takes action 1.
    ///
    /// An unseen coin u moves the log-odds of action 1 by ±½ ln Γ, which moves them by at most ln Γ from those given
    /// the context alone, and the reward's mean by ±0.3.
    private func verdicts(
        _ gamma: Double, _ effect: Double, random: CounterRandom, seed: UInt64
    ) throws -> [OffPolicyVerdict] {
        var random = random
        let rows = 3000
        var features = SparseRows()
        var actions: [Int32] = [], rewards: [Double] = []
        for _ in 0..<rows {
            let x = random.normal()
            let unseen = random.bernoulli(0.5) ? 1.0 : -1
            let taken = random.bernoulli(Special.logistic(0.5 * x + 0.5 * unseen * Foundation.log(gamma)))
            actions.append(taken ? 1 : 0)
            let mean = 0.4 + 0.1 * (x > 0 ? 1 : -1) + 0.3 * unseen * (gamma > 1 ? 1 : 0)
            rewards.append(random.bernoulli(mean + (taken ? effect : 0)) ? 1 : 0)
            features.append(column: 0, value: x)
            features.endRow()
        }
        let model = try PropensityModel(lambdas: [0.001], replicates: 2, seed: seed)
            .fit(actions: actions, actionCount: 2, features: features)
        let sample = try OffPolicySample(
            actionCount: 2, action: actions, reward: rewards, propensity: model.taken,
            target: (0..<rows).flatMap { _ in [0.0, 1] })
        return try [1, 1.5].map { required in
            try OffPolicyStudy(SelfNormalised(), gammas: [1], requiredGamma: required)
                .report(sample, estimated: model).verdict
        }
    }
}
