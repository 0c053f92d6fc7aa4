import Foundation
import Kernels
import Preferences

/// Ensembles help against noisy labels by their mean, and against things never compared by being careful.
struct ConservativeEnsembles: Experiment {
    var claim: String {
        "choosing the best of 1024: with 25% of labels flipped, an ensemble's mean, worst case and uncertainty-weighted score "
            + "(λ = 0.5) each beat single models by 0.15 standard deviations of true value; where candidates move features "
            + "that were never compared, both careful scores beat single models by 1.0 and the mean by 0.5, and the uncertainty-weighted "
            + "one falls from its peak by at most half of what single models do"
    }
    var baseline: String { "the average of the single members; the ensemble's mean" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 8 : 6
        let pools = size == .full ? 8 : 6
        let random = CounterRandom(seed: seed)
        let worlds = [
            try Parallel.map(runs) { try noise(random.split(UInt64($0)), pools: pools) },
            try Parallel.map(runs) { try shift(random.split(1000 + UInt64($0)), pools: pools) },
        ]
        let names = ["single", "mean", "worst case", "careful"]
        var rows: [ExperimentResult.Row] = []
        var (ends, falls): ([[Double]], [[Double]]) = ([], [])
        for (world, results) in zip(["noise", "shift"], worlds) {
            ends.append(names.indices.map { kind in Statistics.mean(results.map { $0[kind].end }) })
            falls.append(names.indices.map { kind in Statistics.mean(results.map { $0[kind].fall }) })
            for (kind, name) in names.enumerated() {
                rows.append(.init("\(world): \(name)", [ends.last![kind], falls.last![kind]]))
            }
        }
        let gain = (1...3).map { ends[0][$0] - ends[0][0] }.min()!
        let worst = min(ends[1][2], ends[1][3])
        let (careful, lead) = (worst - ends[1][1], worst - ends[1][0])
        let fall = falls[1][3] / falls[1][0]
        return ExperimentResult(
            columns: ["world and score", "true value at 1024", "fall from the peak"], rows: rows,
            holds: gain >= 0.15 && careful >= 0.5 && lead >= 1 && fall <= 0.5,
            verdict:
                "noisy labels: ensembles ahead by \(fixed(gain)) at least; unseen features: careful scores ahead of "
                + "the mean by \(fixed(careful)) and of single models by \(fixed(lead)), the fall \(fixed(fall)) of single models'"
        )
    }

    private typealias Curve = (end: Double, fall: Double)

    private static let counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

    /// Curves of single members (averaged), mean, worst case and uncertainty-weighted score; true values in units of their
    /// standard deviation.
    private func curves(_ scores: [Matrix], _ gold: [[Double]]) -> [Curve] {
        let all = gold.flatMap { $0 }
        let (center, spread) = (Statistics.mean(all), Statistics.variance(all).squareRoot())
        let gold = gold.map { $0.map { ($0 - center) / spread } }
        func report(_ choose: (Matrix) -> [Double]) -> OveroptimizationReport {
            OveroptimizationReport(proxy: scores.map(choose), gold: gold, counts: Self.counts)
        }
        let single = (0..<scores[0].rows).map { member in report { $0.row(member) }.gold }
        let average = Self.counts.indices.map { place in Statistics.mean(single.map { $0[place] }) }
        let aggregates: [EnsembleAggregate] = [.mean, .worstCase, .uncertaintyWeighted(lambda: 0.5)]
        return [(average[average.count - 1], average.max()! - average[average.count - 1])]
            + aggregates.map { aggregate in
                let curve = report { aggregate($0) }
                return (curve.gold[curve.gold.count - 1], curve.index)
            }
    }

