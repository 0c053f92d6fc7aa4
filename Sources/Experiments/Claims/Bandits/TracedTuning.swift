import Bandits
import Foundation
import Kernels

/// A pipeline whose stages say "too low" or "too high" is tuned in far fewer runs than one that is only
/// scored.
struct TracedTuning: Experiment {
    var claim: String {
        "six parameters of a pipeline with two branches: with the trace and signs at its stages the median number of runs to an error below 0.01 "
            + "is at most half of what pattern search on the score needs, and at least 90% of the tasks are solved within 60 runs"
    }
    var baseline: String {
        "coordinate pattern search and random search on the error, two runs for each score"
    }

    private static let names = ["a", "b", "c", "d", "e", "f"]
    private static let limit = 400

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let tasks = size == .full ? 200 : 40
        let root = CounterRandom(seed: seed)
        let all = Parallel.map(tasks) { index -> [Int] in
            var random = root.split(UInt64(index))
            let task = Task(
                hidden: Self.names.map { _ in 0.1 + 0.8 * random.uniform() },
                inputs: (0..<2).map { _ in 0.5 + random.uniform() })
            return [Self.traced(task), Self.pattern(task), Self.draws(task, random)]
        }
        let names = ["signs and trace", "pattern search", "random search"]
        let medians = names.indices.map { k in Statistics.median(all.map { Double($0[k]) }) }
        let shares = names.indices.map { k in Double(all.count { $0[k] <= 60 }) / Double(tasks) }
        return ExperimentResult(
            columns: ["method", "median runs", "solved in 60"],
            rows: names.indices.map { .init(names[$0], [medians[$0], shares[$0]]) },
            holds: medians[0] <= 0.5 * medians[1] && shares[0] >= 0.9,
            verdict:
                "\(fixed(medians[0])) runs against \(fixed(medians[1])), \(percent(shares[0])) solved within 60 runs"
        )
    }

    private struct Task: Sendable {
        let hidden: [Double]
        let inputs: [Double]

        /// The values of the stages for one input: the first takes one branch, the second the other.
        func stages(_ p: [Double], _ input: Int) -> [Double] {
            let n1 = 2 * p[0] + inputs[input]
            let rest =
                input == 0
                ? [n1 * (0.5 + p[1]), n1 * (0.5 + p[1]) + p[2]]
                : [n1 + p[3] * p[3] + 0.3 * p[3], (n1 + p[3] * p[3] + 0.3 * p[3]) * (1 + p[4])]
            return [n1] + rest + [rest[1] * (0.5 + p[5])]
        }

        func error(_ p: [Double]) -> Double {
            (0..<2).map { abs(stages(p, $0)[3] - stages(hidden, $0)[3]) }.max()!
        }

        /// Runs one input, and says of each stage whether it should be larger or smaller.
        func run(_ all: TraceParameters, _ input: Int) -> TraceReport {
            var trace = Trace()
            let p = all.all.map { trace.parameter($0) }
            let x = trace.input("x", .number(inputs[input]))
            let first = trace.apply(TraceOperation("scale", numbers: { 2 * $0[0] + $0[1] }), to: [p[0], x])
            var nodes = [first]
            if input == 0 {
                nodes.append(
                    trace.apply(
                        TraceOperation("gain", numbers: { $0[0] * (0.5 + $0[1]) }), to: [first, p[1]]))
                nodes.append(
                    trace.apply(TraceOperation("shift", numbers: { $0[0] + $0[1] }), to: [nodes[1], p[2]]))
            } else {
                nodes.append(
                    trace.apply(
                        TraceOperation("bend", numbers: { $0[0] + $0[1] * $0[1] + 0.3 * $0[1] }),
                        to: [first, p[3]]))
                nodes.append(
                    trace.apply(
                        TraceOperation("stretch", numbers: { $0[0] * (1 + $0[1]) }), to: [nodes[1], p[4]]))
            }
            nodes.append(
                trace.apply(
                    TraceOperation("finish", numbers: { $0[0] * (0.5 + $0[1]) }), to: [nodes[2], p[5]]))
            var tags: [Int: TraceReport.Tag] = [:]
            for (place, wanted) in stages(hidden, input).enumerated() {
                let gap = trace.nodes[nodes[place]].value.number! - wanted
                if abs(gap) > (place == 3 ? 0.008 : 0.002) {
                    tags[nodes[place]] = gap < 0 ? .increase : .decrease
                }
            }
            return TraceReport(trace: trace, output: nodes[3], tags: tags)
        }
    }

    private static func traced(_ task: Task) -> Int {
        var tuner = SignedCoordinate(
            TraceParameters(names.map { .init($0, .number(0.5), .range(low: 0, high: 1)) }), inputs: 2)
        for run in 1...limit {
            let trial = tuner.choose()
            if task.error(trial.action.parameters.all.map { $0.value.number! }) < 0.01 { return run }
            tuner.learn(trial, task.run(trial.action.parameters, trial.action.input))
        }
        return limit + 1
    }

    /// Every coordinate has its own step; it goes on in the direction that helped, and halves its step
    /// where neither does.
    private static func pattern(_ task: Task) -> Int {
        var p = [Double](repeating: 0.5, count: names.count)
        var steps = [Double](repeating: 0.25, count: names.count)
        var best = task.error(p), runs = 2
        while runs < limit, best >= 0.01 {
            for k in p.indices {
                var improved = false
                for sign in [1.0, -1] where !improved && runs < limit && best >= 0.01 {
                    var trial = p
                    trial[k] = min(max(p[k] + sign * steps[k], 0), 1)
                    let error = task.error(trial)
                    runs += 2
                    guard error < best else { continue }
                    (p, best, improved) = (trial, error, true)
                    steps[k] *= sign
                }
                if !improved { steps[k] /= 2 }
            }
        }
        return best < 0.01 ? runs : limit + 1
    }

    private static func draws(_ task: Task, _ random: CounterRandom) -> Int {
        var random = random
        for runs in stride(from: 2, through: limit, by: 2)
        where task.error(names.map { _ in random.uniform() }) < 0.01 { return runs }
        return limit + 1
    }
}
