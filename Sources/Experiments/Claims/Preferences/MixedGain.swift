import Foundation
import Kernels
import Preferences
import Signals

/// Comparisons, rankings and ratings together know more than the best of them alone.
struct MixedGain: Experiment {
    var claim: String { "the error is at least 15% below that of the best single kind" }
    var baseline: String { "the best of Davidson, Plackett–Luce and the rating scale, each on its own kind" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let boards = size == .full ? 200 : 30
        let root = CounterRandom(seed: seed)
        let found = try Parallel.map(boards) { board throws -> [Double] in
            var random = root.split(UInt64(board))
            let items = 10
            let truth = Boards.centred((0..<items).map { _ in 0.7 * random.normal() })
            let comparisons = Boards.comparisons(
                truth, count: 250, random: &random, answer: Boards.davidson(0.3))
            var rankings = FeedbackLog(), ratings = FeedbackLog()
            for _ in 0..<50 {
                var left = Array(random.permutation(items).prefix(5))
                var order: [[String]] = []
                while !left.isEmpty {
                    let pick = random.categorical(weights: left.map { exp(truth[$0]) })
                    order.append([Boards.name(left.remove(at: pick))])
                }
                try rankings.append(FeedbackEvent(.ranking(Ranking(tiers: order))))
            }
            for judge in 0..<40 {
                let severity = random.normal()
                for item in random.permutation(items).prefix(5) {
                    let weights = (0...3).map { (level: Int) -> Double in
                        let x = Double(level)
                        return exp(x * (truth[item] + severity) - 0.4 * x * (x - 3))
                    }
                    try ratings.append(
                        FeedbackEvent(
                            .rating(Rating(Boards.name(item), Double(random.categorical(weights: weights)))),
                            judge: "judge\(judge)"))
                }
            }
            var all = comparisons
            all.append(contentsOf: rankings)
            all.append(contentsOf: ratings)
            func error(_ fit: RankingFit) -> Double {
                fit.items.reduce(0) { sum, item in
                    let d = item.score - truth[Boards.number(item.item)]
                    return sum + d * d / Double(items)
                }
            }
            return [
                error(try MixedFeedback().fit(all)), error(try Davidson().fit(comparisons)),
                error(try PlackettLuce().fit(rankings)), error(try RatingScale().fit(ratings)),
            ]
        }
        let errors = (0..<4).map { k in Statistics.mean(found.map { $0[k] }).squareRoot() }
        let best = errors[1...].min() ?? 0
        return ExperimentResult(
            columns: ["model", "root mean square error"],
            rows: zip(["mixed", "comparisons alone", "rankings alone", "ratings alone"], errors).map {
                .init($0, [$1])
            },
            holds: errors[0] <= 0.85 * best,
            verdict: "\(fixed(errors[0])) against \(fixed(best)) of the best single kind")
    }
}
