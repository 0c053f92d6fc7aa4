import Foundation
import Kernels
import Preferences
import Signals

/// Counting a tie as half a win keeps the order and shrinks the scale; Davidson's model gets both.
struct TieScale: Experiment {
    var claim: String {
        "Davidson's slope on the truth is within 3% of 1; ties as half a win give below 0.85"
    }
    var baseline: String { "Bradley–Terry with a tie as half a win" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let boards = size == .full ? 100 : 20
        let root = CounterRandom(seed: seed)
        let slopes = try Parallel.map(boards) { board throws -> (Double, Double, Double) in
            var random = root.split(UInt64(board))
            let truth = Boards.centred((0..<20).map { _ in random.normal() })
            let log = Boards.comparisons(truth, count: 8000, random: &random, answer: Boards.davidson(1))
            func slope(_ fit: RankingFit) -> Double {
                var xy = 0.0, xx = 0.0
                for item in fit.items {
                    let x = truth[Boards.number(item.item)]
                    xy += x * item.score
                    xx += x * x
                }
                return xy / xx
            }
            let davidson = try Davidson().fit(log)
            return (slope(davidson), slope(try BradleyTerry().fit(log)), davidson.coefficients[0].estimate)
        }
        let own = Statistics.mean(slopes.map(\.0)), half = Statistics.mean(slopes.map(\.1))
        let nu = Statistics.mean(slopes.map(\.2))
        return ExperimentResult(
            columns: ["model", "slope on the truth", "ν (true 1)"],
            rows: [.init("Davidson", [own, nu]), .init("half a win", [half, .nan])],
            holds: abs(own - 1) < 0.03 && half < 0.85 && abs(nu - 1) < 0.05,
            verdict: "slope \(fixed(own)) against \(fixed(half)); ν \(fixed(nu))")
    }
}
