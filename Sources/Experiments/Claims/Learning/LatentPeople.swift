import Foundation
import Kernels
import Preferences

/// People inferred from eight answers are predicted far better than by one taste for all, and chosen questions say more of them.
struct LatentPeople: Experiment {
    var claim: String {
        "200 people of two opposite tastes: inferred from 8 answers, newcomers are predicted with at least 85% accuracy, by one "
            + "taste for all with at most 60%; of four orthogonal tastes, at least 15 points better; and 4 questions chosen by the "
            + "information of their answers beat 4 random ones by at least 4 points, and lose at most 1 point with two tastes"
    }
    var baseline: String { "one Bradley–Terry network for all; random questions" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let seeds = size == .full ? 5 : 1
        let trainer =
            size == .full
            ? PairTrainer(steps: 800, batch: 1024, learningRate: 3e-3, validationShare: 0)
            : PairTrainer(steps: 500, batch: 512, learningRate: 5e-3, validationShare: 0)
        let hidden = size == .full ? [64, 64] : [32, 32]
        let groups = [2, 4]
        var rows: [[Double]] = []
        for count in groups {
            var sums = [0.0, 0.0, 0.0, 0.0]
            for index in 0..<seeds {
                let world = try World(groups: count, seed: seed &* 1000 &+ UInt64(index * 10 + count))
                let model = try VariationalPreferences(
                    latent: 4, hidden: hidden, context: 8, trainer: trainer
                )
                .fit(world.train, seed: seed)
                let pooled = try VariationalPreferences(latent: 0, hidden: hidden, trainer: trainer)
                    .fit(world.train, seed: seed)
                let chosen = try model.nextQuestions(4, among: world.candidates).map(\.place)
                let parts = Double(seeds * world.people.count)
                for person in world.people {
                    func accuracy(_ model: VariationalModel, _ audience: Audience) throws -> Double {
                        let predictions = try model.predict(person.test, for: audience)
                        return Statistics.mean(
                            zip(predictions, person.test.labels).map { ($0.value > 0) == ($1 > 0.5) ? 1 : 0 })
                    }
                    sums[0] += try accuracy(model, .newcomer(person.answers)) / parts
                    sums[1] += try accuracy(pooled, .everyone) / parts
                    sums[2] += try accuracy(model, .newcomer(person.asked.selecting(chosen))) / parts
                    sums[3] += try accuracy(model, .newcomer(person.asked.selecting(person.random))) / parts
                }
            }
            rows.append(sums)
        }
        let holds =
            rows[0][0] >= 0.85 && rows[0][1] <= 0.6 && rows[0][2] >= rows[0][3] - 0.01
            && rows[1][0] >= rows[1][1] + 0.15 && rows[1][2] >= rows[1][3] + 0.04
        return ExperimentResult(
            columns: [
                "tastes", "8 answers", "one taste for all", "4 chosen questions", "4 random questions",
            ],
            rows: zip(groups, rows).map { .init("\($0)", $1) },
            holds: holds,
            verdict: zip(groups, rows).map {
                "\($0) tastes: \(percent($1[0])) against \(percent($1[1])), with 4 chosen questions "
                    + "\(percent($1[2])) against \(percent($1[3]))"
            }.joined(separator: "; "))
    }

    /// People whose utility is one of two opposite or four orthogonal directions of five features.
    private struct World {
        var train: ComparisonSet
        var candidates: ComparisonSet
        var people: [(answers: ComparisonSet, test: ComparisonSet, asked: ComparisonSet, random: [Int])] = []

        init(groups: Int, seed: UInt64) throws {
            var random = CounterRandom(seed: seed)
            var directions: [[Double]] = []
            while directions.count < groups {
                var w = (0..<5).map { _ in random.normal() }
                if groups == 2, let first = directions.first {
                    w = first.map { -$0 }
                } else {
                    for other in directions {
                        let overlap = zip(w, other).reduce(0) { $0 + $1.0 * $1.1 }
                        w = zip(w, other).map { $0 - overlap * $1 }
                    }
                }
                let norm = w.reduce(0) { $0 + $1 * $1 }.squareRoot()
                directions.append(w.map { $0 / norm })
            }
            func item(_ random: inout CounterRandom) -> [Double] { (0..<5).map { _ in random.normal() } }
            /// Answers of people to pairs of their own, or to given ones.
            func answers(
                _ people: [Int], _ count: Int, noisy: Bool, pairs: [[[Double]]]? = nil,
                _ random: inout CounterRandom
            ) throws -> ComparisonSet {
                var (first, second): ([[Double]], [[Double]]) = ([], [])
                var (labels, names): ([Double], [String?]) = ([], [])
                for person in people {
                    for number in 0..<count {
                        let a = pairs?[number][0] ?? item(&random)
                        let b = pairs?[number][1] ?? item(&random)
                        let w = directions[person % groups]
                        var d = 0.0
                        for column in 0..<5 { d += w[column] * (a[column] - b[column]) }
                        first.append(a)
                        second.append(b)
                        labels.append(
                            noisy ? (random.bernoulli(Special.logistic(4 * d)) ? 1 : 0) : d > 0 ? 1 : 0)
                        names.append("person \(person)")
                    }
                }
                var data = try ComparisonSet(
                    first: FeatureMatrix(first), second: FeatureMatrix(second), labels: labels)
                try data.setJudges(names)
                return data
            }
            train = try answers(Array(0..<200), 16, noisy: true, &random)
            let pairs = (0..<30).map { _ in [item(&random), item(&random)] }
            candidates = try answers([0], 30, noisy: false, pairs: pairs, &random)
            for person in 200..<300 {
                people.append(
                    (
                        answers: try answers([person], 8, noisy: true, &random),
                        test: try answers([person], 50, noisy: false, &random),
                        asked: try answers([person], 30, noisy: true, pairs: pairs, &random),
                        random: Array(random.permutation(30).prefix(4))
                    ))
            }
        }
    }
}
