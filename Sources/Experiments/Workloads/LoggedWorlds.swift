import Bandits
import Foundation
import Kernels

/// A world with few contexts, in which the value of every policy is known exactly, and its logs.
struct LoggedWorld: Sendable {
    let contexts = 60
    let dimension = 3
    let actions = 4
    /// The contexts' features, row after row.
    let features: [Double]
    /// π₀(a|x), π(a|x) and E[r|x, a], a row for each context.
    let logging: [Double]
    let target: [Double]
    let reward: [Double]

    /// Creates a world.
    ///
    /// - Parameters:
    ///   - logging: How sharply the logging policy prefers actions.
    ///   - target: How sharply the policy to be valued prefers others.
    ///   - explore: The share of decisions that the logging policy makes uniformly at random.
    ///   - offset: Added to the log-odds of a reward; −3 makes rewards rare.
    ///   - skill: How much the logging policy prefers actions that pay.
    init(logging: Double, target: Double, explore: Double, offset: Double = 0, skill: Double = 0) {
        var random = CounterRandom(seed: 20)
        let (contexts, dimension, actions) = (self.contexts, self.dimension, self.actions)
        let x = (0..<contexts * dimension).map { _ in random.normal() }
        func scores(_ scale: Double) -> [Double] {
            let theta = (0..<actions * dimension).map { _ in random.normal() }
            return (0..<contexts * actions).map { cell in
                let (context, action) = (cell / actions, cell % actions)
                return scale
                    * (0..<dimension).reduce(0) {
                        $0 + theta[action * dimension + $1] * x[context * dimension + $1]
                    }
            }
        }
        func policy(_ scores: [Double], _ explore: Double) -> [Double] {
            (0..<contexts).flatMap { context in
                let row = Array(scores[context * actions..<(context + 1) * actions])
                let total = Special.logSumExp(row)
                return row.map { (1 - explore) * exp($0 - total) + explore / Double(actions) }
            }
        }
        features = x
        let (chosen, wanted, paid) = (scores(logging), scores(target), scores(0.7))
        self.logging = policy(zip(chosen, paid).map { $0 + skill * $1 }, explore)
        self.target = policy(wanted, 0)
        reward = paid.map { Special.logistic($0 + offset) }
    }

    /// The value of a policy.
    func value(_ policy: [Double]) -> Double {
        zip(policy, reward).reduce(0) { $0 + $1.0 * $1.1 } / Double(contexts)
    }

    /// A log of decisions, and the context of each.
    ///
    /// - Parameter predicted: The expected rewards of a model, a row for each context, or empty.
    func log(
        _ rows: Int, random: inout CounterRandom, predicted: [Double] = []
    ) throws -> (sample: OffPolicySample, context: [Int]) {
        var action: [Int32] = []
        var rewards: [Double] = []
        var propensity: [Double] = []
        var targets: [Double] = []
        var models: [Double] = []
        var seen: [Int] = []
        for _ in 0..<rows {
            let context = random.below(contexts)
            let place = context * actions
            var u = random.uniform()
            var chosen = 0
            while chosen < actions - 1, u >= logging[place + chosen] {
                u -= logging[place + chosen]
                chosen += 1
            }
            action.append(Int32(chosen))
            rewards.append(random.bernoulli(reward[place + chosen]) ? 1 : 0)
            propensity.append(logging[place + chosen])
            targets.append(contentsOf: target[place..<place + actions])
            if !predicted.isEmpty { models.append(contentsOf: predicted[place..<place + actions]) }
            seen.append(context)
        }
        let sample = try OffPolicySample(
            actionCount: actions, action: action, reward: rewards, propensity: propensity, target: targets,
            predicted: models)
        return (sample, seen)
    }
}

/// The self-normalised estimate of a log with its linearised contributions, corrected by a reward model where there is
/// one.
struct SelfNormalised: ValueEstimator {
    static let id = "self-normalised"
    static let needsPredictions = false

    func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate {
        let k = sample.actionCount
        let weights = (0..<sample.count).map { sample.weight($0) }
        let base = (0..<sample.count).map { row in
            sample.predicted.isEmpty
                ? 0 : (row * k..<(row + 1) * k).reduce(0.0) { $0 + sample.target[$1] * sample.predicted[$1] }
        }
        let residual = (0..<sample.count).map { row in
            sample.reward[row]
                - (sample.predicted.isEmpty ? 0 : sample.predicted[row * k + Int(sample.action[row])])
        }
        let mean = Statistics.mean(weights)
        let ratio = zip(weights, residual).reduce(0) { $0 + $1.0 * $1.1 } / (mean * Double(sample.count))
        return ValueEstimate(
            estimator: Self.id, value: ratio + Statistics.mean(base),
            contributions: (0..<sample.count).map {
                base[$0] + ratio + weights[$0] / mean * (residual[$0] - ratio)
            })
    }
}
