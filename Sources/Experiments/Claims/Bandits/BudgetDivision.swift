import Bandits
import Foundation
import Kernels

/// Learnt budgets bring nearly what the best division brings, and keep both constraints.
struct BudgetDivision: Experiment {
    var claim: String {
        "two channels of 20 auctions: the value is at least 95% of the optimum's where the budget binds, where one channel is useless and where the return "
            + "binds, with spend at most 2% above the budget and the return missed by at most 1%; the useless channel's world pays 20% more "
            + "than an equal split, and the equal split misses the return by 15%"
    }
    var baseline: String { "the budget split evenly; the optimum that knows the channels" }

    private struct World: Sendable {
        var name: String
        var channels: [KnapsackChannel]
        var target: Double
        var exploration: Double
    }
    private static let budget = 4.0
    private static let worlds = [
        World(
            name: "budget binds", channels: [.init(costs: 0.2...1.0), .init(costs: 0.5...1.6)], target: 1.2,
            exploration: 2),
        World(
            name: "useless channel", channels: [.init(costs: 0.2...1.0), .init(costs: 2...4)], target: 1.2,
            exploration: 2),
        World(
            name: "return binds", channels: [.init(costs: 0.2...1.0), .init(costs: 0.5...1.6)], target: 2.4,
            exploration: 0.3),
    ]

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = 2, horizon = 20_000
        let samples = size == .full ? 4000 : 1000
        let root = CounterRandom(seed: seed)
        let optima = Parallel.map(Self.worlds.count) { world in
            Self.optimum(Self.worlds[world], samples: samples, random: root.split(UInt64(100 + world)))
        }
        let all = Parallel.map(Self.worlds.count * runs) { job in
            Self.play(Self.worlds[job / runs], horizon: horizon, random: root.split(UInt64(job)))
        }
        var rows: [ExperimentResult.Row] = []
        var shares: [Double] = [], spends: [Double] = [], slacks: [Double] = []
        for (place, world) in Self.worlds.enumerated() {
            let mine = Array(all[place * runs..<(place + 1) * runs])
            func mean(_ value: (Found) -> Double) -> Double { Statistics.mean(mine.map(value)) }
            let value = mean { $0.value }, spend = mean { $0.spend }
            shares.append(value / optima[place].value)
            spends.append(spend / Self.budget)
            slacks.append((value - world.target * spend) / (world.target * spend))
            rows.append(
                .init(
                    world.name,
                    [
                        value, optima[place].value, mean { $0.early } / optima[place].value, spend,
                        slacks[place],
                        mean { $0.prices[0] }, mean { $0.prices[1] },
                    ]))
            let even = optima[place].even
            let loss = even.value / (world.target * even.spend) - 1
            rows.append(
                .init(
                    "\(world.name): equal split",
                    [even.value, optima[place].value, .nan, even.spend, loss, .nan, .nan]))
        }
        let gain = shares[1] * optima[1].value / optima[1].even.value
        let even = optima[2].even
        let missed = 1 - even.value / (Self.worlds[2].target * even.spend)
        let share = shares.min() ?? 0, spend = spends.max() ?? 2, slack = slacks.min() ?? -1
        return ExperimentResult(
            columns: ["world", "value", "optimum", "share after 1000", "spend", "return's slack", "λ", "μ"],
            rows: rows,
            holds: share >= 0.95 && spend <= 1.02 && slack >= -0.01 && gain >= 1.2 && missed >= 0.15,
            verdict:
                "at least \(percent(share)) of the optimum, spend \(percent(spend)) of the budget, return's slack \(percent(slack)); \(percent(gain - 1)) above the equal split, which misses the return by \(percent(missed))"
        )
    }

    private struct Found: Sendable {
        var value = 0.0, spend = 0.0, early = 0.0
        var prices = [0.0, 0]
    }

    private static func play(_ world: World, horizon: Int, random: CounterRandom) -> Found {
        var random = random
        var policy = ChannelBudgets(
            channels: world.channels.count, maxBudget: 6, levels: 13, budget: budget,
            returnTarget: world.target,
            exploration: world.exploration, horizon: horizon)
        var found = Found()
        for period in 1...horizon {
            let decision = policy.choose()
            let results = zip(world.channels, decision.action).map { channel, budget in
                KnapsackChannel.play(channel.draw(&random), budget: budget)
            }
            policy.learn(decision, results)
            found.value += results.reduce(0) { $0 + $1.value } / Double(horizon)
            found.spend += results.reduce(0) { $0 + $1.spend } / Double(horizon)
            if period == 1000 { found.early = found.value * Double(horizon) / 1000 }
        }
        found.prices = [policy.returnPrice, policy.budgetPrice]
        return found
    }

    /// The value of the best mixture of budgets, and what the equal split brings.
    private static func optimum(
        _ world: World, samples: Int, random: CounterRandom
    ) -> (value: Double, even: ChannelResult) {
        var random = random
        let grid = (0..<13).map { Double($0) / 2 }
        var means = [[ChannelResult]](
            repeating: [ChannelResult](repeating: ChannelResult(value: 0, spend: 0), count: grid.count),
            count: world.channels.count)
        for _ in 0..<samples {
            for (j, channel) in world.channels.enumerated() {
                let auctions = channel.draw(&random)
                for (a, budget) in grid.enumerated() {
                    let result = KnapsackChannel.play(auctions, budget: budget)
                    means[j][a].value += result.value / Double(samples)
                    means[j][a].spend += result.spend / Double(samples)
                }
            }
        }
        // The linear programme's dual: convex in the two prices.
        func dual(_ lambda: Double, _ mu: Double) -> Double {
            means.reduce(mu * budget) { sum, channel in
                sum
                    + (channel.map { (1 + lambda) * $0.value - (lambda * world.target + mu) * $0.spend }.max()
                        ?? 0)
            }
        }
        let value = least(0...20) { lambda in least(0...20) { dual(lambda, $0) } }
        // Half the budget of 4 is the grid's fifth point.
        let even = means.reduce(ChannelResult(value: 0, spend: 0)) {
            ChannelResult(value: $0.value + $1[4].value, spend: $0.spend + $1[4].spend)
        }
        return (value, even)
    }

    /// The least value of a convex function on an interval, by thirds.
    private static func least(_ range: ClosedRange<Double>, _ function: (Double) -> Double) -> Double {
        var low = range.lowerBound, high = range.upperBound
        for _ in 0..<60 {
            let a = low + (high - low) / 3, b = high - (high - low) / 3
            if function(a) <= function(b) { high = b } else { low = a }
        }
        return function((low + high) / 2)
    }
}
