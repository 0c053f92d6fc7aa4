import Foundation
import Kernels
import Preferences
import Signals

/// Plackett–Luce gets more from rankings than the pairs that they imply, and its intervals cover.
struct RankingRecovery: Experiment {
    var claim: String {
        "intervals cover 93–97%, where reading a ranking as independent pairs covers below 90%; error no larger"
    }
    var baseline: String { "every ranking read as independent comparisons of all its pairs" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let boards = size == .full ? 1000 : 150
        let root = CounterRandom(seed: seed)
        let found = try Parallel.map(boards) {
            board throws -> (hits: Int, pairHits: Int, error: Double, pairError: Double) in
            var random = root.split(UInt64(board))
            let truth = Boards.centred((0..<10).map { _ in random.normal() })
            var rankings = FeedbackLog(), pairs = FeedbackLog()
            for _ in 0..<150 {
                var left = Array(random.permutation(10).prefix(6))
                var order: [String] = []
                while !left.isEmpty {
                    let pick = random.categorical(weights: left.map { exp(truth[$0]) })
                    order.append(Boards.name(left.remove(at: pick)))
                }
                try rankings.append(FeedbackEvent(.ranking(Ranking(tiers: order.map { [$0] }))))
                for i in order.indices {
                    for j in order.indices where j > i {
                        try pairs.append(
                            FeedbackEvent(
                                .comparison(Comparison(left: order[i], right: order[j], outcome: .left))))
                    }
                }
            }
            func score(_ fit: RankingFit) -> (Int, Double) {
                var hits = 0, error = 0.0
                for item in fit.items {
                    let x = truth[Boards.number(item.item)]
                    hits += item.interval.contains(x) ? 1 : 0
                    error += (item.score - x) * (item.score - x) / 10
                }
                return (hits, error)
            }
            let own = score(try PlackettLuce().fit(rankings)), other = score(try BradleyTerry().fit(pairs))
            return (own.0, other.0, own.1, other.1)
        }
        let n = Double(boards * 10)
        let coverage = Double(found.reduce(0) { $0 + $1.hits }) / n
        let pairCoverage = Double(found.reduce(0) { $0 + $1.pairHits }) / n
        let error = Statistics.mean(found.map(\.error)).squareRoot()
        let pairError = Statistics.mean(found.map(\.pairError)).squareRoot()
        return ExperimentResult(
            columns: ["model", "coverage", "root mean square error"],
            rows: [
                .init("Plackett–Luce", [coverage, error]),
                .init("independent pairs", [pairCoverage, pairError]),
            ],
            holds: (0.93...0.97).contains(coverage) && pairCoverage < 0.9 && error <= pairError,
            verdict:
                "coverage \(percent(coverage)) against \(percent(pairCoverage)), error \(fixed(error)) against "
                + fixed(pairError))
    }
}
