import Foundation
import Kernels
import Preferences

/// Models that have not seen a comparison tell which labels are wrong, and a reward model with a weak ridge gains by it.
struct StrengthOfPreference: Experiment {
    var claim: String {
        "2000 comparisons, 20% flipped: cross-fitted strengths find the flipped ones with an AUC of at least 0.85, at least "
            + "75% of the tenth that is turned had been flipped, and with a weak ridge turning and softening gains 1.5 points "
            + "of accuracy, margins alone 0.5, uniform smoothing at most 0.2"
    }
    var baseline: String {
        "the Bradley–Terry loss on the noisy data with the same ridge; labels smoothed by 0.2"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 5 : 2
        let random = CounterRandom(seed: seed)
        let results = try Parallel.map(runs) { try once(random.split(UInt64($0)), size) }
        let names = results[0].map(\.name)
        let rows = names.indices.map { row in
            ExperimentResult.Row(
                names[row],
                results[0][row].values.indices.map { column in
                    Statistics.mean(results.map { $0[row].values[column] })
                })
        }
        let weak = rows[0].values
        let gains = weak[3...].map { $0 - weak[2] }
        return ExperimentResult(
            columns: [
                "ridge", "AUC", "flipped among turned", "plain", "turned and softened", "margins", "smoothed",
                "doubt",
            ],
            rows: rows,
            holds: weak[0] >= 0.85 && weak[1] >= 0.75 && gains[0] >= 0.015 && gains[1] >= 0.005
                && gains[2] <= 0.002,
            verdict: "AUC \(fixed(weak[0])), \(percent(weak[1])) of the turned had been flipped; accuracy "
                + "\(percent(weak[2])), turned and softened \(percent(weak[3])), margins \(percent(weak[4])), smoothed "
                + "\(percent(weak[5]))"
                + rows.dropFirst().map {
                    "; gain with ridge \($0.name): \(percent($0.values[3] - $0.values[2]))"
                }
                .joined())
    }

    private func once(_ random: CounterRandom, _ size: ExperimentSize) throws -> [ExperimentResult.Row] {
        var random = random
        let (d, width, count, tests) = (16, 200, 2000, 4000)
        var u = (0..<d).map { _ in random.normal() }
        let length = u.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // The difference of two unit normals has the deviation √2.
        u = u.map { 3.5 / 2.0.squareRoot() * $0 / length }
        let frequencies = (0..<width).map { _ in (0..<d).map { _ in random.normal() / Double(d).squareRoot() }
        }
        let phases = (0..<width).map { _ in random.normal() }
        func pairs(_ n: Int) throws -> (data: ComparisonSet, truth: [Double]) {
            func map(_ rows: [[Double]]) throws -> FeatureMatrix {
                try FeatureMatrix(
                    rows.map { x in
                        zip(frequencies, phases).map { w, b in
                            max(0, zip(w, x).reduce(b) { $0 + $1.0 * $1.1 }) / Double(width).squareRoot()
                        }
                    })
            }
            let rows = (0..<2).map { _ in (0..<n).map { _ in (0..<d).map { _ in random.normal() } } }
            let truth = zip(rows[0], rows[1]).map { a, b in
                zip(u, zip(a, b)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
            }
            let labels = truth.map { random.bernoulli(Special.logistic($0)) ? 1.0 : 0 }
            return (try ComparisonSet(first: map(rows[0]), second: map(rows[1]), labels: labels), truth)
        }
        let clean = try pairs(count).data
        let test = try pairs(tests)
        let flipped = (0..<count).map { _ in random.bernoulli(0.2) }
        let data = clean.flipping(flipped.indices.filter { flipped[$0] })
        func accuracy(_ data: ComparisonSet, _ ridge: Double, _ loss: some PairLoss = LogisticLoss()) throws
            -> Double
        {
            let model = try LinearReward(loss: loss, ridge: ridge, tolerance: 1e-5, widestCovariance: 0).fit(
                data)
            let answers = try model.predict(test.data, for: .everyone)
            return Double(zip(answers, test.truth).count { $0.value * $1 > 0 }) / Double(tests)
        }
        return try (size == .full ? [1e-4, 1e-3, 3e-3] : [1e-4]).map { ridge in
            var treatment = PreferenceStrength(
                ridge: ridge, recipe: .shares(flip: 0.1, soften: 0.3, softness: 0.2))
            treatment.base.tolerance = 1e-5
            let strengths = try treatment.strengths(of: data, seed: random.next())
            let turned = treatment.choice(data, by: strengths).flipped
            let ranks = Statistics.ranks(strengths.means.map { -$0 })
            let positives = Double(flipped.count { $0 })
            let sum = zip(ranks, flipped).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
            let auc = (sum - positives * (positives + 1) / 2) / (positives * (Double(count) - positives))
            let cleaned = treatment.treat(data, by: strengths)
            treatment.recipe = .doubt
            let doubted = treatment.treat(data, by: strengths)
            treatment.recipe = .none
            treatment.widens = true
            let widened = treatment.treat(data, by: strengths)
            return .init(
                "\(ridge)",
                [
                    auc, Double(turned.count { flipped[$0] }) / Double(turned.count),
                    try accuracy(data, ridge),
                    try accuracy(cleaned, ridge), try accuracy(widened, ridge),
                    try accuracy(data, ridge, SmoothedLoss(0.2)), try accuracy(doubted, ridge),
                ])
        }
    }
}
