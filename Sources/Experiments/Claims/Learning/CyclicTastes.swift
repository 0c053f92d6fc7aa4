import Kernels
import Preferences

/// Skew scores predict what goes in circles, where a score for each item can say nothing.
struct CyclicTastes: Experiment {
    var claim: String {
        "four triples that beat one another in a circle, and an order between them: within triples, skew scores reach a "
            + "log loss of at most 0.45 with every direction right, a score for each item at least 0.65; between triples both are "
            + "within 2 points"
    }
    var baseline: String { "Bradley–Terry with a score for each item" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let seeds = size == .full ? 3 : 1
        let names = ["truth", "skew scores", "a score for each item"]
        var sums = [[Double]](repeating: [0, 0, 0], count: names.count)
        for index in 0..<seeds {
            var random = CounterRandom(seed: seed).split(UInt64(index))
            let train = try Self.comparisons(3000, &random)
            let test = try Self.comparisons(3000, &random)
            let skew = try GeneralPreference(
                blocks: 6, hidden: [],
                trainer: PairTrainer(
                    steps: size == .full ? 1500 : 700, batch: size == .full ? 3000 : 1000,
                    learningRate: 0.03, validationShare: 0)
            ).fit(train, seed: seed)
            let single = try LinearReward().fit(train)
            let predictions = [
                (0..<test.count).map { Self.logit(test.left[$0], test.right[$0]) },
                try skew.predict(test, for: .everyone).map(\.value),
                try single.predict(test, for: .everyone).map(\.value),
            ]
            for (row, values) in predictions.enumerated() {
                for (column, value) in Self.measures(values, test).enumerated() {
                    sums[row][column] += value / Double(seeds)
                }
            }
        }
        let (skew, single) = (sums[1], sums[2])
        return ExperimentResult(
            columns: ["model", "log loss within", "directions right within", "directions right between"],
            rows: zip(names, sums).map { .init($0, $1) },
            holds: skew[0] <= 0.45 && single[0] >= 0.65 && skew[1] >= 1
                && abs(skew[2] - single[2]) <= 0.02,
            verdict:
                "within triples \(fixed(skew[0])) nats against \(fixed(single[0])) (the truth \(fixed(sums[0][0]))), "
                + "directions right \(percent(skew[1])) against \(percent(single[1])); between triples "
                + "\(percent(skew[2])) against \(percent(single[2]))")
    }

    /// The log-odds of an item over another: 2 along the circle of its triple, 3 over every lower triple.
    private static func logit(_ a: Int, _ b: Int) -> Double {
        if a / 3 != b / 3 { return a / 3 < b / 3 ? 3 : -3 }
        return (a + 1) % 3 == b % 3 ? 2 : -2
    }

    private static func comparisons(_ count: Int, _ random: inout CounterRandom) throws -> ComparisonSet {
        let items = try ItemSet(
            features: FeatureMatrix((0..<12).map { item in (0..<12).map { $0 == item ? 1 : 0 } }))
        var (left, right, labels): ([Int], [Int], [Double]) = ([], [], [])
        for _ in 0..<count {
            let a = random.below(12)
            let b = (a + 1 + random.below(11)) % 12
            left.append(a)
            right.append(b)
            labels.append(random.bernoulli(Special.logistic(logit(a, b))) ? 1 : 0)
        }
        return try ComparisonSet(items: items, left: left, right: right, labels: labels)
    }

    /// The log loss within triples, and the shares of directions that are right, within and between.
    private static func measures(_ values: [Double], _ test: ComparisonSet) -> [Double] {
        var (loss, right, count) = (0.0, [0.0, 0.0], [0.0, 0.0])
        for place in 0..<test.count {
            let (a, b) = (test.left[place], test.right[place])
            let kind = a / 3 == b / 3 ? 0 : 1
            count[kind] += 1
            right[kind] += values[place] * logit(a, b) > 0 ? 1 : 0
            if kind == 0 { loss += LogisticLoss().value(values[place], label: test.labels[place]) }
        }
        return [loss / count[0], right[0] / count[0], right[1] / count[1]]
    }
}
