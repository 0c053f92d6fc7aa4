import Foundation
import Kernels
import Preferences
import Signals

/// Where strengths drift, methods that forget forecast the next games better than a ranking of all time.
struct DriftingForecast: Experiment {
    enum Method: Sendable { case elo, timeDecay }

    var method: Method

    var claim: String { "the log loss of the next games is at least 0.005 below that of a fit of all games" }
    var baseline: String { "Davidson on all games (both forgetful methods are shown)" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let seasons = size == .full ? 24 : 4
        let root = CounterRandom(seed: seed)
        let found = try Parallel.map(seasons) { season throws -> [Double] in
            var random = root.split(UInt64(season))
            let items = 30, games = 3600, days = 1200
            var strength = (0..<items).map { _ in 0.9 * random.normal() }
            var past = FeedbackLog()
            var future: [(Int, Int, Comparison.Outcome)] = []
            for game in 0..<games {
                for i in 0..<items { strength[i] = strength[i] * 0.9995 + 0.03 * random.normal() }
                let i = random.below(items)
                var j = random.below(items - 1)
                if j >= i { j += 1 }
                let outcome = Boards.davidson(0.5)(strength[i] - strength[j] + 0.3, &random)
                if game < games * 9 / 10 {
                    try past.append(
                        FeedbackEvent(
                            .comparison(
                                Comparison(
                                    left: Boards.name(i), right: Boards.name(j), outcome: outcome,
                                    first: .left)),
                            time: 86_400 * Double(days) * Double(game) / Double(games)))
                } else {
                    future.append((i, j, outcome))
                }
            }
            func loss(_ fit: RankingFit) throws -> Double {
                var score = [Double](repeating: 0, count: items)
                for item in fit.items { score[Boards.number(item.item)] = item.score }
                return future.reduce(0) { sum, game in
                    let p = fit.predictor.probability(difference: score[game.0] - score[game.1], first: .left)
                    let q = game.2 == .left ? p.win : game.2 == .right ? p.loss : p.tie
                    return sum - log(max(q, 1e-12)) / Double(future.count)
                }
            }
            return [
                try loss(try TimeDecay().fit(past)), try loss(try Elo().fit(past)),
                try loss(try Davidson().fit(past)),
            ]
        }
        let means = (0..<3).map { k in Statistics.mean(found.map { $0[k] }) }
        let holds = means[method == .elo ? 1 : 0] <= means[2] - 0.005
        return ExperimentResult(
            columns: ["model", "log loss of the next games"],
            rows: zip(["time decay", "Elo", "all time"], means).map { .init($0, [$1]) }, holds: holds,
            verdict: "time decay \(fixed(means[0])), Elo \(fixed(means[1])), all time \(fixed(means[2]))")
    }
}
