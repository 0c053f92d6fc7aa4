import Bandits
import Foundation
import Kernels

/// Among many experts, weights that multiply find the good one far sooner than weights that shift.
struct ManyExperts: Experiment {
    var claim: String {
        "1000 experts (200 in the quick size), one of whom errs less often by 3√(p(1 − p) log d/T): where half of them err each round, the regret of "
            + "entropic mirror descent is at most 40% of Euclidean's at the longest horizon and grows from horizon to horizon with a slope "
            + "of 0.35 to 0.65 on a log–log scale; where one in fifty errs, the two are close and it is no larger"
    }
    var baseline: String { "projected gradient steps with the adaptive step" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let experts = size == .full ? 1000 : 200
        let horizons = size == .full ? [1000, 4000, 16_000] : [250, 1000, 4000]
        let root = CounterRandom(seed: seed)
        var rows: [ExperimentResult.Row] = []
        var ratios: [Double] = [], slopes: [Double] = []
        for (world, rate) in [0.5, 0.02].enumerated() {
            let runs = world == 1 ? 4 : size == .full ? 20 : 32
            let all = Parallel.map(horizons.count * runs) { job in
                Self.play(
                    experts: experts, rate: rate, horizon: horizons[job / runs],
                    random: root.split(UInt64(1000 * world + job)))
            }
            let means = (0..<2).map { player in
                horizons.indices.map { h in Statistics.mean((0..<runs).map { all[h * runs + $0][player] }) }
            }
            ratios.append(means[0][2] / means[1][2])
            for (player, name) in ["entropic", "Euclidean"].enumerated() {
                slopes.append(ArmWorlds.slope(horizons, means[player]))
                rows.append(
                    .init("\(name), error rate \(rate)", means[player] + [slopes[2 * world + player]]))
            }
        }
        return ExperimentResult(
            columns: ["geometry"] + horizons.map { "regret at \($0)" } + ["slope"], rows: rows,
            holds: ratios[0] <= 0.4 && ratios[1] <= 1 && slopes[0] >= 0.35 && slopes[0] <= 0.65,
            verdict:
                "regret \(percent(ratios[0])) and \(percent(ratios[1])) of the baseline's, slope \(fixed(slopes[0]))"
        )
    }

    /// The expected regret of the entropic and of the Euclidean learner.
    ///
    /// - Parameter rate: How often an expert errs; the good one errs less often by 3√(rate(1 − rate) log
    ///   d/T), if that can be.
    private static func play(experts: Int, rate: Double, horizon: Int, random: CounterRandom) -> [Double] {
        var random = random
        let spread = (rate * (1 - rate) * log(Double(experts)) / Double(horizon)).squareRoot()
        let gap = min(rate, 3 * spread)
        let good = random.below(experts)
        var entropic = MirrorDescent(set: .simplex(experts))
        var euclidean = OnlineGradientDescent(set: .simplex(experts))
        var regret = [0.0, 0]
        var losses = [Double](repeating: 0, count: experts)
        for _ in 0..<horizon {
            for i in 0..<experts { losses[i] = random.uniform() < (i == good ? rate - gap : rate) ? 1 : 0 }
            let first = entropic.choose(), second = euclidean.choose()
            regret[0] += gap * (1 - first.action[good])
            regret[1] += gap * (1 - second.action[good])
            entropic.learn(first, losses)
            euclidean.learn(second, losses)
        }
        return regret
    }
}
