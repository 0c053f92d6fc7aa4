import Bandits
import Kernels

/// A biased reward model and noisy weights, together better than either.
struct DoublyRobustAccuracy: Experiment {
    var claim: String {
        "logs of 1000 decisions among five actions, rewards that bend where the model is straight: the doubly robust estimate's "
            + "root mean squared error is at most 0.8 of that of the better of model and weights"
    }
    var baseline: String {
        "inverse propensity scoring, and the direct method with the same cross-fitted ridge regression"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 500 : 100
        var random = CounterRandom(seed: seed)
        let world = OffPolicyWorld(
            actions: 5, bend: 0.5, random: &random, logging: { $0.map { -1 * $0 } },
            target: { $0.map { 3 * $0 } })
        let errors = try OffPolicyWorld.errors(runs: runs, value: world.value, random: random.split(1)) {
            random in
            var (sample, features) = try world.log(1000, random: &random)
            sample.predicted = try RewardModel().crossFitted(sample, features: features)
            return [
                try DoublyRobust().estimate(sample).value, try InversePropensity().estimate(sample).value,
                try DirectMethod().estimate(sample).value,
            ]
        }
        let ratio = errors[0] / min(errors[1], errors[2])
        return ExperimentResult(
            columns: ["estimator", "root mean squared error"],
            rows: zip(["doubly robust", "inverse propensity", "direct method"], errors).map {
                .init($0, [$1])
            },
            holds: ratio <= 0.8,
            verdict:
                "\(fixed(errors[0])) against \(fixed(errors[1])) and \(fixed(errors[2])): \(fixed(ratio)) of the better"
        )
    }
}