    /// 300 answers of which a quarter is flipped; five models on different random features.
    private func noise(_ random: CounterRandom, pools: Int) throws -> [Curve] {
        var random = random
        let d = 20
        func rows(_ n: Int) -> [[Double]] { (0..<n).map { _ in (0..<d).map { _ in random.normal() } } }
        var u = (0..<d).map { _ in random.normal() }
        let length = u.reduce(0) { $0 + $1 * $1 }.squareRoot()
        u = u.map { 2 * $0 / length }
        func gold(_ x: [Double]) -> Double {
            zip(u, x).reduce(0) {
                let over = max(abs($1.1) - 1, 0)
                return $0 + $1.0 * $1.1 - 0.5 * over * over
            }
        }
        let (first, second) = (rows(300), rows(300))
        let labels = zip(first, second).map { a, b in
            let y = random.bernoulli(Special.logistic(gold(a) - gold(b)))
            return y != random.bernoulli(0.25) ? 1.0 : 0
        }
        let candidates = (0..<pools).map { _ in rows(2000) }
        let members = try (0..<5).map { _ -> (LinearRewardModel, ([[Double]]) throws -> FeatureMatrix) in
            let frequencies = (0..<100).map { _ in
                (0..<d).map { _ in random.normal() / Double(d).squareRoot() }
            }
            let phases = (0..<100).map { _ in 2 * Double.pi * random.uniform() }
            let map = { (rows: [[Double]]) in
                try FeatureMatrix(
                    rows.map { x in
                        zip(frequencies, phases).map { w, b in
                            0.1 * 2.0.squareRoot() * cos(zip(w, x).reduce(b) { $0 + $1.0 * $1.1 })
                        }
                    })
            }
            let data = try ComparisonSet(first: map(first), second: map(second), labels: labels)
            return (try LinearReward(ridge: 1e-3).fit(data), map)
        }
        let scores = try candidates.map { pool in
            Matrix(
                rows: 5, columns: 2000,
                values: try members.flatMap { model, map in
                    Self.standardized(try map(pool).product(model.weights))
                })
        }
        return curves(scores, candidates.map { $0.map(gold) })
    }

    private static func standardized(_ values: [Double]) -> [Double] {
        let (mean, spread) = (
            Statistics.mean(values), Statistics.variance(values, degreesRemoved: 0).squareRoot()
        )
        return values.map { ($0 - mean) / spread }
    }

    /// Answers about ten features, candidates that move ten more, each by an amount of its own.
    private func shift(_ random: CounterRandom, pools: Int) throws -> [Curve] {
        var random = random
        let d = 10
        var u = (0..<d).map { _ in random.normal() }
        let length = u.reduce(0) { $0 + $1 * $1 }.squareRoot()
        u = u.map { 2 * $0 / length }
        func gold(_ x: [Double]) -> Double {
            (0..<d).reduce(0) { $0 + u[$1] * x[$1] - 0.25 * x[d + $1] * x[d + $1] }
        }
        func seen() -> [Double] { (0..<2 * d).map { $0 < d ? random.normal() : 0 } }
        let (first, second) = ((0..<300).map { _ in seen() }, (0..<300).map { _ in seen() })
        let labels = zip(first, second).map { a, b in
            random.bernoulli(Special.logistic(gold(a) - gold(b))) ? 1.0 : 0
        }
        let data = try ComparisonSet(
            first: FeatureMatrix(first), second: FeatureMatrix(second), labels: labels)
        let ensemble = try RewardEnsemble(LinearReward(ridge: 1e-2), bootstraps: false, startDeviation: 0.6)
            .fit(data, seed: random.next())
        var (scores, truth): ([Matrix], [[Double]]) = ([], [])
        for _ in 0..<pools {
            let pool = (0..<2000).map { _ in
                let scale = exp(0.5 * random.normal())
                return (0..<2 * d).map { _ in scale * random.normal() }
            }
            let items = try ItemSet(features: FeatureMatrix(pool))
            let model = try RewardEnsembleModel(members: ensemble.members, aggregate: .mean, reference: items)
            scores.append(try model.memberScores(items))
            truth.append(pool.map(gold))
        }
        return curves(scores, truth)
    }
}
