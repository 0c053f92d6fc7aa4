import Foundation
import Kernels
import Preferences

/// Values that pull apart say where people will disagree, before anybody has voted.
struct ConflictingValues: Experiment {
    var claim: String {
        "a model of which values bear on situations, which never sees a vote, reaches an AUC of at least 0.9 and a "
            + "valence accuracy of at least 0.8, its conflict correlates at least 0.4 with how far people disagree, 0.05 more "
            + "than a text model with the votes on 60 situations, and plural situations divide people more by 0.04"
    }
    var baseline: String {
        "ridge regression from the words (with pairs of neighbours) to the share of votes, or to disagreement itself, "
            + "the ridge picked on the test situations"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let seeds = size == .full ? 5 : 2
        let runs = try Parallel.map(seeds) { index in
            try Self.run(CounterRandom(seed: seed).split(UInt64(index)), seed: seed)
        }
        let means = runs[0].indices.map { column in Statistics.mean(runs.map { $0[column] }) }
        let (area, valence, entropy) = (means[0], means[1], means[2])
        return ExperimentResult(
            columns: ["measure", "value"],
            rows: [
                .init("relevance, AUC", [area]), .init("valence, accuracy", [valence]),
                .init("conflict and disagreement, Spearman", [entropy]),
                .init("text model, 30 voted", [means[3]]), .init("text model, 60 voted", [means[4]]),
                .init("text model, 120 voted", [means[5]]), .init("text model, 500 voted", [means[6]]),
                .init("disagreement itself, 60 voted", [means[7]]),
                .init("disagreement, plural values", [means[8]]),
                .init("disagreement, one-sided values", [means[9]]),
            ],
            holds: area >= 0.9 && valence >= 0.8 && entropy >= 0.4 && entropy >= means[4] + 0.05
                && entropy > means[7] && means[8] >= means[9] + 0.04,
            verdict:
                "AUC \(fixed(area)), valences \(percent(valence)), correlation \(fixed(entropy)) without a vote; "
                + "text model \(fixed(means[4])) with 60 voted situations, \(fixed(means[5])) with 120, "
                + "\(fixed(means[6])) with 500; disagreement \(fixed(means[8])) where plural, \(fixed(means[9])) "
                + "where not")
    }

    private static func run(_ random: CounterRandom, seed: UInt64) throws -> [Double] {
        let world = ValueWorld(situations: 800, random: random)
        let train = 0..<500, validation = 500..<600, test = Array(600..<800)
        let model = try ValueKaleidoscope().fit(train.flatMap(world.records), seed: seed)
        let filter = model.tuned(on: validation.flatMap(world.allRecords))
        let judged = test.flatMap(world.allRecords).map { ($0, model.judge($0.situation, $0.value)) }
        let relevant = judged.filter { $0.0.isRelevant }
        let right = relevant.count { ($0.1.supports > $0.1.opposes) == ($0.0.valence == .supports) }
        let pictures = test.map { model.picture(of: world.texts[$0], filter: filter) }
        let truth = test.map { world.disagreement($0) }
        func mean(_ isPlural: Bool) -> Double {
            Statistics.mean(zip(pictures, truth).filter { $0.0.isPlural == isPlural }.map(\.1))
        }
        let text = RidgeText(world.texts, train: train.count, test: test, truth: truth)
        let shares = [30, 60, 120, 500].map { text.best($0, target: world.support) { p in p * (1 - p) } }
        let direct = text.best(60, target: world.disagreement) { $0 }
        return [
            areaUnderCurve(judged.map { ($0.1.relevance, $0.0.isRelevant) }),
            Double(right) / Double(relevant.count),
            Statistics.spearman(pictures.map { $0.conflict ?? 0 }, truth),
        ] + shares + [direct, mean(true), mean(false)]
    }

    private static func areaUnderCurve(_ scores: [(Double, Bool)]) -> Double {
        let ranks = Statistics.ranks(scores.map(\.0))
        let hits = scores.count { $0.1 }
        let sum = zip(ranks, scores).reduce(0) { $0 + ($1.1.1 ? $1.0 : 0) }
        return (sum - Double(hits * (hits + 1)) / 2) / Double(hits * (scores.count - hits))
    }
}

/// Situations that mention values by keywords, each after a word that says which way, and people who vote by what they
/// hold dear.
private struct ValueWorld: Sendable {
    static let supporting = ["keeps", "honours", "protects"]
    static let opposing = ["breaks", "harms", "betrays"]

    private(set) var texts: [String] = []
    private var mentions: [[(value: Int, isFor: Bool)]] = []
    private var votes: [Double] = []
    private let values: [SituationValue]

