import Bandits
import Foundation
import Kernels

/// Regret that grows like the logarithm of the rounds, against one that grows like the rounds or is far
/// larger.
struct RegretGrowth: Experiment {
    /// The method under test.
    enum Method: Sendable {
        case ucb1, klUCB, betaThompson, gaussianThompson
    }

    let method: Method

    var claim: String {
        let world =
            switch method {
            case .klUCB: "ten arms that pay in 1 to 5 of 100 rounds"
            case .gaussianThompson:
                "five arms with normal rewards of unknown scatter, the best ahead by half of it"
            default: "five coins, the best 0.2 ahead"
            }
        return
            "\(world): the regret's slope on a log–log scale is at most \(fixed(most.slope)) over the last two doublings "
            + "of the rounds, and the regret at most \(percent(most.share)) of the baseline's"
    }

    var baseline: String { method == .klUCB ? "UCB1" : "ε-greedy with ε = 0.1" }

    private var most: (slope: Double, share: Double) {
        switch method {
        case .ucb1: (0.4, 0.5)
        case .klUCB: (0.5, 0.5)
        case .betaThompson: (0.4, 0.4)
        case .gaussianThompson: (0.4, 0.4)
        }
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let full = size == .full
        let deviation = 4.0
        let means: [Double]
        let rounds: Int, runs: Int
        switch method {
        case .ucb1:
            means = [0.7, 0.5, 0.5, 0.4, 0.3]
            (rounds, runs) = full ? (100_000, 40) : (50_000, 8)
        case .klUCB:
            means = [0.05, 0.03, 0.02, 0.02, 0.02, 0.01, 0.01, 0.01, 0.01, 0.01]
            (rounds, runs) = full ? (80_000, 20) : (40_000, 6)
        case .betaThompson:
            means = [0.7, 0.5, 0.5, 0.4, 0.3]
            (rounds, runs) = full ? (12_000, 30) : (4000, 8)
        case .gaussianThompson:
            means = [2, 0, 0, -1, -2]
            (rounds, runs) = full ? (12_000, 30) : (4000, 8)
        }
        let marks = [rounds / 4, rounds / 2, rounds]
        func play<P: ArmPolicy>(_ make: @Sendable (UInt64) -> P) -> [Double] {
            guard method == .gaussianThompson else {
                return ArmWorlds.averageRegret(runs: runs, means: means, marks: marks, seed: seed, make: make)
            }
            return ArmWorlds.averageRegret(
                runs: runs, means: means, marks: marks, seed: seed, make: make,
                pay: { $0 + deviation * $1.normal() })
        }
        let arms = means.count
        let ours =
            switch method {
            case .ucb1: play { UCB1(arms: arms, seed: $0) }
            case .klUCB: play { KLUCB(arms: arms, seed: $0) }
            case .betaThompson: play { BetaThompson(arms: arms, seed: $0) }
            case .gaussianThompson: play { GaussianThompson(arms: arms, deviationOutcomes: 1, seed: $0) }
            }
        let theirs =
            method == .klUCB
            ? play { UCB1(arms: arms, seed: $0) } : play { EpsilonGreedy(arms: arms, seed: $0) }
        let slopes = [ArmWorlds.slope(marks, ours), ArmWorlds.slope(marks, theirs)]
        let share = ours[2] / theirs[2]
        return ExperimentResult(
            columns: ["policy", "regret at a quarter", "regret", "slope"],
            rows: [
                .init("the method", [ours[0], ours[2], slopes[0]]),
                .init(baseline, [theirs[0], theirs[2], slopes[1]]),
            ],
            holds: slopes[0] <= most.slope && share <= most.share,
            verdict:
                "slope \(fixed(slopes[0])) against \(fixed(slopes[1])), regret \(percent(share)) of the baseline's"
        )
    }
}
