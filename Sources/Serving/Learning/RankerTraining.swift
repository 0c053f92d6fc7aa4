import Bandits
import Foundation
import HeedAPI
import Preferences
import Signals

/// Learns scores of items from votes.
enum RankerTraining {
    /// The standard deviation of scores beforehand. What decides must not take an item that won its only three games for a sure
    /// thing, so that this is narrower than where a ranking is only looked at.
    static let priorScale = 2.0

    static func run(_ data: VoteData, method: String, _ progress: JobProgress) throws -> RankerModel {
        guard !data.learn.isEmpty else {
            throw ServiceError.notReady(
                "there is no vote to learn from yet: send comparisons, rankings or choices")
        }
        try progress.report(0.5, "fits \(method) to \(data.learn.count) votes")
        var options = BoardOptions()
        options.priorScale = priorScale
        let fit = try PreferenceModels.model(method, options).fit(data.learn)
        return RankerModel(
            method: fit.model,
            scores: Dictionary(fit.items.map { ($0.item, $0.score) }) { first, _ in first },
            predictor: fit.predictor)
    }
}

/// Held-out votes made ready to score rankers on: how surprised each is by them.
///
/// The log loss of a comparison is that of which side won, given that one did: a tie counts as half of each, so that models with and
/// without ties are scored alike. A ranking or a choice is scored as Plackett and Luce's model of its places. What is skipped says nothing.
struct RankerBench {
    private let votes: [FeedbackEvent]
    private let unit: [Int32]
    private let notes: [String]

    /// The fewest judges by which votes are clustered.
    private static let judges = 5

    init(_ held: [FeedbackEvent]) throws {
        votes = held.filter { event in
            if case .comparison(let comparison) = event.feedback { return comparison.outcome != .skip }
            if case .choice(let choice) = event.feedback { return choice.among.count > 1 }
            return true
        }
        guard votes.count >= PromotionRule.votes else {
            throw ServiceError.notReady(
                "there are \(votes.count) held-out votes, and \(PromotionRule.votes) are needed: about "
                    + "\(5 * (PromotionRule.votes - votes.count)) more votes would do, of which a fifth is held out"
            )
        }
        var names = Names()
        var next: Int32 = 0
        var numbers: [UInt32: Int32] = [:]
        var units: [Int32] = []
        for vote in votes {
            let code = vote.judge.map { names.intern($0) }
            if let code, let known = numbers[code] {
                units.append(known)
                continue
            }
            if let code { numbers[code] = next }
            units.append(next)
            next += 1
        }
        let isClustered = next >= Self.judges
        unit = isClustered ? units : []
        notes =
            isClustered
            ? []
            : ["The votes are of \(next) judges: the intervals hold for these, and not for others like them."]
    }

    /// Scores two rankers on the same votes.
    func compare(_ a: any Chooser, _ b: any Chooser) throws -> Valuation {
        let (first, second) = ((a as? RankerChooser)?.model, (b as? RankerChooser)?.model)
        return try Valuation(
            metric: "log-loss", a: Contributions(votes.map { Self.loss($0, first) }, unit: unit),
            b: Contributions(votes.map { Self.loss($0, second) }, unit: unit), count: votes.count,
            effective: Double(votes.count), doubt: nil, findings: notes)
    }

    /// The log loss of a vote; `nil` stands for chance.
    static func loss(_ vote: FeedbackEvent, _ model: RankerModel?) -> Double {
        let score = { (item: String) in model?.score(item) ?? 0 }
        switch vote.feedback {
        case .comparison(let comparison):
            let p = model?.predictor.probability(
                difference: score(comparison.left) - score(comparison.right), first: comparison.first)
            let (win, loss) = (p?.win ?? 0.5, p?.loss ?? 0.5)
            let left = max(win / (win + loss), 1e-12), right = max(loss / (win + loss), 1e-12)
            let share: Double
            switch comparison.outcome {
            case .left: share = comparison.probability ?? 1
            case .right: share = comparison.probability ?? 0
            default: share = comparison.probability ?? 0.5
            }
            return -share * log(left) - (1 - share) * log(right)
        case .choice(let choice):
            return surprise(score(choice.chosen), choice.among.map(score))
        case .ranking(let ranking):
            var left = ranking.tiers.flatMap { $0 } + ranking.unplaced
            var loss = 0.0
            for tier in ranking.tiers where left.count > tier.count {
                let scores = left.map(score)
                for item in tier { loss += surprise(score(item), scores) / Double(tier.count) }
                left.removeFirst(tier.count)
            }
            return loss
        default: return 0
        }
    }

    /// −log of the share that an item has of the strength of all.
    private static func surprise(_ own: Double, _ all: [Double]) -> Double {
        let top = all.max() ?? own
        return top + log(all.reduce(0) { $0 + exp($1 - top) }) - own
    }
}
