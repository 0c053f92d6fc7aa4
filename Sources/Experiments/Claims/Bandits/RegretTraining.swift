import Bandits
import Foundation
import Kernels

/// A layer trained on nothing but its own regret becomes follow-the-regularised-leader.
struct RegretTraining: Experiment {
    var claim: String {
        "on normal losses E[regret²] is within 2% of the best regularised leader's and at least 15% below "
            + "the zero play's; on alternating losses the "
            + "regret is at most half of the leader's; u = −c·Σℓ to R² ≥ 0.99, c within 5% of theory "
            + "without projection and within 10% "
            + "of the best with it; the audit finds growth exponents of 0.4...0.6 for the trained layer on "
            + "normal losses and at least 1 for the "
            + "leader on alternating ones, with p ≥ 0.99 in the test for a trend"
    }
    var baseline: String { "follow the leader, its regularised form, playing zero" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let trainings = size == .full ? 3 : 1
        let count = size == .full ? 30_000 : 12_000
        let (dimension, rounds) = (2, 25)
        let ball = DecisionSet.ball(radius: 1)
        let layers = Parallel.map(2 * trainings) { job in
            let loss = RegretLoss(rounds: rounds, seed: seed &* 100 &+ UInt64(job / 2))
            return loss.train(dimension: dimension, set: ball, projects: job % 2 == 0) { random, losses in
                for i in losses.indices { losses[i] = random.normal() }
            }
        }
        let projected = (0..<trainings).map { layers[2 * $0] }
        let free = (0..<trainings).map { layers[2 * $0 + 1] }
        var random = CounterRandom(seed: seed &+ 7777)
        let streams = (0..<count).map { _ in
            LossStream.normal(rounds: rounds, dimension: dimension, random: &random)
        }
        let flat = streams.map { $0.flatMap { $0 } }
        @Sendable func square(_ layer: AttentionLayer) -> Double {
            var gradient = layer.parameters
            return flat.reduce(0) { sum, losses in
                let regret = layer.regret(losses, gradient: &gradient)
                return sum + regret * regret / Double(count)
            }
        }
        @Sendable func leader(_ rate: Double) -> AttentionLayer {
            var layer = projected[0]
            layer.parameters = [-rate, 0, 0, -rate, 0, 0, 0, 0, 1]
            return layer
        }
        let grid = [0.1, 0.13, 0.16, 0.19, 0.22]
        let onGrid = Parallel.map(grid.count) { square(leader(grid[$0])) }
        // The lowest point of the parabola through the least value and its neighbours.
        let least = (1..<grid.count - 1).min { onGrid[$0] < onGrid[$1] }!
        let (left, middle, right) = (onGrid[least - 1], onGrid[least], onGrid[least + 1])
        let bestRate = grid[least] + 0.015 * (left - right) / (left - 2 * middle + right)
        let (best, zero, following) = (square(leader(bestRate)), square(leader(0)), square(leader(1e9)))
        let trained = projected.map(square).max()!
        let alternating = LossStream.alternating(rounds: rounds, dimension: dimension, on: ball)
        func hard(_ layer: AttentionLayer) -> RegretAudit {
            RegretAudit.play(alternating, on: ball, AttentionLearner(layer))
        }
        let hardTrained = projected.map { hard($0).regret }.max()!
        let hardLeader = hard(leader(1e9))
        let theory = RegretLoss.linearRate(dimension: dimension, rounds: rounds)
        let fits = projected.map { $0.leaderFit(streams) }
        let freeFits = free.map { $0.leaderFit(streams) }
        let explained = (fits + freeFits).map(\.explained).min()!
        let offFree = freeFits.map { abs($0.rate / theory - 1) }.max()!
        let offGrid = fits.map { abs($0.rate / bestRate - 1) }.max()!
        // The audit of the average regret after each round, which on these losses grows like √t.
        let audits = streams.prefix(400).map {
            RegretAudit.play($0, on: ball, AttentionLearner(projected[0]))
        }
        let average = RegretAudit(
            regrets: (0..<rounds).map { t in Statistics.mean(audits.map { $0.regrets[t] }) })
        let exponents = [average, hardLeader].map { $0.growth?.exponent ?? .nan }
        return ExperimentResult(
            columns: ["play", "E[regret²], normal", "regret, alternating", "c"],
            rows: [
                .init("trained (worst)", [trained, hardTrained, fits[0].rate]),
                .init("regularised leader, best c", [best, hard(leader(bestRate)).regret, bestRate]),
                .init(
                    "regularised leader, c in theory",
                    [square(leader(theory)), hard(leader(theory)).regret, theory]),
                .init("trained without projection", [.nan, .nan, freeFits[0].rate]),
                .init("follow the leader", [following, hardLeader.regret, .nan]),
                .init("zero", [zero, hard(leader(0)).regret, 0]),
            ],
            holds: trained <= 1.02 * best && trained <= 0.85 * zero
                && hardTrained <= 0.5 * hardLeader.regret
                && explained >= 0.99 && offFree <= 0.05 && offGrid <= 0.1
                && exponents[0] >= 0.4 && exponents[0] <= 0.6 && exponents[1] >= 1
                && hardLeader.trend.pValue >= 0.99,
            verdict:
                "E[regret²] \(fixed(trained)) against \(fixed(best)) (best leader) and "
                + "\(fixed(zero)) (zero); alternating \(fixed(hardTrained)) against \(fixed(hardLeader.regret)); R² \(fixed(explained)), c off by "
                + "\(percent(offFree)) without and \(percent(offGrid)) with projection; growth exponents "
                + "\(fixed(exponents[0])) (trained, normal) and \(fixed(exponents[1])) (leader, alternating)")
    }
}
