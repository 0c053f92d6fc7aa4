import Bandits
import Evaluation
import HeedAPI

/// Two models on the same held-out feedback, in the unit of the metric.
struct Valuation: Sendable {
    /// `value` (more is better) or `log-loss` (less is better).
    var metric: String
    var valueA: Estimate
    var valueB: Estimate
    /// a − b with its 95% interval.
    var difference: Estimate
    /// The one-sided 95% lower bound of how much better the first is, whichever way the metric goes.
    var gain: Double
    /// The one-sided 95% upper bound of it.
    var most: Double
    /// On how many pieces.
    var count: Int
    /// How many pieces of the first model's own they are worth.
    var effective: Double
    /// Why nothing follows from it, where that is so.
    var doubt: String?
    /// What else to know.
    var findings: [String]

    init(
        metric: String, a: Contributions, b: Contributions, count: Int, effective: Double, doubt: String?,
        findings: [String]
    ) throws {
        let isLoss = metric == "log-loss"
        let gap = try Contributions(zip(a.values, b.values).map { $0 - $1 }, unit: a.unit)
        let method = SkewCorrectedInterval()
        let sided = try method.interval(gap, level: 0.9)
        self.metric = metric
        valueA = try Estimate(a)
        valueB = try Estimate(b)
        difference = try Estimate(gap)
        gain = isLoss ? -sided.upper : sided.lower
        most = isLoss ? -sided.lower : sided.upper
        self.count = count
        self.effective = effective
        self.doubt = doubt
        self.findings = findings
    }
}

extension Estimate {
    fileprivate init(_ contributions: Contributions) throws {
        let interval = try SkewCorrectedInterval().interval(contributions, level: 0.95)
        self.init(
            contributions.mean, low: interval.lower.isFinite ? interval.lower : nil,
            high: interval.upper.isFinite ? interval.upper : nil)
    }
}

/// When a new model takes over by itself.
///
/// On the feedback that no model learns from, both are valued on the same pieces: policies by the doubly robust estimate, rankers by
/// the log loss of votes, clustered by judge. A candidate takes over where
///
/// 1. there are enough pieces: 50 rewarded decisions that are worth at least 30 of the candidate's own, or 30 votes,
/// 2. nothing is wrong with the comparison, such as actions about which the log says nothing, and
/// 3. the one-sided 95% lower bound of (candidate − live) is above 0.
///
/// The first model competes with chance, `uniform`.
///
/// A live model that learnt from what a person sent whose feedback was erased since is to go: its successor takes over unless it is
/// significantly worse, that is unless the upper bound is below 0, and also where there is too little to compare on. Nothing else
/// makes a model be replaced without beating it: not feedback that went for its age, nor answers that were taken back.
///
/// **What the 5% mean.** Each training is a test of its own: a candidate that is no better than the live model takes over with a chance
/// of about 1 in 20 at most, and the more it is worse the more rarely. That is not corrected over trainings: of a hundred candidates that
/// are equal to the live model about five take its place, to no harm and no good. All of them are judged on the same held-out
/// feedback, which grows but is never drawn anew, so that after very many trainings the figures of the winner flatter it a little.
/// Where that matters, promote by hand, or let more feedback come in between (`retrainAfter`).
enum PromotionRule {
    static let decisions = 50
    static let effective = 30.0
    static let votes = 30

    /// Whether the candidate takes over, and why in a sentence.
    static func judge(
        _ valuation: Valuation, candidate: String, live: String, isStale: Bool
    ) -> (promotes: Bool, sentence: String) {
        let enough = valuation.metric == "value" ? decisions : votes
        let of = valuation.metric == "value" ? "held-out decisions" : "held-out votes"
        let figures =
            "\(candidate) has the \(valuation.metric) \(text(valuation.valueA)) on \(valuation.count) \(of), \(live) "
            + "\(text(valuation.valueB)); the difference is \(text(valuation.difference))"
        if isStale {
            return valuation.most < 0
                ? (false, "Worse: \(figures). \(live) learnt from what was erased since, and still decides.")
                : (true, "Not worse, and \(live) learnt from what was erased since: \(figures).")
        }
        if valuation.count < enough {
            return (false, "Cannot tell: there are \(valuation.count) \(of), and \(enough) are needed.")
        }
        if let doubt = valuation.doubt { return (false, "Cannot tell: \(doubt) (\(figures).)") }
        if valuation.metric == "value", valuation.effective < effective {
            return (
                false,
                "Cannot tell: \(valuation.count) \(of) are worth about \(Int(valuation.effective)) of the candidate's own, "
                    + "and \(Int(effective)) are needed."
            )
        }
        if valuation.gain > 0 { return (true, "Better: \(figures), beyond chance.") }
        if valuation.most < 0 { return (false, "Worse: \(figures).") }
        return (false, "Not shown to be better: \(figures), which chance can explain.")
    }

    private static func text(_ estimate: Estimate) -> String {
        let range = [estimate.low, estimate.high].map { $0.map(text) ?? "?" }
        return "\(text(estimate.value)) (\(range[0]) to \(range[1]))"
    }

    private static func text(_ value: Double) -> String {
        let digits = abs(value) >= 100 ? 1.0 : 1000.0
        let rounded = (value * digits).rounded() / digits
        return rounded.isFinite && abs(rounded) < 1e15 ? "\(rounded == 0 ? 0 : rounded)" : "\(value)"
    }
}
