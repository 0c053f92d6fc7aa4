import Bandits
import Kernels

/// A model that cannot be right is best wrong where it does not matter.
struct MoreRobustAccuracy: Experiment {
    var claim: String {
        "one straight line for rewards that bend, a policy that always takes one action: fitted with the variance's weights the doubly "
            + "robust estimate's root mean squared error is at most 0.8 of what it is without, and of that without a model"
    }
    var baseline: String {
        "the doubly robust estimate with the same cross-fitted ridge regression, all rows weighted alike; inverse propensity scoring"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 500 : 100
        var random = CounterRandom(seed: seed)
        let world = OffPolicyWorld(
            actions: 5, bend: 1, noise: 0.25, random: &random, logging: { $0.map { -1.5 * $0 } },
            target: { row in row.map { $0 == row.max()! ? 60 : 0 } })
        let errors = try OffPolicyWorld.errors(runs: runs, value: world.value, random: random.split(1)) {
            random in
            var (sample, features) = try world.log(2000, random: &random)
            let model = RewardModel(layout: .additive)
            let robust = try MoreRobustDoublyRobust(features: features, model: model).estimate(sample).value
            sample.predicted = try model.crossFitted(sample, features: features)
            return [
                robust, try DoublyRobust().estimate(sample).value,
                try InversePropensity().estimate(sample).value,
            ]
        }
        let ratios = [errors[0] / errors[1], errors[0] / errors[2]]
        return ExperimentResult(
            columns: ["estimator", "root mean squared error"],
            rows: zip(["more robust", "doubly robust", "inverse propensity"], errors).map { .init($0, [$1]) },
            holds: ratios.allSatisfy { $0 <= 0.8 },
            verdict: "\(fixed(ratios[0])) and \(fixed(ratios[1])) of the baselines' errors")
    }
}
