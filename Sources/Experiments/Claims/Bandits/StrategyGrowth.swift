import Bandits
import Foundation
import Kernels

/// Volatile strategies that take turns earn more together than the best of them alone.
struct StrategyGrowth: Experiment {
    var claim: String {
        "ten concentrated strategies on six volatile simulated assets: the universal rule never ends below its best particle less log 511, grows "
            + "on average at least as fast as the best single strategy and faster in at least 60% of runs; the accelerated rule "
            + "grows faster by 0.0005 on average and in at least 60% of runs"
    }
    var baseline: String { "the best single strategy in hindsight" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 40 : 10, periods = 5000
        let root = CounterRandom(seed: seed)
        let all = Parallel.map(runs) { run in
            Self.play(periods: periods, seed: seed &+ UInt64(run), random: root.split(UInt64(run)))
        }
        let names = [
            "universal", "exponentiated gradient", "accelerated", "uniform",
            "best constant combination in hindsight",
            "best single strategy in hindsight",
        ]
        func above(_ player: Int) -> Double {
            Double(all.count { $0.growth[player] > $0.growth[5] }) / Double(runs)
        }
        let means = names.indices.map { player in Statistics.mean(all.map { $0.growth[player] }) }
        let slack = all.map(\.slack).min() ?? -1
        return ExperimentResult(
            columns: ["rule", "growth", "runs above the best strategy"],
            rows: names.enumerated().map { player, name in .init(name, [means[player], above(player)]) },
            holds: slack >= 0 && means[0] >= means[5] && above(0) >= 0.6 && means[2] >= means[5] + 0.0005
                && above(2) >= 0.6,
            verdict: String(
                format:
                    "growth %.5f and %.5f against %.5f, above in %.0f%% and %.0f%% of runs; %.2f above the bound",
                means[0], means[2], means[5], 100 * above(0), 100 * above(2), slack))
    }

    private struct Found: Sendable {
        var growth: [Double]
        /// The universal rule's log-wealth above what is guaranteed.
        var slack: Double
    }

    private static func play(periods: Int, seed: UInt64, random: CounterRandom) -> Found {
        let payoffs = market(periods: periods, random: random)
        let count = payoffs[0].count
        let rules: [StrategyEnsemble] = [
            StrategyEnsemble(strategies: count, seed: seed),
            StrategyEnsemble(strategies: count, rule: .exponentiatedGradient()),
            StrategyEnsemble(strategies: count, rule: .accelerated()),
        ]
        var growth: [Double] = []
        var slack = 0.0
        var best = 0.0
        for (place, rule) in rules.enumerated() {
            var policy = rule
            for row in payoffs {
                let decision = policy.choose()
                policy.learn(decision, row)
            }
            growth.append(policy.wealth.growth)
            if place == 0 {
                let particles = policy.particleLogWealth
                slack = policy.wealth.logWealth - (particles.max() ?? 0) + log(Double(particles.count))
                best = policy.strategyGrowth.max() ?? 0
            }
        }
        let uniform = payoffs.reduce(0) { $0 + log($1.reduce(0, +) / Double(count)) } / Double(periods)
        let constant = BestCombination(payoffs: payoffs.flatMap { $0 }, strategies: count).growth
        return Found(growth: growth + [uniform, constant, best], slack: slack)
    }

    /// The pay-offs of each asset alone and of all-in on the winner or the loser of the last 1 or 5 periods.
    private static func market(periods: Int, random: CounterRandom) -> [[Double]] {
        var random = random
        let assets = 6
        let drift = (0..<assets).map { _ in 5e-4 + 3e-4 * random.normal() }
        var phi = 0.1
        var past = [[Double]](repeating: [Double](repeating: 0, count: assets), count: 5)
        var rows: [[Double]] = []
        for _ in 0..<periods {
            if random.bernoulli(1.0 / 250) { phi = -phi }
            let last = past[4]
            let gains = (0..<assets).map { drift[$0] + phi * last[$0] + 0.1 * random.normal() }
            var chosen = Array(0..<assets)
            for span in [1, 5] {
                let score = (0..<assets).map { asset in past.suffix(span).reduce(0) { $0 + $1[asset] } }
                chosen.append(score.indices.max { score[$0] < score[$1] } ?? 0)
                chosen.append(score.indices.min { score[$0] < score[$1] } ?? 0)
            }
            rows.append(chosen.map { exp(gains[$0]) })
            past.removeFirst()
            past.append(gains)
        }
        return rows
    }
}
