import Bandits
import Foundation
import Kernels

/// A blend of groups' own models serves every overlapping group as well as its best model; one model for all
/// does not.
struct GroupForecasts: Experiment {
    var claim: String {
        "five overlapping groups that differ: the largest excess of a group's average loss over its best fixed model is at most 0.003, "
            + "that of one model for all at least 0.004, and every group's loss is at least 15% lower"
    }
    var baseline: String { "one online ridge regression for everyone" }

    private static let groups = 5, features = 6

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 10 : 3, rounds = 4000
        let root = CounterRandom(seed: seed)
        let all = Parallel.map(runs) { run in Self.play(rounds: rounds, random: root.split(UInt64(run))) }
        let blend = all.map { $0.excess[0] }, single = all.map { $0.excess[1] }
        let losses = (0..<2).map { player in Statistics.mean(all.map { $0.loss[player] }) }
        let gains = all.map(\.leastGain)
        let worst = blend.max() ?? 0, least = single.min() ?? 0, gain = gains.min() ?? 0
        return ExperimentResult(
            columns: ["learner", "largest excess: mean", "lowest", "highest", "average loss"],
            rows: [("blend of groups", blend, 0), ("one model", single, 1)].map { name, excess, player in
                .init(name, [Statistics.mean(excess), excess.min() ?? 0, excess.max() ?? 0, losses[player]])
            },
            holds: worst <= 0.003 && least >= 0.004 && gain >= 0.15,
            verdict:
                "largest excess \(fixed(worst * 1000))‰ against \(fixed(least * 1000))‰ and more; the least gain of a group is \(percent(gain))"
        )
    }

    private struct Found: Sendable {
        /// The largest excess of a group's average loss over its best model, of the blend and of one model.
        var excess: [Double]
        var loss: [Double]
        /// The least share of one model's loss that a group saves.
        var leastGain: Double
    }

    private static func play(rounds: Int, random: CounterRandom) -> Found {
        var random = random
        let center: [Double] = (0...features).map { _ in 0.25 * random.normal() }
        let vectors: [[Double]] = (0..<groups).map { _ in center.map { $0 + 0.25 * random.normal() } }
        var blend = GroupwiseRegret(groups: groups, features: features)
        var single = GroupwiseRegret(groups: 0, features: features)
        var members: [[(x: [Double], y: Double)]] = Array(repeating: [], count: groups + 1)
        var losses = [[Double]](repeating: [Double](repeating: 0, count: groups + 1), count: 2)
        for _ in 0..<rounds {
            let x: [Double] = (0..<features).map { _ in 2 * random.uniform() - 1 }
            let own = (0..<groups).filter { _ in random.bernoulli(0.35) }
            let theta: [Double] = own.first.map { vectors[$0] } ?? center
            var score = theta[features] + 0.1 * random.normal()
            for i in 0..<features { score += x[i] * theta[i] }
            let y = min(1, max(0, 0.5 + 0.5 * score))
            let first = blend.choose(GroupExample(features: x, groups: own))
            let second = single.choose(GroupExample(features: x))
            blend.learn(first, y)
            single.learn(second, y)
            for group in own + [groups] {
                members[group].append((x + [1], y))
                losses[0][group] += pow(first.action - y, 2)
                losses[1][group] += pow(second.action - y, 2)
            }
        }
        var found = Found(excess: [0, 0], loss: losses.map { $0[groups] / Double(rounds) }, leastGain: 1)
        for (group, rows) in members.enumerated() {
            let best = leastSquares(rows), count = Double(rows.count)
            for player in 0..<2 {
                found.excess[player] = max(found.excess[player], (losses[player][group] - best) / count)
            }
            found.leastGain = min(found.leastGain, 1 - losses[0][group] / losses[1][group])
        }
        return found
    }

    /// The sum of squared errors of the best linear model in hindsight.
    private static func leastSquares(_ rows: [(x: [Double], y: Double)]) -> Double {
        let count = features + 1
        let gram = Matrix(rows: count, columns: count) { i, j in
            rows.reduce(i == j ? 1e-9 : 0) { $0 + $1.x[i] * $1.x[j] }
        }
        let moment = (0..<count).map { i in rows.reduce(0) { $0 + $1.x[i] * $1.y } }
        guard let theta = Cholesky(gram)?.solve(moment) else { return .nan }
        return rows.reduce(0) { sum, row in
            let error = row.y - zip(row.x, theta).reduce(0) { $0 + $1.0 * $1.1 }
            return sum + error * error
        }
    }
}
