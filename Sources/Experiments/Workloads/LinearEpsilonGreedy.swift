import Bandits
import Kernels

/// The baseline of linear policies: ridge regression and, now and then, any arm at all.
struct LinearEpsilonGreedy: ArmPolicy {
    static let id = "linear-epsilon-greedy"

    let arms: Int?
    let epsilon: Double
    var journal: Journal
    private var belief: LinearBelief

    init(_ world: LinearWorld, epsilon: Double, seed: UInt64) {
        arms = world.form == .separate ? world.arms : nil
        self.epsilon = epsilon
        journal = Journal(seed: seed)
        belief = LinearBelief(models: arms ?? 1, features: world.weights[0].count)
    }

    private func features(_ context: BanditContext, _ arm: Int) -> FeatureVector {
        arms == nil ? context.armFeatures[arm] : context.features
    }

    func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let choices = context.choices(of: p.count)
        Arms.putOnBest(choices, &p) {
            belief.mean(features(context, $0), model: arms == nil ? 0 : $0)
        }
        for arm in choices { p[arm] = (1 - epsilon) * p[arm] + epsilon / Double(choices.count) }
    }

    mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        let arm = decision.action
        belief.learn(features(decision.context, arm), outcome, model: arms == nil ? 0 : arm)
    }
}
