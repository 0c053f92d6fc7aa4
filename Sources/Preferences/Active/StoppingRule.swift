import Evaluation
import Foundation
import Kernels

/// Tells when enough votes are in, and about how many are still missing.
///
/// Each question of the goal (which of two neighbours is better; which side of the top k an item is on) is
/// settled when |μ| > c·√v, and a practical tie when |μ| + c·√v < margin, with μ and v the posterior mean and
/// variance of the difference. c is the two-sided normal quantile, or with `anytime` the critical value of
/// `ConfidenceSequence` at t = 4/v votes, the number of direct votes between equals that would give the variance v;
/// that makes the answer one that may be looked at after every vote. With `simultaneous` the error is shared
/// among the questions (Bonferroni), so that the confidence is that of all statements together.
///
/// The number of votes left is Σ (1/v* − 1/v)/J over the open questions, with v* the variance that would
/// settle one where its difference is what it seems, and J the information of one direct vote there: an
/// estimate, and too high where votes on one pair help others. Complexity: O(n log n).
///
/// ```swift
/// let advice = StoppingRule().assess(scheduler)
/// print(advice.sentence)   // 6 of 11 neighbours are settled; about 140 more votes
/// ```
public struct StoppingRule: Sendable, Hashable {
    /// The confidence of the statements.
    public var confidence = 0.95
    /// The difference, in log-odds, below which two items count as practically tied; 0.4 is 60 to 40. `nil`
    /// for none: equal items then never settle.
    public var margin: Double? = 0.4
    /// Whether the rule stays honest for one who looks after every vote.
    public var anytime = true
    /// The number of votes on a pair at which the anytime rule is sharpest; set it before the first vote.
    public var plannedVotes = 100.0
    /// Whether the confidence is that of all statements together.
    public var simultaneous = true
    /// Stop, too, when the best comparison would teach less than this many nats.
    public var minimumGain: Double?

    /// The defaults.
    public init() {}

    /// Where the questions of the goal stand.
    public func assess(_ scheduler: ComparisonScheduler) -> StoppingAdvice {
        let posterior = scheduler.posterior
        let questions = Self.questions(scheduler.order, scheduler.options.goal)
        let gain = InformationGain(link: posterior.answers.link, tie: posterior.answers.tie)
        var advice = StoppingAdvice(goal: scheduler.options.goal, questions: questions.count)
        let level = (1 - confidence) / Double(simultaneous ? max(1, questions.count) : 1)
        var votes = 0.0
        var best = 0.0
        for (i, j) in questions {
            let mean = abs(posterior.means[i] - posterior.means[j])
            let variance = posterior.variance(i, j)
            if minimumGain != nil { best = max(best, gain.expected(mean: mean, variance: variance).nats) }
            let reach = criticalValue(variance, level) * variance.squareRoot()
            if mean > reach {
                advice.separated += 1
            } else if let margin, mean + reach < margin {
                advice.tied += 1
            } else {
                votes += missing(mean, variance, level) / max(gain.information(at: mean), 1e-6)
            }
        }
        advice.votesLeft = votes.isFinite ? votes : nil
        advice.gainExhausted = minimumGain.map { best < $0 } ?? false
        return advice
    }

    /// The questions of a goal, as pairs of items.
    static func questions(_ order: [Int], _ goal: ScheduleGoal) -> [(Int, Int)] {
        guard order.count > 1 else { return [] }
        guard let k = goal.boundary(order.count) else { return Array(zip(order, order.dropFirst())) }
        return order[..<k].map { ($0, order[k]) } + order[(k + 1)...].map { (order[k - 1], $0) }
    }

    func criticalValue(_ variance: Double, _ level: Double) -> Double {
        if !anytime { return Special.normalQuantile(1 - level / 2) }
        let units = min(max(1, 4 / max(variance, 1e-12)), 1e15)
        // A level or a plan outside its range settles nothing.
        guard let sequence = try? ConfidenceSequence(level: 1 - level, tunedFor: plannedVotes) else {
            return .infinity
        }
        return sequence.widthFactor(units)
    }

    /// The precision that is missing until a difference of this size is settled one way or the other.
    private func missing(_ mean: Double, _ variance: Double, _ level: Double) -> Double {
        let distance = max(mean, (margin ?? 0) - mean)
        if !(distance > 0) { return .infinity }
        var target = variance
        // The critical value depends on the variance a little, so that a few turns are enough.
        for _ in 0..<20 {
            let c = criticalValue(target, level)
            target = (distance / c) * (distance / c)
        }
        return max(0, 1 / target - 1 / max(variance, 1e-12))
    }
}

/// Where the votes stand, and whether to stop.
public struct StoppingAdvice: Sendable, Hashable {
    /// What the votes are to find out.
    public var goal: ScheduleGoal
    /// How many questions there are: neighbours in rank, or items in or out of the top.
    public var questions: Int
    /// How many were answered by a clear difference.
    public var separated = 0
    /// How many were answered by a practical tie.
    public var tied = 0
    /// About how many more votes it takes to settle the rest; `nil` where no number would (equal items and no
    /// margin).
    public var votesLeft: Double? = 0
    /// Whether the best comparison would teach less than the rule's least gain.
    public var gainExhausted = false

    /// How many questions are settled.
    public var settled: Int { separated + tied }

    /// Whether to stop.
    public var shouldStop: Bool { settled == questions || gainExhausted }

    /// The state of affairs in words.
    public var sentence: String {
        if questions == 0 { return "there is nothing to compare" }
        let what: String
        switch goal {
        case .ranking: what = "neighbours are settled"
        case .top(let k): what = "items are settled as in or out of the top \(k)"
        case .best: what = "rivals of the best are settled"
        }
        var text = settled == questions ? "all \(questions) \(what)" : "\(settled) of \(questions) \(what)"
        if tied > 0 { text += " (\(tied) as practical ties)" }
        if settled == questions { return text + "; stop here" }
        if gainExhausted { return text + "; another vote would teach next to nothing: stop here" }
        guard let votesLeft else { return text + "; no number of votes will tell equal items apart" }
        return text + "; about \(Self.rounded(votesLeft)) more votes"
    }

    /// Two figures are all that such an estimate is good for.
    private static func rounded(_ votes: Double) -> String {
        let scale = pow(10, max(0, (log10(max(votes, 1))).rounded(.down) - 1))
        let value = max(1, (votes / scale).rounded(.up) * scale)
        return value < 1e15 ? String(Int(value)) : "more than 10^15"
    }
}
