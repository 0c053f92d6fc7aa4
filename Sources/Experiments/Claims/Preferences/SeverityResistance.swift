import Foundation
import Kernels
import Preferences
import Signals

/// Severe and lenient judges who see different items mislead the mean rating, not the rating-scale model.
struct SeverityResistance: Experiment {
    var claim: String { "Spearman with the truth at least 0.9 and at least 0.1 above the mean rating's" }
    var baseline: String { "the mean rating of each item" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let boards = size == .full ? 100 : 12
        let root = CounterRandom(seed: seed)
        let found = try Parallel.map(boards) { board throws -> (Double, Double) in
            var random = root.split(UInt64(board))
            let items = 30
            let truth = (0..<items).map { _ in 0.6 * random.normal() }
            var log = FeedbackLog()
            var sum = [Double](repeating: 0, count: items), count = sum
            for judge in 0..<150 {
                let severity = 1.5 * random.normal()
                // Severe judges are sent one half of the items more often.
                for item in 0..<items {
                    let share = (item < items / 2) == (severity < 0) ? 0.5 : 0.1
                    if random.uniform() >= share { continue }
                    let weights = (0...4).map { (level: Int) -> Double in
                        let x = Double(level)
                        return exp(x * (truth[item] + severity) - 0.5 * x * (x - 4))
                    }
                    let level = random.categorical(weights: weights)
                    sum[item] += Double(level)
                    count[item] += 1
                    try log.append(
                        FeedbackEvent(
                            .rating(Rating(Boards.name(item), Double(level + 1))), judge: "judge\(judge)"))
                }
            }
            let fit = try RatingScale().fit(log)
            let known = fit.items.map { Boards.number($0.item) }
            let truths = known.map { truth[$0] }
            return (
                Statistics.spearman(fit.items.map(\.score), truths),
                Statistics.spearman(known.map { sum[$0] / max(count[$0], 1) }, truths)
            )
        }
        let own = Statistics.mean(found.map(\.0)), mean = Statistics.mean(found.map(\.1))
        return ExperimentResult(
            columns: ["model", "Spearman with the truth"],
            rows: [.init("rating scale", [own]), .init("mean rating", [mean])],
            holds: own >= 0.9 && own >= mean + 0.1, verdict: "\(fixed(own)) against \(fixed(mean))")
    }
}
