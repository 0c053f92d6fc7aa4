import Bandits
import Foundation
import Kernels

/// Decisions in contexts of which everything is known, so that the value of a policy is too.
struct OffPolicyWorld: Sendable {
    /// The features of each context.
    let features: [[Double]]
    /// The expected reward of each action in each context.
    let means: [[Double]]
    /// The probabilities of the policy that logs.
    let logging: [[Double]]
    /// The probabilities of the policy to be valued.
    let target: [[Double]]
    /// The standard deviation of a reward around its expectation.
    let noise: Double

    /// Makes 200 contexts, each with as many features, and what is known in them.
    ///
    /// - Parameters:
    ///   - actions: The number of actions.
    ///   - bend: How far the expected rewards are from linear in the features.
    ///   - base: What is added to all rewards.
    ///   - logging: Turns the expected rewards of a context into scores of the policy that logs.
    ///   - target: Turns them into scores of the policy to be valued.
    init(
        actions: Int, bend: Double, base: Double = 0, noise: Double = 0.5, random: inout CounterRandom,
        logging: ([Double]) -> [Double], target: ([Double]) -> [Double]
    ) {
        let slopes = (0..<actions).map { _ in (0..<3).map { _ in 0.4 * random.normal() } }
        let bends = (0..<actions).map { _ in (0..<3).map { _ in random.normal() } }
        let features = (0..<200).map { _ in (0..<3).map { _ in random.normal() } }
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        self.features = features
        means = features.map { x in
            (0..<actions).map { base + dot(slopes[$0], x) + bend * sin(2 * dot(bends[$0], x)) }
        }
        let gaps = means.map { row in row.map { $0 - base } }
        self.logging = gaps.map { Self.softmax(logging($0)) }
        self.target = gaps.map { Self.softmax(target($0)) }
        self.noise = noise
    }

    /// What the policy earns.
    var value: Double {
        Statistics.mean(zip(target, means).map { p, m in zip(p, m).reduce(0) { $0 + $1.0 * $1.1 } })
    }

    /// A log of n decisions, and their features.
    func log(_ n: Int, random: inout CounterRandom) throws -> (sample: OffPolicySample, features: SparseRows)
    {
        var action: [Int32] = [], reward: [Double] = [], propensity: [Double] = [], policy: [Double] = []
        var rows = SparseRows()
        for _ in 0..<n {
            let x = random.below(features.count), a = random.categorical(weights: logging[x])
            action.append(Int32(a))
            reward.append(means[x][a] + noise * random.normal())
            propensity.append(logging[x][a])
            policy += target[x]
            for (column, value) in features[x].enumerated() {
                rows.append(column: Int32(column), value: value)
            }
            rows.endRow()
        }
        let sample = try OffPolicySample(
            actionCount: means[0].count, action: action, reward: reward, propensity: propensity,
            target: policy)
        return (sample, rows)
    }

    /// The root of the mean squared error of each of several estimates over seeded logs.
    static func errors(
        runs: Int, value: Double, random: CounterRandom,
        _ estimates: @Sendable (inout CounterRandom) throws -> [Double]
    ) throws -> [Double] {
        let all = try Parallel.map(runs) { run in
            var random = random.split(UInt64(run))
            return try estimates(&random)
        }
        return all[0].indices.map { i in
            Statistics.mean(all.map { ($0[i] - value) * ($0[i] - value) }).squareRoot()
        }
    }

    static func softmax(_ scores: [Double]) -> [Double] {
        let top = scores.max()!, terms = scores.map { exp($0 - top) }, sum = terms.reduce(0, +)
        return terms.map { $0 / sum }
    }
}
