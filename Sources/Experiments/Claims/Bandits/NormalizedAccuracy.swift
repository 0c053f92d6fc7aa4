import Bandits
import Kernels

/// Weights that are normalised forget the level of the rewards.
struct NormalizedAccuracy: Experiment {
    var claim: String {
        "rewards around 2 instead of 0: the self-normalised estimate's root mean squared error is at most 0.5 of that "
            + "of inverse propensity scoring, with and without a bound on its weights"
    }
    var baseline: String { "inverse propensity scoring, and the same with weights up to √n" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 1000 : 200
        var random = CounterRandom(seed: seed)
        let world = OffPolicyWorld(
            actions: 5, bend: 0.5, base: 2, random: &random, logging: { $0.map { -1 * $0 } },
            target: { row in row.map { $0 == row.max()! ? 4 : 0 } })
        let errors = try OffPolicyWorld.errors(runs: runs, value: world.value, random: random.split(1)) {
            random in
            let sample = try world.log(1000, random: &random).sample
            let all: [any ValueEstimator] = [
                SelfNormalizedInversePropensity(), InversePropensity(), ClippedInversePropensity(),
            ]
            return try all.map { try $0.estimate(sample).value }
        }
        let ratios = [errors[0] / errors[1], errors[0] / errors[2]]
        return ExperimentResult(
            columns: ["estimator", "root mean squared error"],
            rows: zip(["self-normalised", "inverse propensity", "clipped at √n"], errors).map {
                .init($0, [$1])
            },
            holds: ratios.allSatisfy { $0 <= 0.5 },
            verdict: "\(fixed(ratios[0])) and \(fixed(ratios[1])) of the baselines' errors")
    }
}