    init(situations: Int, random: CounterRandom) {
        var random = random
        func word() -> String {
            let (consonants, vowels) = (Array("bdfgklmnprstvz"), Array("aeiou"))
            return String((0..<3).flatMap { _ in [consonants[random.below(14)], vowels[random.below(5)]] })
        }
        var seen: Set<String> = []
        func fresh() -> String {
            while true {
                let word = word()
                if seen.insert(word).inserted { return word }
            }
        }
        let keywords = (0..<40).map { _ in (0..<6).map { _ in fresh() } }
        let fillers = (0..<60).map { _ in fresh() }
        values = keywords.map { words in
            SituationValue(
                SituationValue.Kind.allCases[random.below(3)], words.prefix(4).joined(separator: " "))
        }
        let people = (0..<25).map { _ in (0..<40).map { _ in random.gamma(shape: 0.6) } }
        for _ in 0..<situations {
            let named = random.permutation(40).prefix(2 + random.below(4)).map { ($0, random.bernoulli(0.5)) }
            var parts = named.map { value, isFor in
                (isFor ? Self.supporting : Self.opposing)[random.below(3)] + " "
                    + keywords[value][random.below(6)]
            }
            parts += (0..<8).map { _ in fillers[random.below(60)] }
            random.shuffle(&parts)
            texts.append(parts.joined(separator: " "))
            mentions.append(named)
            let support = people.count { weights in
                named.reduce(0.0) { $0 + ($1.1 ? 1 : -1) * weights[$1.0] } + 0.5 * random.normal() > 0
            }
            votes.append(Double(support) / 25)
        }
    }

    /// What is said of a situation: the values that it mentions.
    func records(_ place: Int) -> [ValueRecord] {
        mentions[place].map {
            ValueRecord(
                situation: texts[place], value: values[$0.value], valence: $0.isFor ? .supports : .opposes)
        }
    }

    /// The same with every other value as not relevant.
    func allRecords(_ place: Int) -> [ValueRecord] {
        let named = Set(mentions[place].map(\.value))
        return records(place)
            + values.indices.filter { !named.contains($0) }.map {
                ValueRecord(situation: texts[place], value: values[$0], isRelevant: false)
            }
    }

    func support(_ place: Int) -> Double { votes[place] }
    func disagreement(_ place: Int) -> Double { votes[place] * (1 - votes[place]) }
}

/// Ridge regression from words, with or without pairs of neighbours.
private struct RidgeText: Sendable {
    /// How many words (and pairs) two texts share: a row for each text, a column for each of those to train on.
    private let shared: [[[Double]]]
    private let test: [Int]
    private let truth: [Double]

    init(_ texts: [String], train: Int, test: [Int], truth: [Double]) {
        (self.test, self.truth) = (test, truth)
        shared = [false, true].map { hasPairs in
            var numbers: [String: Int] = [:]
            let bags = texts.map { text -> [Int] in
                let words = text.split(separator: " ").map(String.init)
                let pieces = words + (hasPairs ? zip(words, words.dropFirst()).map { "\($0) \($1)" } : [])
                return Set(
                    pieces.map { piece in
                        let number = numbers[piece] ?? numbers.count
                        numbers[piece] = number
                        return number
                    }
                ).sorted()
            }
            return bags.map { bag in (0..<train).map { Double(Self.common(bag, bags[$0])) } }
        }
    }

    /// The best Spearman correlation with the truth over the ridges and with or without pairs of neighbours.
    func best(_ count: Int, target: (Int) -> Double, score: (Double) -> Double) -> Double {
        var best = -1.0
        let mean = Statistics.mean((0..<count).map(target))
        for shared in shared {
            for ridge in [1.0, 10, 100] {
                let kernel = Matrix(rows: count, columns: count) { shared[$0][$1] + ($0 == $1 ? ridge : 0) }
                guard let factor = Cholesky(kernel) else { continue }
                let weights = factor.solve((0..<count).map { target($0) - mean })
                let guesses = test.map { place in
                    score(min(1, max(0, mean + zip(shared[place], weights).reduce(0) { $0 + $1.0 * $1.1 })))
                }
                best = max(best, Statistics.spearman(guesses, truth))
            }
        }
        return best
    }

    /// How many numbers two ordered lists share.
    private static func common(_ a: [Int], _ b: [Int]) -> Int {
        var (i, j, count) = (0, 0, 0)
        while i < a.count, j < b.count {
            if a[i] == b[j] {
                (i, j, count) = (i + 1, j + 1, count + 1)
            } else if a[i] < b[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return count
    }
}
