import Bandits
import Foundation
import Kernels

/// Exploration that decays makes regret grow far slower than exploration that does not.
struct DecayingExploration: Experiment {
    var claim: String {
        "five coins, the best 0.1 ahead: with decaying exploration the regret's slope on a log–log scale is "
            + "at most 0.6 over the "
            + "second half of the run and the regret at most half of constant exploration's"
    }
    var baseline: String { "ε = 0.1 for ever" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 60 : 8, rounds = size == .full ? 200_000 : 100_000
        let means = [0.6, 0.5, 0.5, 0.4, 0.3]
        let marks = [rounds / 16, rounds / 8, rounds / 4, rounds / 2, rounds]
        func mean(_ make: @Sendable (UInt64) -> EpsilonGreedy) -> [Double] {
            ArmWorlds.averageRegret(runs: runs, means: means, marks: marks, seed: seed, make: make)
        }
        let constant = mean { EpsilonGreedy(arms: means.count, seed: $0) }
        let decaying = mean { EpsilonGreedy(arms: means.count, epsilon: 1, decay: 500, seed: $0) }
        let slopes = [decaying, constant].map { ArmWorlds.slope(Array(marks.suffix(3)), Array($0.suffix(3))) }
        let ratio = decaying[4] / constant[4]
        return ExperimentResult(
            columns: ["exploration", "regret", "slope"],
            rows: [
                .init("ε = min(1, 500/t)", [decaying[4], slopes[0]]),
                .init("ε = 0.1", [constant[4], slopes[1]]),
            ],
            holds: slopes[0] <= 0.6 && ratio <= 0.5,
            verdict:
                "slope \(fixed(slopes[0])) against \(fixed(slopes[1])), regret \(fixed(ratio)) of the baseline's"
        )
    }
}
