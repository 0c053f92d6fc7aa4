import Bandits
import Foundation
import Kernels

/// Particles that agree on a place find the valley that gradients miss.
struct ConsensusEscape: Experiment {
    var claim: String {
        "Rastrigin's function in four dimensions: consensus-based optimisation gets below 0.1 in at least 80% of the runs, gradient "
            + "descent and as many random draws in at most 20%"
    }
    var baseline: String {
        "gradient descent with exact gradients, and random draws from the law of the start"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 30 : 6
        let root = CounterRandom(seed: seed)
        let found = Parallel.map(runs) { run in
            [
                Self.consensus(seed &* 1000 &+ UInt64(run)), Self.descent(root.split(UInt64(2 * run))),
                Self.draws(root.split(UInt64(2 * run + 1))),
            ]
        }
        let names = ["consensus", "gradient descent", "random draws"]
        let shares = names.indices.map { k in Statistics.mean(found.map { $0[k] < 0.1 ? 1 : 0 }) }
        let medians = names.indices.map { k in Statistics.median(found.map { $0[k] }) }
        return ExperimentResult(
            columns: ["method", "success", "median value"],
            rows: names.indices.map { .init(names[$0], [shares[$0], medians[$0]]) },
            holds: shares[0] >= 0.8 && shares[1] <= 0.2 && shares[2] <= 0.2,
            verdict: zip(names, shares).map { "\($0) \(percent($1))" }.joined(separator: ", "))
    }

    private static let dimension = 4, particles = 200, steps = 1000

    private static func value(_ x: [Double]) -> Double {
        x.reduce(0) { $0 + $1 * $1 - 10 * cos(2 * .pi * $1) + 10 }
    }

    private static func start(_ random: inout CounterRandom) -> [Double] {
        (0..<dimension).map { _ in 2 + 2 * random.normal() }
    }

    private static func consensus(_ seed: UInt64) -> Double {
        var search = ConsensusOptimization(
            start: [Double](repeating: 2, count: dimension), spread: 2, goal: .minimize, particles: particles,
            seed: seed)
        for _ in 0..<steps {
            let batch = search.choose()
            search.learn(batch, batch.action.map(value))
        }
        return value(search.consensus)
    }

    private static func descent(_ random: CounterRandom) -> Double {
        var random = random
        var x = start(&random)
        for _ in 0..<steps {
            for j in x.indices { x[j] -= 0.002 * (2 * x[j] + 20 * .pi * sin(2 * .pi * x[j])) }
        }
        return value(x)
    }

    private static func draws(_ random: CounterRandom) -> Double {
        var random = random
        return (0..<particles * steps).reduce(Double.infinity) { best, _ in min(best, value(start(&random))) }
    }
}
