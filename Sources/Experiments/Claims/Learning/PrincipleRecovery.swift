import Kernels
import Preferences

/// The principles behind choices are found again, and judge by them where a habit is no help.
struct PrincipleRecovery: Experiment {
    var claim: String {
        "five principles learnt from choices by three hidden rules, a tenth of them the wrong way round, agree with at "
            + "least 85% of new choices (at most 90% can be), and all three rules are among them"
    }
    var baseline: String { "a judge that prefers what is longer; the side that was chosen more often" }

    /// A feature, and whether more of it is better.
    struct Rule: Sendable {
        var column: Int
        var isMore: Bool
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let seeds = size == .full ? 5 : 2
        let runs = try Parallel.map(seeds) { index in
            var random = CounterRandom(seed: seed).split(UInt64(index))
            let first = 1 + random.below(24)
            let rules = [
                Rule(column: first, isMore: random.bernoulli(0.5)),
                Rule(column: 1 + (first + random.below(23)) % 24, isMore: random.bernoulli(0.5)),
                Rule(column: 0, isMore: true),
            ]
            let reversed = rules.map { Rule(column: $0.column, isMore: !$0.isMore) }
            return try [rules, reversed].map { rules in
                let train = try Self.data(1500, rules, &random)
                let test = try Self.data(600, rules, &random)
                let habit = InverseConstitution(principles: 0, fallback: FeatureDirection(column: 0))
                let model = try InverseConstitution().fit(train, seed: seed)
                let majority = train.labels.reduce(0, +) * 2 > Double(train.count)
                let found = rules.allSatisfy { rule in
                    model.everyone.articles.contains {
                        $0.column == rule.column && $0.prefersMore == rule.isMore
                    }
                }
                return [
                    HeldOutReport(
                        probabilities: try model.predict(test, for: .everyone).map(\.probability), data: test,
                        resamples: 0
                    ).all.accuracy,
                    HeldOutReport(
                        probabilities: try habit.fit(train).predict(test, for: .everyone).map(\.probability),
                        data: test, resamples: 0
                    ).all.accuracy,
                    test.labels.reduce(0) { $0 + ($1 == (majority ? 1 : 0) ? 1 : 0) } / Double(test.count),
                    found ? 1 : 0,
                ]
            }
        }
        let means = (0..<2).map { set in
            (0..<4).map { column in Statistics.mean(runs.map { $0[set][column] }) }
        }
        let worst = means.map { $0[0] }.min() ?? 0
        let holds =
            worst >= 0.85 && means[0][1] <= 0.65 && means[1][1] < 0.5
            && means[0][3] == 1 && means[1][3] == 1
        return ExperimentResult(
            columns: ["choices", "constitution", "longer", "majority", "all rules found"],
            rows: [.init("by the rules", means[0]), .init("by the opposite rules", means[1])],
            holds: holds,
            verdict:
                "agreement \(percent(means[0][0])) and \(percent(means[1][0])), preferring what is longer "
                + "\(percent(means[0][1])) and \(percent(means[1][1])); all rules found in "
                + "\(percent((means[0][3] + means[1][3]) / 2)) of runs")
    }

    /// Pairs with a length and 24 counts, chosen by the first rule that tells them apart.
    private static func data(
        _ count: Int, _ rules: [Rule], _ random: inout CounterRandom
    ) throws -> ComparisonSet {
        var (values, labels): ([[Double]], [Double]) = ([], [])
        for _ in 0..<count {
            var row = [(20 * (random.normal() - random.normal())).rounded()]
            for _ in 0..<24 { row.append(Double(random.poisson(0.5) - random.poisson(0.5))) }
            let rule = rules.first { row[$0.column] != 0 }
            var isFirst = rule.map { (row[$0.column] > 0) == $0.isMore } ?? random.bernoulli(0.5)
            if random.bernoulli(0.1) { isFirst.toggle() }
            values.append(row)
            labels.append(isFirst ? 1 : 0)
        }
        return try ComparisonSet(
            first: FeatureMatrix(values),
            second: FeatureMatrix(
                rows: count, columns: 25, values: [Double](repeating: 0, count: 25 * count)),
            labels: labels)
    }
}
