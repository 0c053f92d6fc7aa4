import Bandits
import Foundation
import Kernels

/// Propensities estimated from the contexts take most of the bias out of logs that have none.
struct EstimatedPropensities: Experiment {
    var claim: String {
        "logs without propensities of a policy that prefers what pays, contexts with eight columns of noise: "
            + "cross-fitted calibrated propensities move the "
            + "estimate from that of true propensities by at most a quarter as much on average, and their calibration error is "
            + "below 3 points"
    }
    var baseline: String { "the frequencies of actions as propensities" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let logs = size == .full ? 60 : 16, rows = size == .full ? 3000 : 1500
        let world = LoggedWorld(logging: 0.3, target: 0.5, explore: 0.1, skill: 1)
        let value = world.value(world.target)
        let root = CounterRandom(seed: seed)
        let found = try Parallel.map(logs) { index -> [Double] in
            var random = root.split(UInt64(index))
            let log = try world.log(rows, random: &random)
            var features = SparseRows()
            for context in log.context {
                for k in 0..<world.dimension {
                    features.append(
                        column: Int32(k), value: world.features[context * world.dimension + k])
                }
                for k in 0..<8 { features.append(column: Int32(world.dimension + k), value: random.normal()) }
                features.endRow()
            }
            let model = try PropensityModel(replicates: 20, seed: seed).fit(
                actions: log.sample.action, actionCount: world.actions, features: features)
            var counts = [Double](repeating: 0, count: world.actions)
            for action in log.sample.action { counts[Int(action)] += 1 }
            var estimated = log.sample, naive = log.sample
            estimated.propensity = model.taken
            naive.propensity = log.sample.action.map { counts[Int($0)] / Double(rows) }
            let best = try SelfNormalised().estimate(log.sample).value
            let values = try [estimated, naive].map { try SelfNormalised().estimate($0).value }
            return [
                values[0] - best, values[1] - best, values[0] - value, values[1] - value, best - value,
                model.fit.calibration.ece, model.fit.logLoss, model.fit.marginalLogLoss,
            ]
        }
        let means = found[0].indices.map { column in Statistics.mean(found.map { $0[column] }) }
        let errors = (2..<5).map { column in
            Statistics.mean(found.map { $0[column] * $0[column] }).squareRoot()
        }
        let ratio = abs(means[0]) / abs(means[1])
        return ExperimentResult(
            columns: ["propensities", "bias", "root mean square error", "log loss"],
            rows: [
                .init("estimated", [means[0], errors[0], means[6]]),
                .init("frequencies", [means[1], errors[1], means[7]]),
                .init("true", [0, errors[2], .nan]),
            ],
            holds: ratio <= 0.25 && means[5] < 0.03,
            verdict:
                "bias \(fixed(means[0])) against \(fixed(means[1])), calibration error \(percent(means[5]))"
        )
    }
}
