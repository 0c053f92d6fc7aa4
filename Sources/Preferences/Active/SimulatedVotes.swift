import Foundation
import Kernels

/// One simulated ranking: true scores, a judge who answers by them, and a scheduler that learns.
struct SimulatedVotes {
    private let truth: [Double]
    private let answers: AnswerModel
    private let criterion: ScheduleSavings.Criterion
    private var scheduler: ComparisonScheduler
    private var random: CounterRandom

    init(
        truth: [Double], answers: AnswerModel, options: ScheduleOptions, criterion: ScheduleSavings.Criterion,
        random: CounterRandom
    ) throws {
        self.truth = truth
        self.answers = answers
        self.criterion = criterion
        self.random = random
        var options = options
        options.seed = self.random.next()
        // Names of equal length, so that their order by bytes is that of the numbers.
        let names = truth.indices.map { String($0 + 1_000_000) }
        scheduler = try ComparisonScheduler(items: names, options: options)
    }

    /// The number of votes until the criterion holds, looked at after every quarter of a vote an item; `nil`
    /// where it never did.
    mutating func votes(active: Bool, limit: Int) throws -> Int? {
        let step = max(1, truth.count / 4)
        var count = 0
        while count < limit {
            if active {
                for proposal in try scheduler.ask(count: step) {
                    vote(Int(proposal.left)! - 1_000_000, Int(proposal.right)! - 1_000_000)
                    count += 1
                }
            } else {
                for _ in 0..<step {
                    let i = random.below(truth.count)
                    let j = (i + 1 + random.below(truth.count - 1)) % truth.count
                    vote(i, j)
                    count += 1
                }
            }
            try scheduler.refit()
            if holds { return count }
        }
        return nil
    }

    private mutating func vote(_ i: Int, _ j: Int) {
        let p = answers.link.probability(truth[i] - truth[j], tie: answers.tie)
        let u = random.uniform()
        let code = u < p.win ? LinkKind.left : u < p.win + p.tie ? LinkKind.tie : LinkKind.right
        scheduler.learn(i, j, code: code, weight: 1, place: 0)
    }

    private var holds: Bool {
        switch criterion {
        case .agreement(let tau):
            return Statistics.kendallTauB(truth, scheduler.posterior.means) >= tau
        case .settled(let share, let rule):
            let advice = rule.assess(scheduler)
            return Double(advice.settled) >= share * Double(advice.questions)
        case .entropy(let bits):
            let pairs = StoppingRule.questions(scheduler.order, .ranking)
            let total = pairs.reduce(0.0) { sum, pair in
                let spread = scheduler.posterior.variance(pair.0, pair.1).squareRoot()
                let distance = abs(scheduler.posterior.means[pair.0] - scheduler.posterior.means[pair.1])
                return sum + Self.entropy(Special.normalCDF(-distance / max(spread, 1e-12)))
            }
            return total <= bits * Double(pairs.count)
        }
    }

    /// The entropy of a yes or no of this probability, in bits.
    private static func entropy(_ p: Double) -> Double {
        p <= 0 || p >= 1 ? 0 : -p * log2(p) - (1 - p) * log2(1 - p)
    }
}
