import Bandits
import Kernels

/// A model of what lies further down makes weights down the list lighter to bear.
struct CascadeAccuracy: Experiment {
    var claim: String {
        "lists of four read from the top, a model that is a third off: the cascade doubly robust estimate's root mean squared error is "
            + "at most 0.7 of that of weights down to each position and 0.5 of that of whole lists' weights"
    }
    var baseline: String { "inverse propensity scoring down to each position, and of whole slates" }

    private static let length = 4, actions = 5

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 1000 : 200
        var random = CounterRandom(seed: seed)
        let k = Self.actions, length = Self.length
        func policy(_ random: inout CounterRandom) -> [[Double]] {
            (0..<length).map { _ in OffPolicyWorld.softmax((0..<k).map { _ in random.normal() }) }
        }
        let logging = policy(&random), target = policy(&random)
        // The expected reward of an action at a position after the one above it.
        let gain = (0..<length * k * k).map { _ in random.uniform() }
        @Sendable func cell(_ l: Int, _ above: Int, _ a: Int) -> Int { (l * k + above) * k + a }
        var later = [Double](repeating: 0, count: length * k * k)
        for l in (0..<length).reversed() {
            for above in 0..<k {
                for a in 0..<k {
                    later[cell(l, above, a)] = gain[cell(l, above, a)]
                    guard l + 1 < length else { continue }
                    for next in 0..<k {
                        later[cell(l, above, a)] += target[l + 1][next] * later[cell(l + 1, a, next)]
                    }
                }
            }
        }
        let total = later, value = (0..<k).reduce(0) { $0 + target[0][$1] * total[cell(0, 0, $1)] }
        let errors = try OffPolicyWorld.errors(runs: runs, value: value, random: random.split(1)) { random in
            var action: [Int32] = [], reward: [Double] = [], propensity: [Double] = [], chance: [Double] = []
            var choice: [Double] = [], predicted: [Double] = []
            for _ in 0..<500 {
                var above = 0, prefix = (1.0, 1.0)
                for l in 0..<length {
                    let a = random.categorical(weights: logging[l])
                    prefix = (prefix.0 * logging[l][a], prefix.1 * target[l][a])
                    action.append(Int32(a))
                    reward.append(gain[cell(l, above, a)] + 0.2 * random.normal())
                    propensity.append(prefix.0)
                    chance.append(prefix.1)
                    choice += target[l]
                    predicted += (0..<k).map { total[cell(l, above, $0)] / 1.5 }
                    above = a
                }
            }
            let sample = try SlateSample(
                actionCount: k, length: length, action: action, reward: reward, propensity: propensity,
                target: chance, choice: choice, predicted: predicted)
            return [
                try CascadeDoublyRobust().estimate(sample).value,
                try RewardInteractionSlateIPS().estimate(sample).value,
                try StandardSlateIPS().estimate(sample).value,
            ]
        }
        let ratios = [errors[0] / errors[1], errors[0] / errors[2]]
        return ExperimentResult(
            columns: ["estimator", "root mean squared error"],
            rows: zip(["cascade doubly robust", "down to each position", "whole slates"], errors).map {
                .init($0, [$1])
            },
            holds: ratios[0] <= 0.7 && ratios[1] <= 0.5,
            verdict: "\(fixed(ratios[0])) and \(fixed(ratios[1])) of the baselines' errors")
    }
}
