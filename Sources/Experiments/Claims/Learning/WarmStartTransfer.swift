import Kernels
import Preferences

/// A taste like most people's is learnt from few comparisons by starting from many people's votes.
struct WarmStartTransfer: Experiment {
    var claim: String {
        "started from 20,000 votes and pulled to them (λ = 30), a model of a similar taste is 5 points more accurate than one "
            + "from scratch after 70 comparisons, 1 point after 300, and within 1 point after 3000"
    }
    var baseline: String { "from scratch with the same λ; the model of the votes, untouched" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 4 : 2
        let random = CounterRandom(seed: seed)
        let counts = [70, 300, 3000]
        let results = try Parallel.map(runs) {
            try once(random.split(UInt64($0)), counts, choosesPull: size == .full)
        }
        let rows = counts.indices.map { row in
            ExperimentResult.Row(
                "\(counts[row])", (0..<4).map { column in Statistics.mean(results.map { $0[row][column] }) })
        }
        let gains = rows.map { $0.values[0] - $0.values[1] }
        return ExperimentResult(
            columns: ["comparisons", "warm start", "from scratch", "untouched", "λ chosen"], rows: rows,
            holds: gains[0] >= 0.05 && gains[1] >= 0.01 && abs(gains[2]) <= 0.01,
            verdict:
                "ahead of scratch by \(percent(gains[0])), \(percent(gains[1])) and \(percent(gains[2])); the untouched "
                + "model has \(percent(rows[0].values[2])) where the warm start after 70 has \(percent(rows[0].values[0]))"
        )
    }

    private func once(_ random: CounterRandom, _ counts: [Int], choosesPull: Bool) throws -> [[Double]] {
        var random = random
        let d = 60
        func normals(_ scale: Double) -> [Double] { (0..<d).map { _ in scale * random.normal() } }
        func scaled(_ x: [Double], to length: Double) -> [Double] {
            let now = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return x.map { $0 * length / now }
        }
        let shared = scaled(normals(1), to: 2)
        let taste = zip(shared, scaled(normals(1), to: 1.2)).map { $0 + $1 }
        func pairs(_ weights: [Double], _ count: Int, corruption: Double = 0) throws -> (
            ComparisonSet, [Double]
        ) {
            let (first, second) = ((0..<count).map { _ in normals(1) }, (0..<count).map { _ in normals(1) })
            let truth = zip(first, second).map { a, b in
                zip(weights, zip(a, b)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
            }
            let labels = truth.map { d in
                random.bernoulli(Special.logistic(d)) != random.bernoulli(corruption) ? 1.0 : 0
            }
            let data = try ComparisonSet(
                first: FeatureMatrix(first), second: FeatureMatrix(second), labels: labels)
            return (data, truth)
        }
        let pool = try LinearReward(ridge: 1e-4).fit(pairs(shared, 20_000, corruption: 0.2).0)
        let (test, truth) = try pairs(taste, 4000)
        func accuracy(_ model: LinearRewardModel) -> Double {
            let answers = test.differences().product(model.weights)
            return Double(zip(answers, truth).count { $0 * $1 > 0 }) / Double(truth.count)
        }
        let nothing = LinearRewardModel(weights: [Double](repeating: 0, count: d))
        return try counts.map { count in
            let data = try pairs(taste, count).0
            return [
                accuracy(try WarmStart(pool, pull: 30).fit(data)),
                accuracy(try WarmStart(nothing, pull: 30).fit(data)),
                accuracy(pool), choosesPull ? accuracy(try WarmStart(pool).fit(data)) : .nan,
            ]
        }
    }
}
