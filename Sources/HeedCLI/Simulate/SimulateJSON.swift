import Heed
import Kernels

/// What `heed simulate --json` prints.
struct SimulateJSON: Encodable {
    struct Point: Encodable {
        var decisions: Int
        var value: Double
        var lower: Double
        var upper: Double

        init(_ point: ReplayStudy.Point) {
            decisions = point.decisions
            value = point.value
            lower = point.interval.lower
            upper = point.interval.upper
        }
    }

    struct Policy: Encodable {
        var policy: String
        var value: Double
        var standardError: Double?
        var lower: Double?
        var upper: Double?
        var decisions: Double
        var meanWeight: Double?
        var warning: String?
        var reward: [Point]
        var regret: [Point]

        init(_ text: String, _ study: ReplayStudy) {
            policy = text
            value = study.value
            standardError = finite(study.standardError)
            lower = finite(study.interval.lower)
            upper = finite(study.interval.upper)
            decisions = study.decisions
            meanWeight = study.meanWeight
            if let weight = study.meanWeight, let error = study.meanWeightError,
                abs(weight - 1) > max(0.05, 4 * error)
            {
                warning =
                    "\(text): weights average \(NumberText.fixed(weight, 2)) instead of 1: the log's probabilities are not those of the policy "
                    + "that decided, or it never tried what this one does. The number says little."
            }
            reward = study.rewards.map(Point.init)
            regret = study.regrets.map(Point.init)
        }

        /// The mean reward in a dozen equal parts of the run.
        func segments() -> [Double] {
            let marks = stride(from: reward.count / 12 - 1, to: reward.count, by: max(1, reward.count / 12))
                .filter { $0 >= 0 }
            var before = (decisions: 0.0, sum: 0.0)
            return marks.map { mark in
                let now = (
                    decisions: Double(reward[mark].decisions),
                    sum: reward[mark].value * Double(reward[mark].decisions)
                )
                defer { before = now }
                return (now.sum - before.sum) / (now.decisions - before.decisions)
            }
        }
    }

    var mode: SimulateCommand.Mode
    var rows: Int
    var arms: Int
    var features: Int
    var runs: Int
    var seed: UInt64
    /// The mean reward of the log itself.
    var logging: Double
    var policies: [Policy]

    init(_ world: World, _ logged: LoggedDecisions, runs: Int, seed: UInt64, policies: [Policy]) {
        mode = world.mode
        rows = logged.count
        arms = logged.arms
        features = logged.log.featureNames.count
        self.runs = runs
        self.seed = seed
        logging = Statistics.mean(logged.log.reward.filter { !$0.isNaN })
        self.policies = policies
    }
}
