import Kernels
import Preferences
import Tensors

/// Qualities mixed by prompt, with length taken out of the ratings, predict preferences that nothing else here does.
struct GatedQualities: Experiment {
    var claim: String {
        "three qualities and length in 20 features, raters who leak length, two types of prompts: gates on debiased ratings "
            + "predict noise-free preferences better than one mixture by 0.12, a weighted sum of features by 0.15 and gates on "
            + "raw ratings by 0.08; the quality that a type of prompt wants has a gate larger by 0.5 there than elsewhere"
    }
    var baseline: String {
        "Bradley–Terry on the features; one mixture for all; the same gate without debiasing"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 5 : 2
        var (accuracies, opened, strengths) = ([Double](repeating: 0, count: 4), [0.0, 0.0], [Double]())
        for run in 0..<runs {
            let world = try World(seed: seed &* 1000 &+ UInt64(run))
            let learner = MultiObjectiveReward(debiasedFrom: "length", ratedItems: world.rated)
            let gated = try learner.fit(world.train, seed: seed)
            var plain = world.train
            plain.items.promptFeatures = nil
            var raw = learner
            raw.debiasedFrom = nil
            let models: [any PreferencePredictor] = [
                gated, try learner.fit(plain, seed: seed), try raw.fit(world.train, seed: seed),
                try LinearReward().fit(world.train),
            ]
            for (place, model) in models.enumerated() {
                let answers = try model.predict(world.test, for: .everyone)
                let hits = zip(answers, world.test.labels).count { ($0.value > 0) == ($1 > 0.5) }
                accuracies[place] += Double(hits) / Double(answers.count * runs)
            }
            let gaps = try world.gateGaps(gated)
            for type in 0..<2 { opened[type] += gaps[type] / Double(runs) }
            strengths += gated.strengths.prefix(3)
        }
        let margins = accuracies.dropFirst().map { accuracies[0] - $0 }
        let holds =
            margins[0] >= 0.12 && margins[1] >= 0.08 && margins[2] >= 0.15 && opened.min()! > 0.5
        return ExperimentResult(
            columns: ["model", "accuracy"],
            rows: zip(
                ["gates", "one mixture", "gates, raw ratings", "weighted sum of features"], accuracies
            ).map { .init($0, [$1]) },
            holds: holds,
            verdict:
                "ahead by \(margins.map(fixed).joined(separator: ", ")); gates of the wanted quality larger by "
                + "\(opened.map(fixed).joined(separator: " and ")); λ \(fixed(strengths.min()!)) to \(fixed(strengths.max()!))"
        )
    }

    /// Ratings with a leak, and comparisons by two types of prompts.
    private struct World {
        static let width = 20
        let rated: ItemSet
        let train: ComparisonSet
        let test: ComparisonSet
        let types: [Int]

        init(seed: UInt64) throws {
            var random = CounterRandom(seed: seed)
            let directions = Self.orthonormal(4, &random)
            func features() -> [Double] { (0..<Self.width).map { _ in random.normal() } }
            func along(_ z: [Double]) -> [Double] {
                directions.map { zip($0, z).reduce(0) { $0 + $1.0 * $1.1 } }
            }
            let rows = (0..<2000).map { _ in features() }
            var items = ItemSet(features: try FeatureMatrix(rows))
            items.qualities = ["first", "second", "third", "length"]
            items.ratings = rows.map { z in
                let q = along(z)
                return (0..<4).map { place in
                    let rating = (place < 3 ? q[place] + 0.6 * q[3] : q[3]) + 0.3 * random.normal()
                    return random.bernoulli(0.7) ? rating : .nan
                }
            }
            rated = items
            // Each comparison has a prompt and two answers of its own.
            var (answers, prompts, types, labels) = ([[Double]](), [[Double]](), [Int](), [Double]())
            for place in 0..<2000 {
                let type = random.below(2)
                types.append(type)
                prompts.append([1 - Double(type), Double(type)] + (0..<6).map { _ in 0.5 * random.normal() })
                answers += [features(), features()]
                let (a, b) = (along(answers[2 * place]), along(answers[2 * place + 1]))
                let d = type == 0 ? a[0] - b[0] : a[1] - b[1] + 0.3 * (a[2] - b[2])
                if place >= 1500 {
                    labels.append(d > 0 ? 1 : 0)
                } else if random.bernoulli(0.2) {
                    labels.append(a[3] > b[3] ? 1 : 0)
                } else {
                    labels.append(random.bernoulli(Special.logistic(3 * d)) ? 1 : 0)
                }
            }
            var compared = ItemSet(features: try FeatureMatrix(answers))
            compared.prompts = (0..<4000).map { $0 / 2 }
            compared.promptNames = (0..<2000).map { "prompt \($0 + 1)" }
            compared.promptFeatures = try FeatureMatrix(prompts)
            let all = try ComparisonSet(
                items: compared, left: (0..<2000).map { 2 * $0 }, right: (0..<2000).map { 2 * $0 + 1 },
                labels: labels)
            train = all.selecting(Array(0..<1500))
            test = all.selecting(Array(1500..<2000))
            self.types = types
        }

        /// For each type the mean gate of the quality that it wants less that of the same quality under the other type.
        func gateGaps(_ model: MultiObjectiveModel) throws -> [Double] {
            let gates = try model.gates(test.items)
            return (0..<2).map { type in
                var (sums, counts) = ([0.0, 0.0], [0.0, 0.0])
                for item in test.left {
                    sums[types[item / 2]] += gates[item, type]
                    counts[types[item / 2]] += 1
                }
                return sums[type] / counts[type] - sums[1 - type] / counts[1 - type]
            }
        }

        private static func orthonormal(_ count: Int, _ random: inout CounterRandom) -> [[Double]] {
            var result: [[Double]] = []
            while result.count < count {
                var line = (0..<width).map { _ in random.normal() }
                for other in result {
                    let along = zip(line, other).reduce(0) { $0 + $1.0 * $1.1 }
                    for place in 0..<width { line[place] -= along * other[place] }
                }
                let norm = line.reduce(0) { $0 + $1 * $1 }.squareRoot()
                result.append(line.map { $0 / norm })
            }
            return result
        }
    }
}
