import Bandits
import Foundation
import Kernels

/// An interval that is watched while the log grows keeps its promise, the plain one does not.
struct WatchedValues: Experiment {
    var claim: String {
        "logs read 100 times while they grow: the always-valid 95% interval ever misses the value, or the gain "
            + "over the logging policy, in at most 5% of logs, for mild and for skewed weights"
    }
    var baseline: String { "the normal interval of the same rows, which ever misses in more than 15%" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let logs = size == .full ? 600 : 120, rows = size == .full ? 4000 : 2000
        let worlds: [(String, LoggedWorld)] = [
            ("mild weights", LoggedWorld(logging: 0.5, target: 0.7, explore: 0.2)),
            ("skewed weights", LoggedWorld(logging: 1, target: 1.5, explore: 0.05)),
            ("skewed weights, rare rewards", LoggedWorld(logging: 1, target: 1, explore: 0.2, offset: -3)),
        ]
        // The quick size cannot tell 5% from a little more: two standard errors of the simulation are let pass.
        let slack = size == .full ? 0 : 2 * (0.05 * 0.95 / Double(logs)).squareRoot()
        var table: [ExperimentResult.Row] = []
        var worst = 0.0, plain = 1.0
        for (index, (name, world)) in worlds.enumerated() {
            let root = CounterRandom(seed: seed).split(UInt64(index))
            let found = try Parallel.map(logs) { log in
                try watch(world, rows: rows, random: root.split(UInt64(log)))
            }
            let shares = found[0].indices.map { column in Statistics.mean(found.map { $0[column] }) }
            table.append(.init(name, shares))
            worst = max(worst, shares[0..<3].max() ?? 1)
            plain = min(plain, shares[3])
        }
        return ExperimentResult(
            columns: [
                "world", "value", "value, known bound", "difference", "normal", "width", "width, known bound",
                "width of normal",
            ],
            rows: table, holds: worst <= 0.05 + slack && plain > 0.15,
            verdict:
                "ever missed in \(percent(worst)) of logs at most, the plain interval in \(percent(plain)) at least"
        )
    }

    /// Whether each interval ever missed in one log, and how wide they are at the end.
    private func watch(_ world: LoggedWorld, rows: Int, random: CounterRandom) throws -> [Double] {
        var random = random
        let sample = try world.log(rows, random: &random).sample
        let value = world.value(world.target), gain = value - world.value(world.logging)
        let bound = zip(world.target, world.logging).map { $0 / $1 }.max() ?? 1
        var open = OffPolicySequence(.value, resolution: 400)
        var bounded = OffPolicySequence(.value, largestWeight: bound, resolution: 400)
        var difference = OffPolicySequence(.difference, resolution: 400)
        var missed = [false, false, false, false]
        var normal = 0.0
        var values: [Double] = []
        for row in 0..<rows {
            let weight = sample.weight(row), reward = sample.reward[row]
            try open.add(weight: weight, reward: reward)
            try bounded.add(weight: weight, reward: reward)
            try difference.add(weight: weight, reward: reward)
            values.append(weight * reward)
            guard (row + 1) % (rows / 100) == 0 else { continue }
            let plain = try StudentInterval().interval(Contributions(values), level: 0.95)
            normal = plain.upper - plain.lower
            missed[0] = missed[0] || !open.interval.contains(value)
            missed[1] = missed[1] || !bounded.interval.contains(value)
            missed[2] = missed[2] || !difference.interval.contains(gain)
            missed[3] = missed[3] || !plain.contains(value)
        }
        return missed.map { $0 ? 1 : 0 } + [
            open.interval.upper - open.interval.lower, bounded.interval.upper - bounded.interval.lower,
            normal,
        ]
    }
}
