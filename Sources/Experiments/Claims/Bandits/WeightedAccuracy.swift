import Bandits
import Kernels

/// Weights undo what the logging policy's choices did to the averages.
struct WeightedAccuracy: Experiment {
    var claim: String {
        "a log of 2000 decisions that shows each action most where it does worst: the root mean squared error of inverse propensity "
            + "scoring is at most 0.3 of that of each action's average"
    }
    var baseline: String { "the average reward of each action in the log, mixed as the policy mixes actions" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 1000 : 200, k = 5
        var random = CounterRandom(seed: seed)
        let world = OffPolicyWorld(
            actions: k, bend: 0.5, random: &random, logging: { $0.map { -1 * $0 } },
            target: { _ in [0.5, 0.5, 0, 0, 0] })
        let errors = try OffPolicyWorld.errors(runs: runs, value: world.value, random: random.split(1)) {
            random in
            let sample = try world.log(2000, random: &random).sample
            var averages = 0.0
            for a in 0..<k {
                let rewards = (0..<sample.count).filter { Int(sample.action[$0]) == a }.map {
                    sample.reward[$0]
                }
                averages += world.target[0][a] * Statistics.mean(rewards)
            }
            return [try InversePropensity().estimate(sample).value, averages]
        }
        let ratio = errors[0] / errors[1]
        return ExperimentResult(
            columns: ["estimator", "root mean squared error"],
            rows: zip(["inverse propensity", "averages of actions"], errors).map { .init($0, [$1]) },
            holds: ratio <= 0.3, verdict: "\(fixed(ratio)) of the baseline's error")
    }
}
