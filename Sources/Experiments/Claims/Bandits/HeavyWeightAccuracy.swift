import Bandits
import Kernels

/// Shrinking heavy weights costs some bias and saves more variance.
struct HeavyWeightAccuracy: Experiment {
    /// The estimator.
    let estimator: any ValueEstimator
    /// Its name in the table.
    let name: String
    /// Whether it is to beat the model alone too.
    let beatsModel: Bool

    var claim: String {
        "logs of 1000 decisions in which some actions are shown once in hundreds of times: the root mean squared error of \(name) "
            + "is at most 0.8 of the doubly robust estimate's and of inverse propensity scoring's"
            + (beatsModel ? ", and at most 0.98 of the model's alone" : "")
    }
    var baseline: String {
        "the doubly robust estimate and the direct method with the same cross-fitted ridge regression, and inverse propensity "
            + "scoring"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 500 : 100
        var random = CounterRandom(seed: seed)
        let world = OffPolicyWorld(
            actions: 10, bend: 0.4, noise: 1, random: &random, logging: { $0.map { -2 * $0 } },
            target: { $0.map { 2 * $0 } })
        let errors = try OffPolicyWorld.errors(runs: runs, value: world.value, random: random.split(1)) {
            random in
            var (sample, features) = try world.log(1000, random: &random)
            sample.predicted = try RewardModel().crossFitted(sample, features: features)
            let all: [any ValueEstimator] = [estimator, DoublyRobust(), InversePropensity(), DirectMethod()]
            return try all.map { try $0.estimate(sample).value }
        }
        let ratio = errors[0] / min(errors[1], errors[2])
        return ExperimentResult(
            columns: ["estimator", "root mean squared error"],
            rows: zip([name, "doubly robust", "inverse propensity", "direct method"], errors).map {
                .init($0, [$1])
            },
            holds: ratio <= 0.8 && (!beatsModel || errors[0] <= 0.98 * errors[3]),
            verdict:
                "\(fixed(ratio)) of the better of both, \(fixed(errors[0] / errors[3])) of the model's alone")
    }
}
