import Bandits
import Foundation
import Kernels

/// A world in which the mean reward, or the log-odds of a click, is linear in the features.
struct LinearWorld: Sendable {
    /// What an arm is known by.
    enum Form: Sendable {
        /// Features of the occasion, and weights for each arm.
        case separate
        /// Features of each arm, drawn anew in every round, and shared weights.
        case shared
    }

    let form: Form
    let arms: Int
    /// The weights of each arm; one vector where they are shared.
    let weights: [[Double]]
    /// The noise of a reward; `nil` for clicks.
    let noise: Double?

    /// Draws a world: the first feature is a constant 1, weights are normal with variance 1/d, `offset` is added to the first.
    init(
        _ form: Form, arms: Int, features: Int, noise: Double?, offset: Double = 0, scale: Double = 1,
        random: inout CounterRandom
    ) {
        self.form = form
        self.arms = arms
        self.noise = noise
        let deviation = scale / Double(features).squareRoot()
        var weights: [[Double]] = []
        for _ in 0..<(form == .separate ? arms : 1) {
            var row = (0..<features).map { _ in deviation * random.normal() }
            row[0] += offset
            weights.append(row)
        }
        self.weights = weights
    }

    /// The cumulative pseudo-regret of a policy after each of `marks`, against the arm that is the best in each round.
    ///
    /// - Parameter marks: Numbers of rounds, rising.
    func regret(_ policy: some ArmPolicy, marks: [Int], random: CounterRandom) -> [Double] {
        var policy = policy
        let features = weights[0].count
        var regret = 0.0
        var found: [Double] = []
        for round in 1...(marks.last ?? 1) {
            // Every round has its own numbers: policies of one world meet the same contexts and the same luck.
            var random = random.split(UInt64(round))
            let rows = (0..<(form == .separate ? 1 : arms)).map { _ in
                FeatureVector([1] + (1..<features).map { _ in random.normal() })
            }
            let context =
                form == .separate ? BanditContext(features: rows[0]) : BanditContext(armFeatures: rows)
            let means = (0..<arms).map { arm in
                let score = weights[form == .separate ? arm : 0].withUnsafeBufferPointer {
                    rows[form == .separate ? 0 : arm].dot($0)
                }
                return noise == nil ? Special.logistic(score) : score
            }
            let decision = policy.choose(context)
            let mean = means[decision.action]
            regret += (means.max() ?? 0) - mean
            let luck = random.openUniform()
            policy.learn(
                decision, noise.map { mean + $0 * Special.normalQuantile(luck) } ?? (luck < mean ? 1 : 0))
            if found.count < marks.count, marks[found.count] == round { found.append(regret) }
        }
        return found
    }
}
