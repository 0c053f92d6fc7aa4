import Kernels

@testable import Bandits

/// Inverse propensity weighting, as small as it can be.
struct StudyIPS: ValueEstimator {
    static let id = "study-ips"
    static let needsPredictions = false

    func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        let values = (0..<sample.count).map { sample.weight($0) * sample.reward[$0] }
        return ValueEstimate(estimator: Self.id, value: Statistics.mean(values), contributions: values)
    }
}

/// The self-normalised estimate, as small as it can be.
struct StudySNIPS: ValueEstimator {
    static let id = "study-snips"
    static let needsPredictions = false

    func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        let weights = (0..<sample.count).map { sample.weight($0) }
        let mean = Statistics.mean(weights)
        let value =
            zip(weights, sample.reward).reduce(0) { $0 + $1.0 * $1.1 } / (mean * Double(sample.count))
        return ValueEstimate(
            estimator: Self.id, value: value,
            contributions: zip(weights, sample.reward).map { value + $0 / mean * ($1 - value) })
    }
}

/// Logs of three actions whose propensities and rewards depend on one number, which is −1, 0 or 1.
enum StudyLog {
    static let logging: [[Double]] = [[0.6, 0.3, 0.1], [0.3, 0.4, 0.3], [0.2, 0.2, 0.6]]
    static let reward: [[Double]] = [[0.2, 0.4, 0.6], [0.5, 0.3, 0.4], [0.6, 0.4, 0.2]]

    /// A log, the number behind each row, and the logging policy's whole distributions.
    static func make(
        _ rows: Int, target: [[Double]], seed: UInt64
    ) throws -> (sample: OffPolicySample, x: [Int], logging: [Double]) {
        var random = CounterRandom(seed: seed)
        var actions: [Int32] = []
        var rewards: [Double] = []
        var xs: [Int] = []
        for _ in 0..<rows {
            let x = random.below(3)
            let action = random.categorical(weights: logging[x])
            xs.append(x)
            actions.append(Int32(action))
            rewards.append(random.bernoulli(reward[x][action]) ? 1 : 0)
        }
        let sample = try OffPolicySample(
            actionCount: 3, action: actions, reward: rewards,
            propensity: zip(xs, actions).map { logging[$0][Int($1)] }, target: xs.flatMap { target[$0] })
        return (sample, xs, xs.flatMap { logging[$0] })
    }

    /// The value of a policy.
    static func value(_ policy: [[Double]]) -> Double {
        (0..<3).reduce(0) { $0 + zip(policy[$1], reward[$1]).reduce(0) { $0 + $1.0 * $1.1 } } / 3
    }

    /// A policy that is better than the logging policy, one that is worse.
    static let better: [[Double]] = [[0.1, 0.2, 0.7], [0.7, 0.1, 0.2], [0.7, 0.2, 0.1]]
    static let worse: [[Double]] = [[0.9, 0.05, 0.05], [0.2, 0.6, 0.2], [0.05, 0.05, 0.9]]
}
