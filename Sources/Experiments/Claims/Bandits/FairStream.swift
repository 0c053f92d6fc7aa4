import Bandits
import Kernels

/// A forest that pushes its gates to be equal treats two groups alike at a small price in accuracy.
struct FairStream: Experiment {
    var claim: String {
        "8000 examples, two groups, the best linear rule at accuracy 0.915 and a gap of 0.30: over the second half, lambda 0.1 at least "
            + "halves the gap for at most 6 points of accuracy, and lambda 0.3 ends at a gap of at most 0.05 for at most 10"
    }
    var baseline: String { "the same forest with lambda = 0" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 10 : 4, rounds = 8000
        let lambdas = [0, 0.1, 0.3, 5]
        let root = CounterRandom(seed: seed)
        let found = Parallel.map(runs * lambdas.count) { job in
            let run = job / lambdas.count
            return Self.stream(
                FairForest(features: 6, lambda: lambdas[job % lambdas.count], seed: seed &+ UInt64(run)),
                rounds: rounds, random: root.split(UInt64(run)))
        }
        let rows = lambdas.indices.map { place in
            let mine = (0..<runs).map { found[$0 * lambdas.count + place] }
            return (
                accuracy: Statistics.mean(mine.map { $0.accuracy }), gap: Statistics.mean(mine.map { $0.gap })
            )
        }
        let free = rows[0], light = rows[1], firm = rows[2]
        return ExperimentResult(
            columns: ["lambda", "accuracy", "gap"],
            rows: zip(lambdas, rows).map { .init("\($0)", [$1.accuracy, $1.gap]) },
            holds: free.accuracy >= 0.89 && light.gap <= 0.5 * free.gap
                && free.accuracy - light.accuracy <= 0.06 && firm.gap <= 0.05
                && free.accuracy - firm.accuracy <= 0.1,
            verdict:
                "gap \(fixed(free.gap)) → \(fixed(light.gap)) → \(fixed(firm.gap)), accuracy \(fixed(free.accuracy)) "
                + "→ \(fixed(light.accuracy)) → \(fixed(firm.accuracy)) for lambda 0, 0.1, 0.3"
        )
    }

    /// Accuracy and gap over the second half of a stream.
    static func stream(
        _ forest: FairForest, rounds: Int, random: CounterRandom
    ) -> (accuracy: Double, gap: Double) {
        var forest = forest, random = random
        let direction = [0.2, 0.2, 0.5, 0.5, 0.47, 0.47]
        var right = 0.0, hits = [0.0, 0], totals = [0.0, 0]
        for round in 0..<rounds {
            let group = random.bernoulli(0.5) ? 1 : 0
            var x = (0..<6).map { _ in random.normal() }
            for i in 0..<2 { x[i] += 1.9 * (Double(group) - 0.5) }
            let score = zip(direction, x).reduce(0) { $0 + $1.0 * $1.1 }
            let label = score + 0.3 * random.normal() > 0 ? 1 : 0
            let decision = forest.choose(GroupedFeatures(features: x, group: group))
            if round >= rounds / 2 {
                right += decision.action.label == label ? 1 : 0
                hits[group] += Double(decision.action.label)
                totals[group] += 1
            }
            forest.learn(decision, label)
        }
        return (right / Double(rounds - rounds / 2), ParityGap(hits: hits, totals: totals)?.value ?? 1)
    }
}
