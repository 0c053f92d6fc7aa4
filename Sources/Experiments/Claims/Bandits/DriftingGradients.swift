import Bandits
import Foundation
import Kernels

/// A bet that the next gradient is like the last one pays where losses drift slowly, and an ensemble pays
/// where they jump.
struct DriftingGradients: Experiment {
    var claim: String {
        "linear losses on a ball whose direction is drawn anew every 50 rounds: the optimistic learner gains at least 15% more than "
            + "adaptive gradient descent under noise 0.1, at least 5% more under noise 0.3, and the ensemble at least 5% more than "
            + "the optimistic learner"
    }
    var baseline: String { "mirror descent without a hint, step 2/√(1 + Σ‖g‖²)" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 20 : 5, rounds = 4000
        let root = CounterRandom(seed: seed)
        let worlds: [(noise: Double, period: Int)] = [(0.1, 50), (0.3, 50), (0.5, 500)]
        let all = Parallel.map(worlds.count * runs) { job in
            let world = worlds[job / runs]
            return Self.play(
                noise: world.noise, period: world.period, rounds: rounds, random: root.split(UInt64(job)))
        }
        let names = [
            "no hint", "optimistic", "ensemble", "optimistic steps, without the bet", "knows the direction",
        ]
        let means = worlds.indices.map { world in
            names.indices.map { player in Statistics.mean((0..<runs).map { all[world * runs + $0][player] }) }
        }
        let gains = [
            means[0][1] / means[0][0] - 1, means[1][1] / means[1][0] - 1, means[0][2] / means[0][1] - 1,
        ]
        return ExperimentResult(
            columns: ["learner"] + worlds.map { "loss at noise \($0.noise), period \($0.period)" },
            rows: names.enumerated().map { player, name in .init(name, means.map { $0[player] }) },
            holds: gains[0] >= 0.15 && gains[1] >= 0.05 && gains[2] >= 0.05,
            verdict:
                "optimism gains \(percent(gains[0])) and \(percent(gains[1])), the ensemble \(percent(gains[2])) more"
        )
    }

    /// The losses of the learner without a hint, the optimistic one, the ensemble, the optimistic one's
    /// anchor, and one who knows the direction.
    private static func play(noise: Double, period: Int, rounds: Int, random: CounterRandom) -> [Double] {
        var random = random
        let dimension = 5
        let set = ConvexSet.ball(dimension)
        var plain = OptimisticMirrorDescent(set: set, usesHint: false)
        var optimistic = OptimisticMirrorDescent(set: set)
        var ensemble = OptimisticEnsemble(set: set, horizon: rounds, gradientBound: 1 + 3 * noise)
        var known = 0.0, anchored = 0.0
        var mean: [Double] = []
        for round in 0..<rounds {
            if round % period == 0 {
                mean = (0..<dimension).map { _ in random.normal() }
                let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
                mean = mean.map { $0 / length }
            }
            let gradient = mean.map { $0 + noise * random.normal() }
            known -= zip(gradient, mean).reduce(0) { $0 + $1.0 * $1.1 }
            anchored += zip(gradient, optimistic.anchor).reduce(0) { $0 + $1.0 * $1.1 }
            let decisions = [plain.choose(), optimistic.choose(), ensemble.choose()]
            plain.learn(decisions[0], gradient)
            optimistic.learn(decisions[1], gradient)
            ensemble.learn(decisions[2], gradient)
        }
        return [plain.meter.loss, optimistic.meter.loss, ensemble.meter.loss, anchored, known]
    }
}
