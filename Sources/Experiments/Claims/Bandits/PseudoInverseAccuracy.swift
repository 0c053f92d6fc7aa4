import Bandits
import Kernels

/// Rewards that add up over positions need weights that add up, not weights that multiply.
struct PseudoInverseAccuracy: Experiment {
    var claim: String {
        "rankings of four out of eight shown at random, one reward for each whole ranking, a sum of the actions' shares: the "
            + "pseudo-inverse estimate's root mean squared error is at most 0.6 of that of whole slates' weights"
    }
    var baseline: String { "inverse propensity scoring of whole slates" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 1000 : 200, k = 8, length = 4
        var random = CounterRandom(seed: seed)
        var found: [[Int]] = []
        for code in 0..<4096 {
            let ranking = [code / 512, code / 64 % 8, code / 8 % 8, code % 8]
            if Set(ranking).count == length { found.append(ranking) }
        }
        let rankings = found
        let share = (0..<length * k).map { _ in random.uniform() }
        let scores = random.permutation(k).map(Double.init)
        // Draws one action after the other without putting it back.
        let target = rankings.map { ranking in
            var left = Set(0..<k), p = 1.0
            for a in ranking {
                let order = left.sorted()
                p *= OffPolicyWorld.softmax(order.map { scores[$0] })[order.firstIndex(of: a)!]
                left.remove(a)
            }
            return p
        }
        func expected(_ ranking: [Int]) -> Double {
            var sum = 0.0
            for place in 0..<length { sum += share[place * k + ranking[place]] }
            return sum
        }
        let means = rankings.map(expected), value = zip(target, means).reduce(0) { $0 + $1.0 * $1.1 }
        let estimator = try PseudoInverse(
            logging: [.uniformRankings(actions: k, length: length)],
            target: [SlateMoments(actions: k, slates: rankings, probabilities: target)])
        let errors = try OffPolicyWorld.errors(runs: runs, value: value, random: random.split(1)) { random in
            var action: [Int32] = [], reward: [Double] = [], propensity: [Double] = [], chance: [Double] = []
            for _ in 0..<1000 {
                let i = random.below(rankings.count)
                action += rankings[i].map { Int32($0) }
                reward += [means[i] + 0.2 * random.normal(), 0, 0, 0]
                // Only whole slates count here, so every position carries the slate's probability.
                propensity += [Double](repeating: 1 / Double(rankings.count), count: length)
                chance += [Double](repeating: target[i], count: length)
            }
            let sample = try SlateSample(
                actionCount: k, length: length, action: action, reward: reward, propensity: propensity,
                target: chance)
            return [try estimator.estimate(sample).value, try StandardSlateIPS().estimate(sample).value]
        }
        let ratio = errors[0] / errors[1]
        return ExperimentResult(
            columns: ["estimator", "root mean squared error"],
            rows: zip(["pseudo-inverse", "whole slates"], errors).map { .init($0, [$1]) },
            holds: ratio <= 0.6, verdict: "\(fixed(ratio)) of the baseline's error")
    }
}
