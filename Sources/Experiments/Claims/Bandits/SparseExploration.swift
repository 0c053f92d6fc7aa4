import Bandits
import Kernels

/// Inverse-gap weighting wastes less than a fixed share of random draws, on the same predictions.
struct SparseExploration: Experiment {
    var claim: String {
        "eight words out of 300, six actions: SquareCB's mean reward is at least 0.015 above that of ε-greedy (ε = 0.1) on the "
            + "same sparse regression, not below any of ε = 0.1, 0.05 and 0.02, and at least 0.15 above uniform draws"
    }
    var baseline: String { "ε-greedy on the same regression" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 20 : 6, rounds = size == .full ? 40_000 : 25_000
        let root = CounterRandom(seed: seed)
        let all = Parallel.map(runs) { run -> [Double] in
            [
                play(SquareCB(arms: 6, seed: UInt64(run)), rounds, root.split(UInt64(run))),
                play(RegressionGreedy(epsilon: 0.1, seed: UInt64(run)), rounds, root.split(UInt64(run))),
                play(RegressionGreedy(epsilon: 0.05, seed: UInt64(run)), rounds, root.split(UInt64(run))),
                play(RegressionGreedy(epsilon: 0.02, seed: UInt64(run)), rounds, root.split(UInt64(run))),
                play(UniformChoice(arms: 6, seed: UInt64(run)), rounds, root.split(UInt64(run))),
            ]
        }
        let means = (0..<5).map { which in Statistics.mean(all.map { $0[which] }) }
        let ahead = [1, 2, 3, 4].map { means[0] - means[$0] }
        return ExperimentResult(
            columns: ["exploration", "mean reward"],
            rows: zip(["inverse gap", "ε = 0.1", "ε = 0.05", "ε = 0.02", "uniform"], means).map {
                .init($0, [$1])
            },
            holds: ahead[0] >= 0.015 && ahead.min()! >= 0 && ahead[3] >= 0.15,
            verdict: "\(fixed(means[0])), ahead by " + ahead.map(fixed).joined(separator: ", "))
    }

    /// The mean of the chances that a policy takes.
    private func play(_ start: some ArmPolicy, _ rounds: Int, _ stream: CounterRandom) -> Double {
        var policy = start, random = stream
        let world = WordWorld(words: 300, actions: 6, random: &random)
        var sum = 0.0
        for _ in 0..<rounds {
            let context = world.occasion(&random)
            let decision = policy.choose(context)
            let chance = world.chance(context, decision.action)
            sum += chance
            policy.learn(decision, random.bernoulli(chance) ? 1 : 0)
        }
        return sum / Double(rounds)
    }
}

/// ε-greedy on the regression that SquareCB uses.
private struct RegressionGreedy: ArmPolicy {
    static let id = "regression-greedy"
    let epsilon: Double
    var journal: Journal
    var regression = SparseRegression(arms: 6)

    init(epsilon: Double, seed: UInt64) {
        self.epsilon = epsilon
        journal = Journal(seed: seed)
    }

    var arms: Int? { regression.arms }

    func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        var scores = [Double](repeating: 0, count: p.count)
        regression.predict(context.features, into: &scores)
        let choices = context.choices(of: p.count)
        Arms.putOnBest(choices, &p) { scores[$0] }
        for arm in choices { p[arm] = (1 - epsilon) * p[arm] + epsilon / Double(choices.count) }
    }

    mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {
        regression.learn(decision.context.features, arm: decision.action, outcome)
    }
}
