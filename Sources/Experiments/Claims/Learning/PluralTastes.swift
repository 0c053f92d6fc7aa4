import Kernels
import Preferences

/// Several ideal points that people are mixtures of predict each of them better than one ideal point for all.
struct PluralTastes: Experiment {
    var claim: String {
        "60 people of three tastes: three prototypes predict their choices, and those of newcomers with 10 answers, better than "
            + "one by at least 10 points; five are within 2.5 points of three, held-out log loss is lowest for three or more, and "
            + "left to choose, at least three are taken"
    }
    var baseline: String { "the same model with one ideal point (K = 1)" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let seeds = size == .full ? 3 : 2
        let counts = size == .full ? [1, 2, 3, 5] : [1, 3]
        var sums = [[Double]](repeating: [0, 0, 0], count: counts.count)
        var (before, chosen): (Double, Double) = (0, 0)
        for index in 0..<seeds {
            let world = try World(seed: seed &* 1000 &+ UInt64(index))
            for (place, k) in counts.enumerated() {
                let model = try IdealPoints(prototypes: k).fit(world.answers, seed: seed)
                let (seen, new) = (try world.seen(model), try world.new(model, answers: 10))
                for (column, value) in [seen, new, model.curve[0]].enumerated() {
                    sums[place][column] += value / Double(seeds)
                }
                if k == 3 { before += try world.new(model, answers: 0) / Double(seeds) }
            }
            if size == .full {
                let free = try IdealPoints().fit(world.answers, seed: seed)
                chosen += Double(PeopleReport(free).everyone.weights.count) / Double(seeds)
            }
        }
        let (one, three) = (sums[0], sums[counts.firstIndex(of: 3)!])
        var holds = three[0] >= one[0] + 0.1 && three[1] >= one[1] + 0.1 && three[2] < one[2]
        if size == .full {
            holds = holds && sums[3][0] >= three[0] - 0.025 && sums[3][1] >= three[1] - 0.025
            holds = holds && three[2] < sums[1][2] && chosen >= 3
        }
        return ExperimentResult(
            columns: ["prototypes", "accuracy, seen", "accuracy, new with 10 answers", "held-out log loss"],
            rows: zip(counts, sums).map { .init("K = \($0)", $1) },
            holds: holds,
            verdict:
                "\(percent(three[0])) against \(percent(one[0])) for people seen, \(percent(three[1])) against "
                + "\(percent(one[1])) for newcomers (\(percent(before)) without an answer)"
                + (size == .full ? ", K chosen \(fixed(chosen)) on average" : ""))
    }

    /// People of three groups, each with an ideal point in eight dimensions that sixteen features map to.
    private struct World {
        var answers: ComparisonSet
        /// For each person seen 100 pairs, with what they truly prefer.
        var test: ComparisonSet
        /// For each newcomer, 10 answers and 100 pairs.
        var newcomers: [(answers: ComparisonSet, test: ComparisonSet)]

        init(seed: UInt64) throws {
            var random = CounterRandom(seed: seed)
            let map = (0..<128).map { _ in random.normal() / 4 }
            let points = (0..<3).map { _ in (0..<8).map { _ in 1.2 * random.normal() } }
            func distance(_ x: [Double], _ group: Int) -> Double {
                (0..<8).reduce(0) { sum, row in
                    let f = (0..<16).reduce(0) { $0 + map[row * 16 + $1] * x[$1] }
                    return sum + (f - points[group][row]) * (f - points[group][row])
                }
            }
            func comparisons(_ people: Range<Int>, each count: Int, noisy: Bool) throws -> ComparisonSet {
                var (first, second): ([[Double]], [[Double]]) = ([], [])
                var (labels, names): ([Double], [String?]) = ([], [])
                for person in people {
                    for _ in 0..<count {
                        let pair = (0..<2).map { _ in (0..<16).map { _ in random.normal() } }
                        let d = distance(pair[1], person % 3) - distance(pair[0], person % 3)
                        first.append(pair[0])
                        second.append(pair[1])
                        labels.append(noisy ? (random.bernoulli(Special.logistic(d)) ? 1 : 0) : d > 0 ? 1 : 0)
                        names.append("person \(person)")
                    }
                }
                var data = try ComparisonSet(
                    first: FeatureMatrix(first), second: FeatureMatrix(second), labels: labels)
                try data.setJudges(names)
                return data
            }
            answers = try comparisons(0..<60, each: 40, noisy: true)
            test = try comparisons(0..<60, each: 100, noisy: false)
            newcomers = try (60..<90).map {
                (
                    try comparisons($0..<$0 + 1, each: 10, noisy: true),
                    try comparisons($0..<$0 + 1, each: 100, noisy: false)
                )
            }
        }

        func seen(_ model: some PreferencePredictor) throws -> Double {
            Self.accuracy(try model.predict(test, for: .each), test)
        }

        func new(_ model: some PreferencePredictor, answers count: Int) throws -> Double {
            try newcomers.reduce(0) { sum, person in
                let answers = person.answers.selecting(Array(0..<count))
                return sum
                    + Self.accuracy(try model.predict(person.test, for: .newcomer(answers)), person.test)
            } / Double(newcomers.count)
        }

        private static func accuracy(_ predictions: [Prediction], _ data: ComparisonSet) -> Double {
            Statistics.mean(zip(predictions, data.labels).map { ($0.value > 0) == ($1 > 0.5) ? 1 : 0 })
        }
    }
}
